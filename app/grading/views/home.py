"""What this room puts on people's first page."""

import uuid
from collections.abc import Iterable, Mapping

from flask import Flask, url_for

from app.accounts.models import Person
from app.grading import queries
from app.grading.models import TamperCase
from app.grading.policies import is_undecided
from app.grading.rules import AttemptState, CaseDecision
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.policies import teaches_somewhere
from app.learning.queries import SectionView
from app.web.layout import Todo, TodoSection, layout

NEWEST_ON_HOME = 5


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_home_section(work_that_came_back, order=20)
        layout().add_home_section(waiting_for_me, order=15)
        layout().add_home_section(looked_at_by_a_person, order=12)


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
                status="waiting" if attempt.state is AttemptState.TAMPERED else attempt.state.value,
            )
        )
    yield TodoSection(_("Your newest submissions"), items)


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
    items = [
        Todo(
            title=_("%(student)s: %(lab)s", student=row.person.name, lab=row.lab_version.title),
            url=url_for("grading.submission", submission_id=row.id),
            detail=str(sections[row.section_id].version.title),
            action=_("Grade"),
            status="waiting",
        )
        for row in queries.waiting_for_a_person(sections)
    ]
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
