"""How a section is graded: set up, looked at beforehand, saved as a version, compared, copied."""

import hashlib
import json
import uuid
from decimal import Decimal
from statistics import median
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.gradebook import operations, queries
from app.gradebook.queries import Book
from app.gradebook.rules import SCALES, Scheme, dump, parse, problems_of
from app.gradebook.rules.comparing import (
    COUNTING_NAMES,
    CURVE_NAMES,
    LATE_NAMES,
    MISSING_NAMES,
    SCALE_NAMES,
    TOTALS_NAMES,
    changes_between,
    problem_words,
)
from app.gradebook.rules.entries import TypedWrong, read
from app.gradebook.rules.fitting import uncounted
from app.gradebook.views.blueprint import bp, teachers
from app.gradebook.views.scheme_form import Typed, scheme_of
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import queries as learning

SPARE_ROWS = 2
LARGEST = 20


@bp.route("/teaching/<code>/grading", methods=["GET", "POST"])
@teachers
def scheme(code: str) -> Any:
    """The form. A POST shows what would change; saving what was shown makes a version."""
    book = queries.book_set_up_by(me(), code)
    operations.bring_up_to_date(book)
    if request.method == "GET":
        source = request.args.get("from", "").replace("\0", "")
        wanted = book.scheme
        if source:
            found = learning.section_by_code(source)
            if found is None:
                raise NotVisible(source)
            wanted = operations.copied_scheme(me(), book, found)
        return _page(book, wanted, source=source)
    typed = Typed(request.form)
    wanted = scheme_of(typed, book, book.scheme)
    problems = [*typed.problems, *problems_of(wanted)]
    words = [problem_words(problem, wanted) for problem in problems]
    if words:
        return _page(book, wanted, problems=words), 422
    if request.form.get("act") != "save" or request.form.get("previewed") != _name_of(wanted):
        return _page(book, wanted, preview=_preview(book, wanted))
    try:
        made = operations.save_scheme(
            me(),
            book,
            wanted,
            note=request.form.get("note", "").replace("\0", ""),
            seen_number=request.form.get("number", 0, int),
        )
    except operations.OthersWereFaster as error:
        newest = queries.book_of(book.section).number
        return _page(book, wanted, problems=[str(error.message)], number=newest), 409
    except Refused as error:
        return _page(book, wanted, problems=[str(error.message)]), 422
    flash(
        _("Saved as version %(number)s. All grades follow it now.", number=made.number), "success"
    )
    return redirect(url_for("gradebook.scheme", code=code))


def _page(
    book: Book,
    wanted: Scheme,
    *,
    source: str = "",
    problems: list[str] | None = None,
    preview: dict[str, Any] | None = None,
    number: int | None = None,
) -> str:
    others = [v for v in learning.my_teaching(me()) if v.section.id != book.section.id]
    return render_template(
        "gradebook/scheme.html",
        code=book.section.code,
        book=book,
        wanted=wanted,
        items={item.key: item for item in wanted.items},
        spare_rows=SPARE_ROWS,
        uncounted=uncounted(wanted, book.gradables),
        number=request.form.get("number", book.number, int) if number is None else number,
        note=request.form.get("note", ""),
        source=source,
        others=others,
        problems=problems or [],
        preview=preview,
        names={
            "totals": TOTALS_NAMES,
            "counting": COUNTING_NAMES,
            "missing": MISSING_NAMES,
            "late": LATE_NAMES,
            "curve": CURVE_NAMES,
            "own": {"": _("as for the course"), "none": _("loses nothing"), **LATE_NAMES},
            "scale": {name: SCALE_NAMES[name] for name in SCALES},
        },
    )


def _name_of(wanted: Scheme) -> str:
    """Names exactly what was previewed, so that nothing else is saved by mistake."""
    return hashlib.sha256(json.dumps(dump(wanted), sort_keys=True).encode()).hexdigest()


def _preview(book: Book, wanted: Scheme) -> dict[str, Any]:
    found = operations.differences(book, wanted)
    moves = [row.by for row in found]
    largest = found[:LARGEST]
    names = queries.names_of([row.person_id for row in largest])
    return {
        "name": _name_of(wanted),
        "changes": changes_between(book.scheme, wanted),
        "count": len(found),
        "least": min(moves, default=None),
        "median": median(moves) if moves else None,
        "most": max(moves, default=None),
        "largest": [(names.get(row.person_id, ""), row) for row in largest],
    }


@bp.get("/teaching/<code>/grading/versions")
@teachers
def scheme_versions(code: str) -> str:
    """Every version, and what each changed."""
    book = queries.book_set_up_by(me(), code)
    versions = queries.versions_of(book.section)
    schemes = [parse(row.document) for row in versions]
    rows = [
        (row, changes_between(schemes[n + 1], schemes[n]) if n + 1 < len(schemes) else None)
        for n, row in enumerate(versions)
    ]
    return render_template("gradebook/versions.html", code=code, book=book, rows=rows)


@bp.post("/teaching/<code>/grading/columns")
@teachers
def add_column(code: str) -> Response:
    book = queries.book_set_up_by(me(), code)
    title = request.form.get("title", "").strip().replace("\0", "")
    try:
        points = read(request.form.get("points", "")).value
    except TypedWrong:
        points = None
    if not title or points is None:
        flash(_("A column needs a title and the points that it is worth."), "error")
        return redirect(url_for("gradebook.scheme", code=code) + "#columns")
    made = operations.add_column(
        me(), book, title=title, points=Decimal(points), category=request.form.get("category", "")
    )
    flash(_("“%(title)s” is a column of the gradebook now.", title=made.title), "success")
    return redirect(url_for("gradebook.scheme", code=code) + "#columns")


@bp.post("/teaching/<code>/grading/columns/<uuid:column_id>/removal")
@teachers
def remove_column(code: str, column_id: uuid.UUID) -> Response:
    book = queries.book_set_up_by(me(), code)
    operations.remove_column(me(), book, column_id)
    flash(_("The column is gone. What was given in it is kept in the history."), "success")
    return redirect(url_for("gradebook.scheme", code=code) + "#columns")
