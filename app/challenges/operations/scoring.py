"""Scoring an entry: claimed in one transaction, run in sandboxes without any, kept in another.

A notebook makes its predictions in one process, with the open data. Another process, in which none
of its code runs, has the hidden answers and scores what it made.
"""

import logging
import uuid
from dataclasses import dataclass

from app import engine
from app.challenges import queries
from app.challenges.events import ChallengeScored
from app.challenges.models import Challenge, ChallengeEntry, ChallengeEvaluation, ChallengeScore
from app.challenges.operations.handing_in import tell_pages
from app.challenges.operations.notices import tell_of_breakage
from app.challenges.rules import LIVE, PROBLEMS, EntryState, Kind
from app.kernel import bigfiles, blobs, clock
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.transaction import operation

MOST_CLAIMS = 3
EVALUATOR = "evaluator"
BROKE_OFF = "broke-off"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Everything that scoring needs, without the database."""

    entry_id: uuid.UUID
    token: uuid.UUID
    kind: Kind
    content: bytes
    predictions: bytes | None
    """What its notebook wrote before; it is not run again to be scored again."""
    sets: tuple[str, ...]
    data_digests: dict[str, str]
    answers: bytes
    answers_digest: str
    evaluation_id: uuid.UUID
    how: engine.Evaluation


@dataclass(frozen=True)
class Outcome:
    """What came of it: predictions and a score, or a problem."""

    predictions: bytes | None = None
    evaluated: engine.Evaluated | None = None
    produced: engine.Produced | None = None


def score_entry(entry_id: uuid.UUID) -> None:
    """Score an entry that waits. Safe to run twice, and to be killed at any point."""
    job = _claim(entry_id)
    if job is None:
        return
    try:
        outcome = run(job)
    except BaseException as fault:
        db.session.rollback()
        _give_back(job, counts=not isinstance(fault, engine.EngineUnavailable))
        raise
    _finish(job, outcome)


def run(job: Job) -> Outcome:
    """Make predictions if need be, and score them. Raises engine.EngineUnavailable."""
    predictions = job.predictions if job.kind is Kind.NOTEBOOK else job.content
    produced = None
    if predictions is None:
        produced = engine.produce(job.content, sets=job.sets)
        predictions = produced.content
        if predictions is None:
            return Outcome(produced=produced)
    return Outcome(predictions, engine.evaluate(predictions, job.answers, job.how), produced)


@operation
def _claim(entry_id: uuid.UUID) -> Job | None:
    entry = db.session.get(ChallengeEntry, entry_id, with_for_update=True)
    if entry is None or entry.state not in LIVE:
        return None
    if entry.claim_count >= MOST_CLAIMS:
        _end(entry, EntryState.FAILED)
        entry.problem = BROKE_OFF
        return None
    entry.state = EntryState.RUNNING
    entry.claim = uuid.uuid4()
    entry.claim_count += 1
    tell_pages(entry)
    return job_of(entry, entry.claim)


def job_of(entry: ChallengeEntry, token: uuid.UUID) -> Job:
    """ENTRY with the evaluation that holds now."""
    challenge: Challenge = entry.challenge
    evaluation = challenge.evaluation
    (answers,) = evaluation.answers.files
    sets = queries.sets_of(challenge)
    return Job(
        entry_id=entry.id,
        token=token,
        kind=entry.kind,
        content=blobs.get(entry.blob),
        predictions=blobs.get(entry.predictions_blob) if entry.predictions_blob else None,
        sets=tuple(row.address for row in sets),
        data_digests={row.address: row.digest for row in sets},
        answers=_whole(answers["digest"]),
        answers_digest=answers["digest"],
        evaluation_id=evaluation.id,
        how=how_of(evaluation),
    )


def how_of(evaluation: ChallengeEvaluation) -> engine.Evaluation:
    return engine.Evaluation(
        id_column=evaluation.id_column,
        target_column=evaluation.target_column,
        metric=evaluation.metric,
        kind=evaluation.kind,
        seed=evaluation.seed,
        share=evaluation.public_share,
        program=blobs.get(evaluation.program_blob) if evaluation.program_blob else None,
    )


def _whole(digest: str) -> bytes:
    if not bigfiles.is_whole(digest):
        raise engine.EngineUnavailable(
            "The answers of a challenge are not on this machine. Type: banyan data check"
        )
    return bigfiles.path_of(digest).read_bytes()


@operation
def _give_back(job: Job, *, counts: bool) -> None:
    """COUNTS False: this machine could not score anything, so the try is forgotten."""
    entry = db.session.get(ChallengeEntry, job.entry_id, with_for_update=True)
    if entry is None or entry.claim != job.token or entry.state is not EntryState.RUNNING:
        return
    entry.claim = None
    entry.state = EntryState.QUEUED
    if not counts:
        entry.claim_count -= 1
    elif entry.claim_count >= MOST_CLAIMS:
        _end(entry, EntryState.FAILED)
        entry.problem = BROKE_OFF


@operation
def _finish(job: Job, outcome: Outcome) -> bool:
    """Keep OUTCOME if the claim still stands; whether it was kept."""
    entry = db.session.get(ChallengeEntry, job.entry_id, with_for_update=True)
    if entry is None or entry.claim != job.token or entry.state is not EntryState.RUNNING:
        log.warning("entry %s: a score came under an old claim and was dropped", job.entry_id)
        return False
    keep(entry, job, outcome)
    return True


def keep(entry: ChallengeEntry, job: Job, outcome: Outcome) -> None:
    """Write OUTCOME down; a score that was there is superseded. Within an operation."""
    evaluated, produced = outcome.evaluated, outcome.produced
    if evaluated is None:
        assert produced is not None
        _end(entry, EntryState.INVALID)
        entry.problem, entry.params = produced.problem, dict(produced.params)
        return
    if outcome.predictions is not None:
        entry.predictions_blob = blobs.put(outcome.predictions)
    before = entry.score
    if before is not None and evaluated.problem is not None and evaluated.problem not in PROBLEMS:
        entry.detail = f"{evaluated.problem} {evaluated.detail or ''}".strip()
        tell_of_breakage(entry.challenge, entry.challenge.evaluation)
        return  # the evaluation broke, not the entry: the score that it had holds
    if before is not None:
        before.superseded_at = clock.now()
        db.session.flush()
    if evaluated.problem is not None or evaluated.public is None or evaluated.private is None:
        known = evaluated.problem in PROBLEMS
        _end(entry, EntryState.INVALID if known else EntryState.FAILED)
        entry.problem = evaluated.problem if known else EVALUATOR
        entry.line, entry.params = evaluated.line, dict(evaluated.params)
        entry.detail = None if known else f"{evaluated.problem} {evaluated.detail or ''}".strip()
        if not known:
            tell_of_breakage(entry.challenge, entry.challenge.evaluation)
        return
    _end(entry, EntryState.SCORED)
    entry.problem, entry.line, entry.params, entry.detail = None, None, {}, None
    assert entry.predictions_blob is not None
    entry.scores.append(
        ChallengeScore(
            evaluation_id=job.evaluation_id,
            public=evaluated.public,
            private=evaluated.private,
            predictions_digest=entry.predictions_blob,
            answers_digest=job.answers_digest,
            data_digests=job.data_digests,
            environment=dict(evaluated.environment),
            seconds=evaluated.seconds + (produced.seconds if produced else 0.0),
        )
    )
    db.session.flush()
    publish(ChallengeScored(entry.challenge_id, entry.id))


def _end(entry: ChallengeEntry, state: EntryState) -> None:
    entry.state = state
    entry.claim = None
    entry.finished_at = clock.now()
    tell_pages(entry)
