"""What this room puts on people's first page."""

from collections.abc import Iterable

from flask import Flask, url_for

from app.accounts.models import Person
from app.grading import queries
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.policies import teaches_somewhere
from app.web.layout import Todo, TodoSection, layout

NEWEST_ON_HOME = 5


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_home_section(work_that_came_back, order=20)
        layout().add_home_section(waiting_for_me, order=15)


def work_that_came_back(person: Person) -> Iterable[TodoSection]:
    """A student's home: results of her newest submissions."""
    items = []
    for row in queries.my_newest_submissions(person)[:NEWEST_ON_HOME]:
        attempt = row.attempt
        detail = _("Submission %(number)s", number=row.number)
        if attempt.score is not None:
            detail += " · " + _(
                "%(score)s of %(max)s points",
                score=f"{attempt.score:g}",
                max=f"{attempt.max_score:g}",
            )
        items.append(
            Todo(
                title=str(row.lab_version.title),
                url=url_for("grading.lab", code=row.section.code, slug=row.lab_slug) + "#results",
                detail=detail,
                action=_("See the result"),
                status=attempt.state.value,
            )
        )
    yield TodoSection(_("Your newest submissions"), items)


def waiting_for_me(person: Person) -> Iterable[TodoSection]:
    """An instructor's home: what needs points from a person."""
    if not teaches_somewhere(person):
        return
    sections = {view.section.id: view for view in learning.my_teaching(person)}
    items = [
        Todo(
            title=_("%(student)s: %(lab)s", student=row.person.name, lab=row.lab_version.title),
            url=url_for("grading.submission", submission_id=row.id),
            detail=str(sections[row.section_id].version.title),
            action=_("Grade"),
            status="waiting" if row.attempt.pending_count else row.attempt.state.value,
        )
        for row in queries.waiting_for_a_person(sections)
    ]
    yield TodoSection(_("To grade"), items, empty=_("Nothing waits for your points."))
