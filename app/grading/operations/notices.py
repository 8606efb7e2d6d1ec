"""News of grading: results, and cases that a person has to decide, in plain words."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.catalog.rules import ItemKind
from app.grading import policies
from app.grading.models import Attempt, Submission, TamperCase
from app.grading.rules import AttemptState, CaseDecision
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import queries as learning
from app.learning.models import Section
from app.notifications import operations as notifications
from app.notifications import rules
from app.notifications.rules import Delivery, Kind, Note

RESULTS = rules.register(Kind("grading.results", _l("Results of what I handed in"), Delivery.NEVER))
CASES = rules.register(
    Kind("grading.cases", _l("Submissions that a person has to look at"), Delivery.NOW)
)


@operation
def tell_of_result(attempt_id: uuid.UUID) -> None:
    """Tell the student that an attempt is graded, unless it is for her to know later."""
    attempt = db.session.get_one(Attempt, attempt_id)
    if attempt.state is not AttemptState.GRADED:
        return
    submission = attempt.submission
    if learning.is_held(submission.section_id, f"{ItemKind.LAB.value}:{submission.lab_slug}"):
        return

    def note() -> Note:
        names = _names(submission)
        if attempt.pending_count:
            text = _("%(score)s points so far; a person grades the rest.", score=_points(attempt))
        else:
            text = _("%(score)s points.", score=_points(attempt))
        return Note(_("Your result: %(lab)s", **names), text)

    for row in submission.people:
        notifications.tell(
            row.person,
            RESULTS,
            note,
            f"/submissions/{submission.id}",
            key=f"result:{attempt.id}",
        )


@operation
def tell_of_case(case_id: uuid.UUID) -> None:
    """Tell the student what happens next, and every grader of the section that a case waits."""
    case = _case(case_id)
    submission = case.attempt.submission
    path = f"/cases/{case.id}"

    def to_student() -> Note:
        return Note(
            _("A person looks at your submission: %(lab)s", **_names(submission)),
            _(
                "Submission %(number)s to “%(lab)s” was received and run.\n\n"
                "The checks that run around the tests did not come out as they should, so its "
                "score is not shown yet. This can happen without intent, for example when a "
                "notebook gives one of Python's own functions another meaning. Nothing has "
                "been decided.\n\n"
                "What happens next: your instructor looks at it and decides. Until then you "
                "can say how it came about.\n\n"
                "You can hand in again at any time, and an earlier result goes on counting.",
                **_names(submission),
            ),
        )

    def to_grader() -> Note:
        return Note(
            _("An attempt to decide: %(lab)s", **_names(submission)),
            _(
                "The checks around the tests did not hold in submission %(number)s of "
                "%(student)s to “%(lab)s”. Its score is withheld until one of the staff "
                "has decided.",
                **_names(submission),
            ),
        )

    for row in submission.people:
        notifications.tell(row.person, CASES, to_student, path, key=f"case:{case.id}")
    for place in submission.section.staff:
        if policies.can_grade(place.person, submission):
            notifications.tell(place.person, CASES, to_grader, path, key=f"case:{case.id}")


@operation
def tell_of_decision(case_id: uuid.UUID) -> None:
    """Tell the student what was decided, and why."""
    case = _case(case_id)
    submission = case.attempt.submission
    if case.decision is CaseDecision.RERUN:
        return

    def note() -> Note:
        if case.decision is CaseDecision.CLEARED:
            text = _(
                "Your instructor has looked at submission %(number)s to “%(lab)s”: it counts like "
                "any other. Parts that were not scored by themselves get their points from a "
                "person.",
                **_names(submission),
            )
        else:
            text = _(
                "Your instructor has looked at submission %(number)s to “%(lab)s” and decided "
                "that it gets no score. Your other submissions are not touched by this.",
                **_names(submission),
            )
        if case.reason:
            text += "\n\n" + _("What was written to you:") + "\n" + case.reason
        return Note(_("Decided: your submission to %(lab)s", **_names(submission)), text)

    for row in submission.people:
        notifications.tell(row.person, CASES, note, f"/cases/{case.id}", key=f"decision:{case.id}")


def _points(attempt: Attempt) -> str:
    return f"{attempt.score or 0:g} / {attempt.max_score or 0:g}"


def _case(case_id: uuid.UUID) -> TamperCase:
    return db.session.scalars(
        select(TamperCase)
        .where(TamperCase.id == case_id)
        .options(
            joinedload(TamperCase.attempt)
            .joinedload(Attempt.submission)
            .joinedload(Submission.section)
            .selectinload(Section.staff)
        )
    ).one()


def _names(submission: Submission) -> dict[str, object]:
    """What a notice calls things; in the language that is spoken now."""
    return {
        "lab": " ".join(str(submission.lab_version.title).split()),
        "number": submission.number,
        "student": submission.person.name,
    }


@operation
def tell_of_feedback(submission: Submission, batch: str) -> None:
    """Tell everybody whose work it is that staff gave files back with it; once for a BATCH."""

    def note() -> Note:
        return Note(
            _("Feedback on your work: %(lab)s", **_names(submission)),
            _(
                "Your instructor gave you files with feedback on submission %(number)s to "
                "“%(lab)s”. They are beside the submission.",
                **_names(submission),
            ),
        )

    for row in submission.people:
        notifications.tell(
            row.person,
            RESULTS,
            note,
            f"/submissions/{submission.id}",
            key=f"feedback:{submission.id}:{batch[:16]}",
        )
