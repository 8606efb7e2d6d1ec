"""Whose turn it is, and who grades what: claims on attempts (docs/decisions/0011)."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import func, select, text

from app.grading import rules
from app.grading.models import Attempt, Submission
from app.grading.operations.submitting import add_ticket, tell_pages
from app.grading.rules import AttemptState
from app.kernel import clock
from app.kernel.database import db
from app.kernel.i18n import LazyText, speaking
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

MOST_CLAIMS = 3
FORGOTTEN_AFTER = timedelta(seconds=30)
AGAIN_AFTER = timedelta(seconds=1.5)
"""Less than the queue waits before it tries a job again, so that the job finds its attempt."""

WORKER_DIED = _l(
    "Grading broke off several times. Your submission is kept; the people who run this site have "
    "been told."
)
ENGINE_FAULT = _l(
    "Grading failed for a reason that is not in your work. Your submission is kept and can be "
    "graded again."
)


class Claimed(NamedTuple):
    """An attempt in one worker's hands: results are taken under TOKEN only."""

    token: uuid.UUID
    attempt_id: uuid.UUID
    lab_version_id: uuid.UUID
    files: Mapping[str, str]
    """Paths and blobs."""


@operation
def claim(attempt_id: uuid.UUID) -> Claimed | None:
    """Take an attempt under a fresh token. None when nothing is to do.

    Whoever claims last wins: an older claim's result is not taken any more. An attempt that was
    claimed MOST_CLAIMS times without a result fails instead of killing workers for ever.
    """
    attempt = locked(attempt_id)
    return None if attempt is None else _take(attempt)


@operation
def claim_next(ticket: int, worker: int | None = None) -> Claimed | None:
    """Take what TICKET was grading when its worker died, or else the attempt whose turn it is.

    Interactive before regrades. Among sections: the one with the fewest attempts running, of
    these the one that was served longest ago. Within a section: everybody's first before
    anybody's second. None when nothing waits.
    """
    while (attempt := _held_by(ticket) or _next_in_line()) is not None:
        claimed = _take(attempt, ticket, worker)
        if claimed is not None:
            return claimed
    return None


def _held_by(ticket: int) -> Attempt | None:
    return db.session.scalar(
        select(Attempt)
        .where(Attempt.ticket == ticket, Attempt.state == AttemptState.RUNNING)
        .with_for_update()
        .limit(1)
    )


MOST_AT_ONCE = 200
"""How many may choose from one line in the same moment."""

NEXT = text("""
WITH waiting AS MATERIALIZED (
    SELECT section_id, max(priority) AS priority FROM attempts
     WHERE state = 'queued' AND (not_before IS NULL OR not_before <= :now)
     GROUP BY section_id
), lines AS MATERIALIZED (
    SELECT section_id, priority,
           (SELECT count(*) FROM attempts r
             WHERE r.section_id = waiting.section_id AND r.state = 'running') AS running,
           (SELECT max(s.claimed_at) FROM attempts s
             WHERE s.section_id = waiting.section_id) AS served_at
      FROM waiting WHERE priority = (SELECT max(priority) FROM waiting)
)
SELECT attempts.id FROM lines
 CROSS JOIN LATERAL (
    SELECT a.id FROM attempts a
     WHERE a.state = 'queued' AND a.priority = lines.priority
       AND a.section_id = lines.section_id
       AND (a.not_before IS NULL OR a.not_before <= :now)
     ORDER BY a.turn, a.queued_at, a.id LIMIT :most
  ) AS front
  JOIN attempts ON attempts.id = front.id
 WHERE attempts.state = 'queued'
 ORDER BY lines.running, lines.served_at NULLS FIRST, lines.section_id,
          attempts.turn, attempts.queued_at, attempts.id
 LIMIT 1 FOR UPDATE OF attempts SKIP LOCKED
""")


def _next_in_line() -> Attempt | None:
    attempt_id = db.session.scalar(NEXT, {"now": clock.now(), "most": MOST_AT_ONCE})
    return None if attempt_id is None else locked(attempt_id)


def _take(attempt: Attempt, ticket: int | None = None, worker: int | None = None) -> Claimed | None:
    if attempt.state not in rules.LIVE:
        return None
    if attempt.claim_count >= MOST_CLAIMS:
        give_up(attempt, "worker_died", WORKER_DIED)
        return None
    attempt.state = AttemptState.RUNNING
    attempt.claim = uuid.uuid4()
    attempt.claimed_at = clock.now()
    attempt.claim_count += 1
    attempt.ticket, attempt.worker = ticket, worker
    submission = attempt.submission
    tell_pages(submission)
    db.session.flush()
    files = {file.path: file.blob for file in submission.files}
    version_id = attempt.lab_version_id or submission.lab_version_id
    return Claimed(attempt.claim, attempt.id, version_id, files)


@operation
def release(claimed: Claimed, *, counts: bool = True) -> None:
    """Give an attempt back to its line, for a moment later; after MOST_CLAIMS it ends instead.

    COUNTS False: it was this machine that could not grade anything, so the try is forgotten.
    """
    attempt = locked(claimed.attempt_id)
    if (
        attempt is None
        or attempt.claim != claimed.token
        or attempt.state is not AttemptState.RUNNING
    ):
        return
    if not counts:
        attempt.claim_count -= 1
    elif attempt.claim_count >= MOST_CLAIMS:
        give_up(attempt, "engine_fault", ENGINE_FAULT)
        return
    attempt.state = AttemptState.QUEUED
    attempt.claim = attempt.ticket = None
    attempt.not_before = clock.now() + AGAIN_AFTER


def give_up(attempt: Attempt, reason_code: str, reason: LazyText) -> None:
    """End an attempt without a score; REASON, for its student, is kept in English."""
    end(attempt, AttemptState.FAILED)
    with speaking("en"):
        attempt.reason_code, attempt.reason = reason_code, str(reason)


@operation
def requeue_forgotten() -> int:
    """Give a ticket to whatever waits without one, for whatever reason; returns how many."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('forgotten', 0))"))
    orphans = db.session.scalars(
        select(Attempt)
        .where(
            Attempt.state == AttemptState.RUNNING,
            Attempt.claimed_at < clock.now() - FORGOTTEN_AFTER,
            text(
                "NOT EXISTS (SELECT 1 FROM procrastinate_jobs job WHERE job.id = attempts.ticket"
                " AND job.status IN ('todo', 'doing'))"
            ),
        )
        .with_for_update(skip_locked=True)
    ).all()
    for attempt in orphans:
        attempt.state = AttemptState.QUEUED
        attempt.claim = attempt.ticket = None
    db.session.flush()
    waiting = db.session.scalars(
        select(func.count())
        .select_from(Attempt)
        .where(
            Attempt.state == AttemptState.QUEUED,
            Attempt.queued_at < clock.now() - FORGOTTEN_AFTER,
        )
    ).one()
    tickets = db.session.scalars(
        text(
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE task_name = 'grading.tasks.grade' AND status = 'todo'"
        )
    ).one()
    missing: int = max(0, waiting - tickets)
    for _ticket in range(missing):
        add_ticket()
    return missing


def locked(attempt_id: uuid.UUID) -> Attempt | None:
    """An attempt, locked until the transaction ends."""
    return db.session.scalar(select(Attempt).where(Attempt.id == attempt_id).with_for_update())


def end(attempt: Attempt, state: AttemptState) -> None:
    """An attempt's last change of state by a worker; open pages are told."""
    attempt.state = state
    attempt.claim = attempt.ticket = None
    attempt.finished_at = clock.now()
    submission: Submission = attempt.submission
    tell_pages(submission)
