"""Grading by itself: claim an attempt, run the engine, keep the result exactly once."""

import base64
import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from app import engine
from app.grading import rules
from app.grading.events import AttemptFinished
from app.grading.models import Attempt, CellScore, NotebookScore, Submission
from app.grading.operations.cases import open_case
from app.grading.operations.standing import recount
from app.grading.operations.submitting import INTERACTIVE_PRIORITY, queue_attempt, topic
from app.grading.rules import AttemptState
from app.kernel import blobs, clock, live
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.transaction import operation
from app.labs import queries as labs

MOST_CLAIMS = 3
FORGOTTEN_AFTER = timedelta(seconds=30)

log = logging.getLogger(__name__)


def run_attempt(attempt_id: uuid.UUID) -> None:
    """Grade an attempt. Safe to run twice, and to be killed at any point.

    Not one operation on purpose: the claim is committed before the engine runs, and the result
    is taken only under that claim.
    """
    claimed = claim(attempt_id)
    if claimed is None:
        return
    token, lab_version_id, files = claimed
    try:
        version = labs.version(lab_version_id)
        source = labs.engine_source(version)
        limits = labs.engine_limits(version)
        db.session.rollback()  # no transaction stays open while the notebooks run
        results = engine.grade(source, files, limits=limits)
        sources = {
            notebook.name.removesuffix(".ipynb"): notebook.source for notebook in source.notebooks
        }
        feedback = {
            result.name: _feedback_json(engine.feedback(result, sources[result.name]))
            for result in results
        }
    except BaseException:
        # This worker could not; the job is tried again, perhaps elsewhere.
        release(attempt_id, token)
        raise
    finish(attempt_id, token, results, feedback)


@operation
def claim(attempt_id: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID, dict[str, bytes]] | None:
    """Take an attempt: a fresh token, the lab version and the files. None when nothing is to do.

    Whoever claims last wins: an older claim's result is not taken any more. An attempt that died
    MOST_CLAIMS times with its worker fails with a reason instead of killing workers for ever.
    """
    attempt = _locked(attempt_id)
    if attempt is None or attempt.state not in rules.LIVE:
        return None
    if attempt.claim_count >= MOST_CLAIMS:
        _end(attempt, AttemptState.FAILED)
        attempt.reason_code, attempt.reason = "worker_died", WORKER_DIED
        return None
    attempt.state = AttemptState.RUNNING
    attempt.claim = uuid.uuid4()
    attempt.claimed_at = clock.now()
    attempt.claim_count += 1
    submission = attempt.submission
    live.announce(topic(submission.section_id, submission.person_id, submission.lab_slug))
    files = {file.path: blobs.get(file.blob) for file in submission.files}
    return attempt.claim, submission.lab_version_id, files


WORKER_DIED = (
    "Grading broke off several times. Your submission is kept; the people who run this site have "
    "been told."
)
ENGINE_FAULT = (
    "Grading failed for a reason that is not in your work. Your submission is kept and can be "
    "graded again."
)


@operation
def release(attempt_id: uuid.UUID, token: uuid.UUID) -> None:
    """Give an attempt back to the queue."""
    attempt = _locked(attempt_id)
    if attempt is not None and attempt.claim == token and attempt.state is AttemptState.RUNNING:
        attempt.state = AttemptState.QUEUED
        attempt.claim = None


@operation
def fail(attempt_id: uuid.UUID, reason_code: str, reason: str) -> None:
    """End an attempt without a score; REASON is a message in English for its student."""
    attempt = _locked(attempt_id)
    if attempt is not None and attempt.state in rules.LIVE:
        _end(attempt, AttemptState.FAILED)
        attempt.reason_code, attempt.reason = reason_code, reason


@operation
def finish(
    attempt_id: uuid.UUID,
    token: uuid.UUID,
    results: tuple[engine.NotebookResult, ...],
    feedback: Mapping[str, bytes],
) -> bool:
    """Keep RESULTS if TOKEN is still the attempt's claim; whether they were kept."""
    attempt = _locked(attempt_id)
    if attempt is None or attempt.claim != token or attempt.state is not AttemptState.RUNNING:
        log.warning("attempt %s: a result came under an old claim and was dropped", attempt_id)
        return False
    attempt.notebooks = [_notebook(result, feedback[result.name]) for result in results]
    states = {result.state for result in results}
    if "tampered" in states:
        _end(attempt, AttemptState.TAMPERED)
        attempt.score = None
    elif states == {"failed"}:
        _end(attempt, AttemptState.FAILED)
        first = results[0]
        attempt.reason_code, attempt.reason = first.reason_code, first.reason
        attempt.reason_params = dict(first.reason_params)
    else:
        _end(attempt, AttemptState.GRADED)
    attempt.seconds = sum(result.seconds for result in results)
    db.session.flush()
    recount(attempt)
    if attempt.state is AttemptState.TAMPERED:
        open_case(attempt)
    publish(AttemptFinished(attempt.id, attempt.submission_id))
    return True


@operation
def requeue_forgotten() -> int:
    """Queue again what waits without a job, for whatever reason; returns how many."""
    waiting = db.session.scalars(
        select(Attempt)
        .where(
            Attempt.state.in_(rules.LIVE),
            Attempt.queued_at < clock.now() - FORGOTTEN_AFTER,
            text(
                "NOT EXISTS (SELECT 1 FROM procrastinate_jobs job"
                " WHERE job.task_name = 'grading.tasks.grade'"
                " AND job.args->>'attempt_id' = attempts.id::text"
                " AND job.status IN ('todo', 'doing'))"
            ),
        )
        .with_for_update(skip_locked=True)
        .limit(200)
    ).all()
    for attempt in waiting:
        queue_attempt(attempt, priority=INTERACTIVE_PRIORITY)
    return len(waiting)


def _locked(attempt_id: uuid.UUID) -> Attempt | None:
    return db.session.scalar(select(Attempt).where(Attempt.id == attempt_id).with_for_update())


def _end(attempt: Attempt, state: AttemptState) -> None:
    attempt.state = state
    attempt.claim = None
    attempt.finished_at = clock.now()
    submission: Submission = attempt.submission
    live.announce(topic(submission.section_id, submission.person_id, submission.lab_slug))


def _notebook(result: engine.NotebookResult, feedback: bytes) -> NotebookScore:
    return NotebookScore(
        name=result.name,
        state=result.state,
        reason_code=result.reason_code,
        reason=result.reason,
        reason_params=dict(result.reason_params),
        seconds=result.seconds,
        peak_memory_mb=result.peak_memory_mb,
        executed_blob=blobs.put(result.executed) if result.executed else None,
        feedback_blob=blobs.put(feedback),
        cells=[
            CellScore(
                grade_id=cell.grade_id,
                kind=cell.kind,
                position=position,
                score=cell.score,
                max_score=cell.max_score,
                outcome=cell.outcome,
                assurance=cell.assurance,
                message=cell.message,
                params=dict(cell.params),
                hint=cell.hint,
                staff_message=cell.staff_message,
            )
            for position, cell in enumerate(result.cells)
        ],
    )


def _feedback_json(blocks: list[engine.FeedbackBlock]) -> bytes:
    def plain(value: Any) -> Any:
        if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        return value

    def block(made: engine.FeedbackBlock) -> dict[str, Any]:
        fields = asdict(made)
        # What graders alone may read has no place in what students are shown.
        if fields["cell"] is not None:
            fields["cell"].pop("staff_message", None)
        for output in fields["outputs"]:
            output["data"] = plain(output["data"])
        return fields

    return json.dumps([block(made) for made in blocks], ensure_ascii=False).encode()
