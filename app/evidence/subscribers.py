"""Evidence follows released results, in the same transaction."""

import uuid

from app.challenges.events import ChallengeCorrected, ChallengeEnded
from app.evidence.operations import challenges, quizzes, stamps, syncing
from app.grading.events import AttemptFinished, AttemptSuperseded, CaseDecided, ScoreChanged
from app.grading.models import Attempt, TamperCase
from app.kernel.database import db
from app.kernel.events import subscribe
from app.learning.events import GradesReleased
from app.quizzes.events import QuizHandedIn, QuizMarked


@subscribe(AttemptFinished)
def note_what_graded_it(event: AttemptFinished) -> None:
    _stamp(event.attempt_id)
    syncing.sync_submissions([event.submission_id])


@subscribe(AttemptSuperseded)
def take_over_what_was_graded_again(event: AttemptSuperseded) -> None:
    _stamp(event.attempt_id)
    syncing.sync_submissions([event.submission_id])


@subscribe(ScoreChanged)
def take_over_what_a_person_gave(event: ScoreChanged) -> None:
    syncing.sync_submissions([event.submission_id])


@subscribe(CaseDecided)
def take_over_what_was_decided(event: CaseDecided) -> None:
    case = db.session.get(TamperCase, event.case_id)
    if case is not None:
        syncing.sync_submissions([case.attempt.submission_id])


@subscribe(QuizHandedIn)
def take_over_a_quiz(event: QuizHandedIn) -> None:
    quizzes.sync_attempts([event.attempt_id])


@subscribe(QuizMarked)
def take_over_marks(event: QuizMarked) -> None:
    quizzes.sync_attempts([event.attempt_id])


@subscribe(ChallengeEnded)
def take_over_a_final_ranking(event: ChallengeEnded) -> None:
    challenges.sync_challenge(event.challenge_id)


@subscribe(ChallengeCorrected)
def take_over_what_was_scored_again(event: ChallengeCorrected) -> None:
    challenges.sync_challenge(event.challenge_id)


@subscribe(GradesReleased)
def take_over_what_is_out(event: GradesReleased) -> None:
    slugs: dict[str, list[str]] = {}
    for key in event.item_keys:
        kind, _colon, slug = key.partition(":")
        slugs.setdefault(kind, []).append(slug)
    if labs := slugs.get("lab"):
        syncing.sync_released(event.section_id, labs)
    if taken := slugs.get("quiz"):
        quizzes.sync_released(event.section_id, taken)


def _stamp(attempt_id: uuid.UUID) -> None:
    attempt = db.session.get(Attempt, attempt_id)
    if attempt is not None:
        stamps.stamp(attempt)
