"""Attempts whose checks did not hold: notice, the student's answer, a person's decision."""

from sqlalchemy import select

from app.accounts.models import Person
from app.grading import policies
from app.grading.events import CaseDecided, CaseOpened, ScoreChanged
from app.grading.models import Attempt, TamperCase
from app.grading.operations.standing import recount
from app.grading.operations.submitting import tell_pages
from app.grading.rules import (
    MOST_ANSWER_CHARACTERS,
    MOST_REASON_CHARACTERS,
    AttemptState,
    CaseDecision,
)
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation


class AlreadyDecided(Refused):
    """Somebody has decided about the case before."""


class ReasonMissing(Refused):
    message = _l("Write to the student why this attempt gets no score.")


class TooLong(Refused):
    message = _l("Use at most 2,000 characters.")


class NothingWritten(Refused):
    message = _l("Write what you want to say first.")


@operation
def open_case(attempt: Attempt) -> TamperCase:
    """A case for an attempt that has just ended as tampered. Its student and graders are told."""
    earlier = db.session.scalar(
        select(TamperCase)
        .join(Attempt, Attempt.id == TamperCase.attempt_id)
        .where(Attempt.submission_id == attempt.submission_id, Attempt.id != attempt.id)
        .order_by(Attempt.number.desc())
        .limit(1)
    )
    case = TamperCase(
        attempt_id=attempt.id,
        # What she has said about the same work need not be said again.
        answer=earlier.answer if earlier is not None else None,
        answered_at=earlier.answered_at if earlier is not None else None,
    )
    db.session.add(case)
    db.session.flush()
    audit.record(None, "case.opened", "submission", attempt.submission_id, case=str(case.id))
    publish(CaseOpened(case.id))
    return case


@operation
def answer_case(student: Person, case: TamperCase, text: str) -> None:
    """Keep what the student says, in place of what she said before.

    Raises NothingWritten, TooLong, AlreadyDecided. That the case is hers is for the caller to
    know: it was loaded through her.
    """
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not text:
        raise NothingWritten
    if len(text) > MOST_ANSWER_CHARACTERS:
        raise TooLong
    _lock(case)
    case.answer, case.answered_at = text, clock.now()
    audit.record(
        student.id, "case.answered", "submission", case.attempt.submission_id, case=str(case.id)
    )


@operation
def decide(grader: Person, case: TamperCase, decision: CaseDecision, reason: str = "") -> None:
    """Clear the attempt or confirm it; REASON is for the student, who is told.

    Cleared: the attempt is graded. Scores that the engine kept count at once; cells whose score
    it withheld wait for a person's points, because a second run would meet the same checks.

    Raises ReasonMissing, TooLong, AlreadyDecided. That GRADER may decide is for the caller to
    know: the case was loaded through her.
    """
    if decision is CaseDecision.RERUN:
        raise ValueError("running again is regrade's to do")
    reason = reason.replace("\r\n", "\n").replace("\0", "").strip()
    if decision is CaseDecision.CONFIRMED and not reason:
        raise ReasonMissing
    if len(reason) > MOST_REASON_CHARACTERS:
        raise TooLong
    attempt = _lock(case)
    _end(case, decision, grader, reason)
    submission = attempt.submission
    if decision is CaseDecision.CLEARED:
        attempt.state = AttemptState.GRADED
        db.session.flush()
        recount(attempt)
        publish(ScoreChanged(submission.id, grader.id))
    publish(CaseDecided(case.id))
    tell_pages(submission)


@operation
def set_aside(grader: Person, attempt: Attempt) -> None:
    """The attempt is run again: its open case, if there is one, ends without a judgement."""
    case = db.session.scalar(
        select(TamperCase).where(TamperCase.attempt_id == attempt.id).with_for_update()
    )
    if case is not None and policies.is_undecided(case):
        _end(case, CaseDecision.RERUN, grader, "")


def _end(case: TamperCase, decision: CaseDecision, grader: Person, reason: str) -> None:
    case.decision, case.reason = decision, reason
    case.decided_by_id, case.decided_at = grader.id, clock.now()
    audit.record(
        grader.id,
        f"case.{decision.value}",
        "submission",
        case.attempt.submission_id,
        case=str(case.id),
        reason=reason,
    )
    db.session.flush()


def _lock(case: TamperCase) -> Attempt:
    """The case's attempt, with both rows locked (the attempt first, as everywhere).

    Raises AlreadyDecided.
    """
    attempt = db.session.scalars(
        select(Attempt).where(Attempt.id == case.attempt_id).with_for_update()
    ).one()
    db.session.scalars(
        select(TamperCase)
        .where(TamperCase.id == case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if not policies.is_undecided(case):
        raise AlreadyDecided(_decided_in_words(case))
    return attempt


def _decided_in_words(case: TamperCase) -> str:
    person = db.session.get(Person, case.decided_by_id) if case.decided_by_id else None
    words = {
        CaseDecision.CLEARED: _("the score counts"),
        CaseDecision.CONFIRMED: _("no score"),
        CaseDecision.RERUN: _("run again"),
    }
    assert case.decision is not None
    return _(
        "%(person)s has decided this already: %(decision)s. Nothing was changed.",
        person=person.name if person is not None else "–",
        decision=words[case.decision],
    )
