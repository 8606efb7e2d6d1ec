"""Grading by itself: take the attempt that is next, run the engine, keep the result once."""

import base64
import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app import engine
from app.grading.events import AttemptFinished
from app.grading.operations.cases import open_case
from app.grading.operations.claims import Claimed, claim, claim_next, end, locked, release
from app.grading.operations.results import notebook_of, plain_result
from app.grading.operations.standing import recount
from app.grading.rules import AttemptState
from app.kernel import blobs
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.transaction import operation
from app.labs import queries as labs

log = logging.getLogger(__name__)


def run_next(ticket: int, worker: int | None = None, *, without_sandbox: bool = False) -> bool:
    """Grade the attempt that is next in line, or the one that TICKET died with; False: none.

    TICKET is the number of the queue's job, WORKER that of the queue's worker. Safe
    to run twice, and to be killed at any point. WITHOUT_SANDBOX: the operator accepts that.
    """
    claimed = claim_next(ticket, worker)
    if claimed is not None:
        _run(claimed, without_sandbox=without_sandbox)
    return claimed is not None


def run_attempt(attempt_id: uuid.UUID) -> None:
    """Grade one attempt now, whatever waits before it."""
    claimed = claim(attempt_id)
    if claimed is not None:
        _run(claimed)


def _run(claimed: Claimed, *, without_sandbox: bool = False) -> None:
    """Not one operation on purpose: the claim is committed before the engine runs, and the result
    is taken only under that claim."""
    try:
        results, feedback = run_engine(
            claimed.files, claimed.lab_version_id, without_sandbox=without_sandbox
        )
    except BaseException as fault:
        # This worker could not; the attempt is tried again, perhaps elsewhere.
        db.session.rollback()
        release(claimed, counts=not isinstance(fault, engine.EngineUnavailable))
        raise
    finish(claimed.attempt_id, claimed.token, results, feedback, without_sandbox=without_sandbox)


def run_engine(
    files: Mapping[str, str], lab_version_id: uuid.UUID, *, without_sandbox: bool = False
) -> tuple[tuple[engine.NotebookResult, ...], dict[str, bytes]]:
    """Grade FILES (paths and blobs) by a lab version; the results, and the feedback by notebook.

    Ends the transaction that is open: none stays open while the notebooks run.
    """
    contents = {path: blobs.get(blob) for path, blob in files.items()}
    version = labs.version(lab_version_id)
    source = labs.engine_source(version)
    limits = labs.engine_limits(version)
    db.session.rollback()
    results = engine.grade(source, contents, limits=limits, without_sandbox=without_sandbox)
    sources = {
        notebook.name.removesuffix(".ipynb"): notebook.source for notebook in source.notebooks
    }
    feedback = {
        result.name: _feedback_json(engine.feedback(result, sources[result.name]))
        for result in results
    }
    return results, feedback


@operation
def finish(
    attempt_id: uuid.UUID,
    token: uuid.UUID,
    results: tuple[engine.NotebookResult, ...],
    feedback: Mapping[str, bytes],
    *,
    without_sandbox: bool = False,
) -> bool:
    """Keep RESULTS if TOKEN is still the attempt's claim; whether they were kept."""
    attempt = locked(attempt_id)
    if attempt is None or attempt.claim != token or attempt.state is not AttemptState.RUNNING:
        log.warning("attempt %s: a result came under an old claim and was dropped", attempt_id)
        return False
    attempt.notebooks = [
        notebook_of(plain_result(result, feedback[result.name])) for result in results
    ]
    states = {result.state for result in results}
    if "tampered" in states:
        end(attempt, AttemptState.TAMPERED)
        attempt.score = None
    elif states == {"failed"}:
        end(attempt, AttemptState.FAILED)
        first = results[0]
        attempt.reason_code, attempt.reason = first.reason_code, first.reason
        attempt.reason_params = dict(first.reason_params)
    else:
        end(attempt, AttemptState.GRADED)
    attempt.without_sandbox = without_sandbox
    attempt.seconds = sum(result.seconds for result in results)
    db.session.flush()
    recount(attempt)
    if attempt.state is AttemptState.TAMPERED:
        open_case(attempt)
    publish(AttemptFinished(attempt.id, attempt.submission_id))
    return True


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
