"""One change for many students, after a look at what it would do."""

from decimal import Decimal
from typing import Any

from flask import flash, render_template, request

from app.accounts.session import me
from app.gradebook import operations, queries
from app.gradebook.queries import Scope
from app.gradebook.rules.bulk import ACT_NAMES, Act
from app.gradebook.rules.entries import TypedWrong, Way, read
from app.gradebook.views.blueprint import asked_of, bp, opened, teachers
from app.gradebook.views.grid import STATE_NAMES, here
from app.gradebook.views.planned import done, shown_plan
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _


@bp.route("/teaching/<code>/gradebook/bulk", methods=["GET", "POST"])
@teachers
def bulk(code: str) -> Any:
    """Change a column for everybody whom the query string names, in this section."""
    asked = asked_of()
    scope = Scope((opened(code, queries.Asked()).books[0],))
    (book,) = scope.books
    rows = [row for row in queries.people_in(scope, asked) if row.person_id != me().id]
    page: dict[str, Any] = {
        "code": code, "book": book, "asked": asked, "here": here(asked), "count": len(rows),
        "state_names": STATE_NAMES, "acts": ACT_NAMES, "form": request.form, "plan": None,
        "problem": "",
    }  # fmt: skip
    if request.method == "GET":
        return render_template("gradebook/bulk.html", **page)
    try:
        act = Act(request.form.get("act", ""))
        points = _points_for(act, request.form.get("points", ""))
        key = request.form.get("key", "")
        reason = request.form.get("reason", "").strip().replace("\0", "")[:500]
        if key not in book.by_key:
            raise ValueError(key)
        if not reason:
            raise operations.ReasonNeeded
        plan = operations.plan_bulk(book, rows, key, act, points=points, reason=reason)
        if request.form.get("plan") and request.form["plan"] == plan.name:
            return done(code, operations.apply_plan(me(), book, plan, way=Way.BULK, reason=reason))
        if request.form.get("plan"):
            flash(_("Grades changed meanwhile: look at what would happen now."), "warning")
        page["plan"] = shown_plan(book, plan)
        return render_template("gradebook/bulk.html", **page)
    except Refused as error:
        page["problem"] = str(error.message)
    except (ValueError, ArithmeticError):
        page["problem"] = _("Choose a column, what to do, and the points for it.")
    return render_template("gradebook/bulk.html", **page), 422


def _points_for(act: Act, text: str) -> Decimal:
    """Raises TypedWrong."""
    if act is Act.ADD:
        return _points(text)
    if act is not Act.SET:
        return Decimal(0)
    value = read(text).value
    if value is None:
        raise TypedWrong(text)
    return value


def _points(text: str) -> Decimal:
    """Points to add, or to take away. Raises TypedWrong."""
    text = text.strip().replace("−", "-")
    value = read(text.removeprefix("+").removeprefix("-")).value
    if not value:
        raise TypedWrong(text)
    return -value if text.startswith("-") else value
