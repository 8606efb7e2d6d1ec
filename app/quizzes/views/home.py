"""What this room puts on people's first page."""

from collections.abc import Iterable

from flask import Flask, url_for

from app.accounts.models import Person
from app.accounts.rules import Role
from app.catalog.rules import ItemKind
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.learning import queries as learning
from app.learning.policies import teaches_somewhere
from app.quizzes import queries
from app.web.layout import Todo, TodoSection, layout


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_home_section(open_attempts, order=9, present=queries.has_open_attempts)
        layout().add_home_section(attempts_to_mark, order=16)


def open_attempts(person: Person) -> Iterable[TodoSection]:
    """A student's home: quizzes that she is in the middle of."""
    if not person.has_role(Role.STUDENT):
        return
    yield TodoSection(
        _("Quizzes under way"),
        [
            Todo(
                title=str(attempt.course_item.title),
                url=url_for(
                    "quizzes.attempt",
                    code=attempt.section.code,
                    slug=attempt.slug,
                    number=attempt.number,
                ),
                detail=str(attempt.section.offering.course_version.title),
                due=attempt.deadline_at,
                action=_("Go on"),
                status="current",
            )
            for attempt in queries.my_open_attempts(person)
        ],
    )


def attempts_to_mark(person: Person) -> Iterable[TodoSection]:
    """An instructor's home: attempts that wait for marks."""
    if not teaches_somewhere(person):
        return
    views = {view.section.id: view for view in learning.my_teaching(person)}
    items = []
    for section_id, slug, count in queries.attempts_waiting(list(views)):
        view = views[section_id]
        item = view.version.item(ItemKind.QUIZ, slug)
        if item is None:
            continue
        items.append(
            Todo(
                title=ngettext(
                    "%(num)s attempt waits for marks: %(quiz)s",
                    "%(num)s attempts wait for marks: %(quiz)s",
                    count,
                    quiz=str(item.title),
                ),
                url=url_for("marking.item", code=view.section.code, kind="quiz", slug=slug),
                detail=f"{view.version.title} · {view.section.code}",
                action=_("Mark"),
                status="waiting",
            )
        )
    yield TodoSection(_("Quizzes to mark"), items)
