"""What this room puts on people's first page."""

import uuid
from collections.abc import Iterable, Mapping

from flask import Flask, url_for

from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.grading import queries
from app.grading.models import TamperCase
from app.grading.policies import is_undecided
from app.grading.rules import AttemptState, CaseDecision
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.learning import queries as learning
from app.learning.policies import teaches_somewhere
from app.learning.queries import SectionView
from app.web.layout import Todo, TodoSection, layout

NEWEST_ON_HOME = 5


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_home_section(work_that_came_back, order=20)
        layout().add_home_section(waiting_for_me, order=15)
        layout().add_home_section(looked_at_by_a_person, order=12, present=queries.has_recent_cases)


def work_that_came_back(person: Person) -> Iterable[TodoSection]:
    """A student's home: results of her newest submissions."""
    items = []
    held = {view.section.id: view.held for view in learning.my_enrolments(person)}
    for row in queries.my_newest_submissions(person, NEWEST_ON_HOME):
        is_held = f"{ItemKind.LAB.value}:{row.lab_slug}" in held.get(row.section_id, ())
        detail = _("Submission %(number)s", number=row.number)
        if is_held:
            detail += " · " + _("is being graded; not released yet")
        elif row.score is not None:
            detail += " · " + _(
                "%(score)s of %(max)s points",
                score=f"{row.score:g}",
                max=f"{row.max_score:g}",
            )
        items.append(
            Todo(
                title=str(row.lab_title),
                url=url_for("grading.lab", code=row.section_code, slug=row.lab_slug) + "#results",
                detail=detail,
                action=_("Read") if is_held else _("See the result"),
                status=_status(row.state, is_held=is_held),
            )
        )
    yield TodoSection(_("Your newest submissions"), items)


def _status(state: AttemptState, *, is_held: bool) -> str:
    if state is AttemptState.FAILED:
        return state.value
    return "waiting" if is_held or state is AttemptState.TAMPERED else state.value


def waiting_for_me(person: Person) -> Iterable[TodoSection]:
    """An instructor's home: what needs points from a person."""
    if not teaches_somewhere(person):
        return
    sections = {view.section.id: view for view in learning.my_teaching(person)}
    cases = queries.cases_to_decide(person, sections)
    yield TodoSection(
        _("Attempts to decide"),
        [_to_decide(case, sections) for case in cases],
    )
    items = []
    for section_id, slug, count in queries.waiting_counts(sections):
        view = sections[section_id]
        item = view.version.item(ItemKind.LAB, slug)
        if item is None:
            continue
        items.append(
            Todo(
                title=ngettext(
                    "%(num)s work waits for points: %(lab)s",
                    "%(num)s works wait for points: %(lab)s",
                    count,
                    lab=str(item.title),
                ),
                url=url_for("marking.item", code=view.section.code, kind="lab", slug=slug),
                detail=f"{view.version.title} · {view.section.code}",
                action=_("Grade"),
                status="waiting",
            )
        )
    yield TodoSection(_("To grade"), items, empty=_("Nothing waits for your points."))


def _to_decide(case: TamperCase, sections: Mapping[uuid.UUID, SectionView]) -> Todo:
    submission = case.attempt.submission
    return Todo(
        title=_(
            "%(student)s: %(lab)s",
            student=submission.person.name,
            lab=submission.lab_version.title,
        ),
        url=url_for("grading.case", case_id=case.id),
        detail=" · ".join(
            filter(
                None,
                (
                    str(sections[submission.section_id].version.title),
                    _("Submission %(number)s", number=submission.number),
                    _("the student has answered") if case.answer else "",
                ),
            )
        ),
        action=_("Decide"),
        status="waiting",
    )


def looked_at_by_a_person(person: Person) -> Iterable[TodoSection]:
    """A student's home: her submissions that a person looks at, or has decided about."""
    items = []
    for case in queries.my_recent_cases(person):
        submission = case.attempt.submission
        if is_undecided(case):
            detail = _("Your instructor looks at it. You can say how it came about.")
        elif case.decision is CaseDecision.CLEARED:
            detail = _("Decided: it counts.")
        elif case.decision is CaseDecision.CONFIRMED:
            detail = _("Decided: no score. See what was written to you.")
        else:
            continue
        items.append(
            Todo(
                title=_(
                    "%(lab)s, submission %(number)s",
                    lab=submission.lab_version.title,
                    number=submission.number,
                ),
                url=url_for("grading.case", case_id=case.id),
                detail=detail,
                action=_("Read"),
                status="waiting" if is_undecided(case) else "done",
            )
        )
    yield TodoSection(_("A person looks at your work"), items)
