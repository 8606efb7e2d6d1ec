"""A student's own grades."""

from collections.abc import Callable, Iterable

from flask import render_template, url_for
from markupsafe import Markup

from app.accounts.models import Person
from app.accounts.rules import Role
from app.accounts.session import me
from app.gradebook import queries
from app.gradebook.views.blueprint import bp
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.models import Section
from app.web.doors import signed_in
from app.web.layout import Todo, TodoSection

Panel = Callable[[Person, Section], Markup]
_panels: list[Panel] = []


def add_panel(panel: Panel) -> None:
    """Let a room above say something on top of a student's grades; empty when there is nothing."""
    if panel not in _panels:
        _panels.append(panel)


@bp.get("/learn/<code>/grades")
@signed_in
def my_grades(code: str) -> str:
    trace = queries.my_grades(me(), code)
    panels = [panel(me(), trace.section) for panel in _panels]
    return render_template("gradebook/mine.html", trace=trace, code=code, panels=panels)


def my_grades_at_home(person: Person) -> Iterable[TodoSection]:
    """A line for each course that a student takes: where her grades are explained."""
    if not person.has_role(Role.STUDENT):
        return
    yield TodoSection(
        _("My grades"),
        [
            Todo(
                title=str(view.version.title),
                url=url_for("gradebook.my_grades", code=view.section.code),
                action=_("See how it comes about"),
            )
            for view in learning.my_enrolments(person)
        ],
    )
