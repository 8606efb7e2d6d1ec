"""Grades follow what happens to work, in the same transaction."""

import uuid

from sqlalchemy import select

from app.gradebook.operations import Cause, score_changed
from app.gradebook.rules.entries import Way
from app.grading.events import (
    AttemptFinished,
    AttemptSuperseded,
    CaseDecided,
    ScoreChanged,
    SubmissionReceived,
)
from app.grading.models import Attempt, Submission, TamperCase
from app.kernel.database import db
from app.kernel.events import subscribe
from app.kernel.jobs import defer
from app.learning.events import GradesReleased
from app.quizzes.events import QuizHandedIn, QuizMarked
from app.quizzes.models import QuizAttempt


@subscribe(SubmissionReceived)
def note_that_work_came(event: SubmissionReceived) -> None:
    _lab(event.submission_id, Way.HANDED_IN)


@subscribe(AttemptFinished)
def take_over_what_tests_gave(event: AttemptFinished) -> None:
    attempt = db.session.get(Attempt, event.attempt_id)
    again = attempt is not None and attempt.number > 1
    _lab(event.submission_id, Way.REGRADED if again else Way.AUTOGRADED)


@subscribe(AttemptSuperseded)
def take_over_what_was_graded_again(event: AttemptSuperseded) -> None:
    _lab(event.submission_id, Way.REGRADED, event.by_id, event.why)


@subscribe(ScoreChanged)
def take_over_what_a_person_gave(event: ScoreChanged) -> None:
    _lab(event.submission_id, Way.MANUAL_GRADING, event.by_id)


@subscribe(CaseDecided)
def take_over_what_was_decided(event: CaseDecided) -> None:
    case = db.session.get(TamperCase, event.case_id)
    if case is not None:
        _lab(case.attempt.submission_id, Way.MANUAL_GRADING, case.decided_by_id)


@subscribe(QuizHandedIn)
def take_over_a_quiz(event: QuizHandedIn) -> None:
    _quiz(event.attempt_id)


@subscribe(QuizMarked)
def take_over_marks(event: QuizMarked) -> None:
    _quiz(event.attempt_id)


def _lab(
    submission_id: uuid.UUID, way: Way, by_id: uuid.UUID | None = None, reason: str = ""
) -> None:
    submission = db.session.scalar(select(Submission).where(Submission.id == submission_id))
    if submission is not None:
        cause = Cause(f"lab:{submission.lab_slug}", way, by_id, reason)
        # In one order, so that two teams with the same people never wait for each other.
        for person_id in sorted(row.person_id for row in submission.people):
            score_changed(submission.section, person_id, cause)


def _quiz(attempt_id: uuid.UUID) -> None:
    attempt = db.session.get(QuizAttempt, attempt_id)
    if attempt is not None:
        score_changed(attempt.section, attempt.person_id, Cause(f"quiz:{attempt.slug}", Way.QUIZ))


@subscribe(GradesReleased)
def tell_whose_grades_are_out(event: GradesReleased) -> None:
    defer(
        "gradebook.tasks.tell_of_release",
        section_id=str(event.section_id),
        keys=list(event.item_keys),
        batch_id=str(event.batch_id),
    )
