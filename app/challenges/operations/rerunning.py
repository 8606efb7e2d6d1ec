"""Scoring everything again, after the evaluation was corrected: a job that shows how far it is."""

import logging
import uuid
from datetime import timedelta

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from app import engine
from app.accounts.models import Person
from app.challenges.events import ChallengeCorrected
from app.challenges.models import Challenge, ChallengeEntry, ChallengeRun
from app.challenges.operations.scoring import Job, Outcome, job_of, keep, run
from app.challenges.rules import LIVE
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.jobs import defer
from app.kernel.transaction import operation

log = logging.getLogger(__name__)

NO_JOB = (
    "NOT EXISTS (SELECT 1 FROM procrastinate_jobs job WHERE job.status IN ('todo', 'doing')"
    " AND job.task_name = 'challenges.tasks.{task}' AND job.args->>'{name}' = {table}.id::text)"
)


@operation
def ask_to_score_again(actor: Person, challenge: Challenge) -> uuid.UUID:
    """Have every entry scored by the evaluation that holds now; the run, or the one under way."""
    run_id = db.session.scalar(
        insert(ChallengeRun)
        .values(
            id=new_id(),
            challenge_id=challenge.id,
            evaluation_id=challenge.evaluation.id,
            asked_by_id=actor.id,
            asked_at=clock.now(),
            done_count=0,
            entry_count=0,
            changed_count=0,
            has_failed=False,
        )
        .on_conflict_do_nothing()
        .returning(ChallengeRun.id)
    )
    if run_id is None:
        return db.session.scalars(
            select(ChallengeRun.id).where(
                ChallengeRun.challenge_id == challenge.id, ChallengeRun.finished_at.is_(None)
            )
        ).one()
    defer("challenges.tasks.score_again", run_id=str(run_id))
    audit.record(
        actor.id,
        "challenge.scored_again",
        "challenge",
        challenge.id,
        evaluation=challenge.evaluation.number,
    )
    return run_id


def score_again(run_id: uuid.UUID) -> None:
    """The whole run, a short transaction for each entry; safe to do twice.

    Raises engine.EngineUnavailable: then it is done later, perhaps elsewhere.
    """
    try:
        for entry_id in _begin(run_id):
            _one(run_id, entry_id)
        _finish(run_id, has_failed=False)
    except engine.EngineUnavailable:
        db.session.rollback()
        raise
    except Exception:
        db.session.rollback()
        log.exception("scoring again failed in run %s", run_id)
        _finish(run_id, has_failed=True)


@operation
def _begin(run_id: uuid.UUID) -> list[uuid.UUID]:
    found = db.session.get(ChallengeRun, run_id, with_for_update=True)
    if found is None or found.finished_at is not None:
        return []
    entry_ids = list(
        db.session.scalars(
            select(ChallengeEntry.id)
            .where(
                ChallengeEntry.challenge_id == found.challenge_id,
                ChallengeEntry.received_at <= found.asked_at,
                ChallengeEntry.state.not_in(LIVE),
            )
            .order_by(ChallengeEntry.received_at, ChallengeEntry.id)
        )
    )
    found.started_at, found.done_count, found.changed_count = clock.now(), 0, 0
    found.entry_count = len(entry_ids)
    return entry_ids


def _one(run_id: uuid.UUID, entry_id: uuid.UUID) -> None:
    job = _job(entry_id)
    outcome = run(job) if job is not None else None
    _note(run_id, job, outcome)


@operation
def _job(entry_id: uuid.UUID) -> Job | None:
    entry = db.session.get_one(ChallengeEntry, entry_id)
    if entry.state in LIVE:
        return None
    return job_of(entry, uuid.uuid4())


@operation
def _note(run_id: uuid.UUID, job: Job | None, outcome: Outcome | None) -> None:
    changed = 0
    if job is not None and outcome is not None:
        entry = db.session.get_one(ChallengeEntry, job.entry_id, with_for_update=True)
        before = entry.score
        old = None if before is None else (before.public, before.private)
        if entry.state not in LIVE:
            keep(entry, job, outcome)
        db.session.flush()
        db.session.expire(entry, ["scores"])
        after = entry.score
        new = None if after is None else (after.public, after.private)
        changed = int(old != new)
    db.session.execute(
        update(ChallengeRun)
        .where(ChallengeRun.id == run_id)
        .values(
            done_count=ChallengeRun.done_count + 1,
            changed_count=ChallengeRun.changed_count + changed,
        )
    )


@operation
def _finish(run_id: uuid.UUID, *, has_failed: bool) -> None:
    challenge_id = db.session.scalar(
        update(ChallengeRun)
        .where(ChallengeRun.id == run_id, ChallengeRun.finished_at.is_(None))
        .values(finished_at=clock.now(), has_failed=has_failed)
        .returning(ChallengeRun.challenge_id)
    )
    if challenge_id is not None and db.session.get_one(Challenge, challenge_id).settled_at:
        publish(ChallengeCorrected(challenge_id))


FORGOTTEN_AFTER = timedelta(minutes=1)


@operation
def requeue_forgotten() -> int:
    """Give a job to whatever waits without one, for whatever reason; how many."""
    since = clock.now() - FORGOTTEN_AFTER
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('challenges', 0))"))
    entries = db.session.scalars(
        select(ChallengeEntry.id).where(
            ChallengeEntry.state.in_(LIVE),
            ChallengeEntry.received_at < since,
            text(NO_JOB.format(task="score", name="entry_id", table="challenge_entries")),
        )
    ).all()
    runs = db.session.scalars(
        select(ChallengeRun.id).where(
            ChallengeRun.finished_at.is_(None),
            ChallengeRun.asked_at < since,
            text(NO_JOB.format(task="score_again", name="run_id", table="challenge_runs")),
        )
    ).all()
    for entry_id in entries:
        defer("challenges.tasks.score", entry_id=str(entry_id))
    for run_id in runs:
        defer("challenges.tasks.score_again", run_id=str(run_id))
    return len(entries) + len(runs)
