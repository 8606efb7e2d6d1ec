"""What happens with the data of whom a school enrolled: shown before she begins, and noted."""

from collections.abc import Iterable

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.models import Person
from app.accounts.session import me
from app.kernel.i18n import gettext as _
from app.learning.operations import read_notices
from app.learning.queries.informing import schools_to_tell
from app.learning.views.blueprint import bp
from app.web.doors import signed_in
from app.web.layout import Todo, TodoSection


def notices_on_home(person: Person) -> Iterable[TodoSection]:
    """The first thing on her first page until she has read it."""
    yield TodoSection(
        _("What happens with your data"),
        [
            Todo(
                title=_("%(school)s enrolled you", school=school.name),
                url=url_for("learning.notices"),
                detail=_("Please read which of your data are used there, and what for."),
                action=_("Read"),
            )
            for school in schools_to_tell(person)
        ],
    )


@bp.get("/learn/notices")
@signed_in
def notices() -> str:
    return render_template("learning/notices.html", schools=schools_to_tell(me()))


@bp.post("/learn/notices")
@signed_in
def create_notices_read() -> Response:
    read_notices(me())
    flash(_("Noted. You find it again under “My data”."), "success")
    return redirect(url_for("web.home"), code=303)
