"""One submission of a regrade: graded by the corrected lab, compared, taken over."""

import logging
import uuid
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app import engine
from app.accounts.models import Person
from app.grading import operations as grading
from app.grading.models import Attempt, CellScore, ManualScore, Submission
from app.grading.rules import LIVE, AttemptState
from app.kernel import clock, live
from app.kernel.database import db
from app.kernel.i18n import LazyText, speaking
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.labs.models import LabVersion
from app.regrading.models import Regrade, RegradeWork
from app.regrading.operations.runs import JOB_PRIORITY, held
from app.regrading.rules import (
    PENDING,
    Effect,
    RunState,
    WorkState,
    cell_key,
    effect_of,
    fingerprint,
    points_of,
    with_chosen_cells,
)

__all__ = ["claim_work", "grade_again", "keep_result", "take_over"]

MOST_CLAIMS = 3
AGAIN_AFTER = timedelta(seconds=3)
"""When its submission is being graded at this moment."""
DIED = _l("Grading broke off several times.")
WITHHELD = _l("The checks around the tests did not hold: a person has to look at it.")
DECIDES = _l("This submission waits for a decision of a person.")
GRADED_NOT = _l("This submission could not be graded.")
CELL_FIELDS = (
    *("grade_id", "kind", "score", "max_score", "outcome", "assurance", "message", "params"),
    *("hint", "staff_message"),
)

log = logging.getLogger(__name__)


class ClaimedWork(NamedTuple):
    token: uuid.UUID
    work_id: uuid.UUID
    lab_version_id: uuid.UUID
    files: dict[str, str]
    inputs: str


def grade_again(work_id: uuid.UUID, *, without_sandbox: bool = False) -> None:
    """Grade a work by the regrade's lab and keep what came of it. Safe to run twice and to kill.

    Not one operation on purpose: the claim is committed before the engine runs.
    """
    claimed = claim_work(work_id)
    if claimed is None:
        return
    try:
        results, feedback = grading.run_engine(
            claimed.files, claimed.lab_version_id, without_sandbox=without_sandbox
        )
    except BaseException as fault:
        # This worker could not; the job is tried again, perhaps elsewhere.
        db.session.rollback()
        _release(claimed, counts=not isinstance(fault, engine.EngineUnavailable))
        raise
    plain = [grading.plain_result(one, feedback[one.name]) for one in results]
    keep_result(claimed, plain, without_sandbox=without_sandbox)


@operation
def claim_work(work_id: uuid.UUID) -> ClaimedWork | None:
    """Take a work under a fresh token. None when nothing is to do; whoever claims last wins."""
    work = _locked(work_id)
    regrade = work.regrade
    if work.state not in PENDING or regrade.state not in (RunState.TRYING, RunState.APPLYING):
        return None
    if work.claim_count >= MOST_CLAIMS:
        _fail(work, DIED)
        _move_on(regrade)
        return None
    work.state, work.claim, work.claimed_at = WorkState.RUNNING, uuid.uuid4(), clock.now()
    work.claim_count += 1
    submission = work.submission
    files = {file.path: file.blob for file in submission.files}
    return ClaimedWork(
        work.claim, work.id, regrade.lab_version_id, files, _inputs(submission, regrade)
    )


@operation
def _release(claimed: ClaimedWork, *, counts: bool) -> None:
    """Give a work back. COUNTS False: it was this machine that could not grade anything."""
    work = _locked(claimed.work_id)
    if work.claim == claimed.token and work.state is WorkState.RUNNING:
        work.state, work.claim = WorkState.WAITING, None
        work.claim_count -= 0 if counts else 1


@operation
def keep_result(
    claimed: ClaimedWork, notebooks: list[dict[str, Any]], *, without_sandbox: bool = False
) -> bool:
    """Keep what the engine found if CLAIMED still stands; whether it was kept."""
    work = _locked(claimed.work_id)
    regrade = work.regrade
    if work.claim != claimed.token or work.state is not WorkState.RUNNING:
        log.warning("regrade %s: a result came under an old claim and was dropped", regrade.id)
        return False
    if regrade.state is RunState.CANCELLED:
        return False
    work.result, work.inputs, work.claim = notebooks, claimed.inputs, None
    work.without_sandbox = without_sandbox
    states = {notebook["state"] for notebook in notebooks}
    if "tampered" in states:
        _fail(work, WITHHELD)
    elif states == {"failed"}:
        _fail(work, notebooks[0]["reason"] or GRADED_NOT)
    else:
        work.state = WorkState.TRIED
        _compare(work, _newest(work.submission_id))
        if regrade.state is RunState.APPLYING:
            _adopt(regrade, work)
    _move_on(regrade)
    return True


@operation
def take_over(work_id: uuid.UUID) -> None:
    """Let a tried work count, or grade it anew when it was made from something else."""
    work = _locked(work_id)
    regrade = work.regrade
    if regrade.state is not RunState.APPLYING or work.state is not WorkState.TRIED:
        return
    if work.inputs != _inputs(work.submission, regrade):
        work.state = WorkState.WAITING
        defer("regrading.tasks.grade_again", priority=JOB_PRIORITY, work_id=str(work.id))
        return
    _adopt(regrade, work)
    _move_on(regrade)


def _locked(work_id: uuid.UUID) -> RegradeWork:
    """A work with its regrade, both as they are now and locked, the regrade first."""
    regrade_id = db.session.scalars(
        select(RegradeWork.regrade_id).where(RegradeWork.id == work_id)
    ).one()
    held(regrade_id)
    return db.session.scalars(
        select(RegradeWork)
        .where(RegradeWork.id == work_id)
        .with_for_update(of=RegradeWork)
        .execution_options(populate_existing=True)
    ).one()


def _inputs(submission: Submission, regrade: Regrade) -> str:
    version = db.session.get_one(LabVersion, regrade.lab_version_id, populate_existing=True)
    return fingerprint(submission.receipt, version.digest, version.roads)


def _adopt(regrade: Regrade, work: RegradeWork) -> None:
    """Compare once more with what counts at this moment, then let the new result count."""
    last = grading.newest_attempt(work.submission)
    if last.state in LIVE:
        # Somebody has it graded at this moment: after that.
        defer(
            "regrading.tasks.take_over",
            priority=JOB_PRIORITY,
            at=clock.now() + AGAIN_AFTER,
            work_id=str(work.id),
        )
        return
    if last.state is AttemptState.TAMPERED:
        _fail(work, DECIDES)
        return
    effect = _compare(work, last)
    work.done_at = clock.now()
    if regrade.never_lower and effect is Effect.DOWN:
        work.state = WorkState.STANDS
        return
    assert work.result is not None and regrade.applied_by_id is not None
    attempt = grading.adopt(
        db.session.get_one(Person, regrade.applied_by_id),
        work.submission,
        lab_version_id=regrade.lab_version_id,
        max_score=regrade.lab_version.max_score,
        notebooks=with_chosen_cells(work.result, _plain_cells(last), regrade.cells),
        why=f"#{regrade.number}: {regrade.reason}",
        without_sandbox=work.without_sandbox,
    )
    work.state, work.attempt_id = WorkState.APPLIED, attempt.id


def _compare(work: RegradeWork, last: Attempt) -> Effect:
    """Keep what LAST comes to and what the new result would, with persons' points in both."""
    regrade = work.regrade
    given = {
        cell_key(row.notebook, row.grade_id): row.score
        for row in db.session.scalars(
            select(ManualScore).where(
                ManualScore.submission_id == work.submission_id,
                ManualScore.superseded_at.is_(None),
            )
        )
    }
    old = _plain_cells(last)
    assert work.result is not None
    new = {
        cell_key(notebook["name"], cell["grade_id"]): cell
        for notebook in with_chosen_cells(work.result, old, regrade.cells)
        for cell in notebook["cells"]
    }
    most = work.submission.lab_version.max_score if last.max_score is None else last.max_score
    before = points_of(_pairs(old), given, most, is_graded=last.state is AttemptState.GRADED)
    after = points_of(_pairs(new), given, regrade.lab_version.max_score)
    work.before, work.after = before.as_json(), after.as_json()
    work.effect = effect_of(before, after)
    return work.effect


def _pairs(cells: dict[str, dict[str, Any]]) -> dict[str, tuple[float | None, float]]:
    return {key: (cell["score"], cell["max_score"]) for key, cell in cells.items()}


def _plain_cells(attempt: Attempt) -> dict[str, dict[str, Any]]:
    """The cells of an attempt as JSON, by ``cell_key``."""
    return {
        cell_key(notebook.name, cell.grade_id): _plain(cell)
        for notebook in attempt.notebooks
        for cell in notebook.cells
    }


def _plain(cell: CellScore) -> dict[str, Any]:
    return {name: getattr(cell, name) for name in CELL_FIELDS}


def _newest(submission_id: uuid.UUID) -> Attempt:
    return db.session.scalars(
        select(Attempt)
        .where(Attempt.submission_id == submission_id, Attempt.state.not_in(LIVE))
        .order_by(Attempt.number.desc())
        .limit(1)
    ).one()


def _fail(work: RegradeWork, reason: LazyText | str) -> None:
    with speaking("en"):  # kept in English, said in the reader's language
        work.state, work.claim, work.reason = WorkState.FAILED, None, str(reason)
    work.effect, work.done_at = None, clock.now()


def _move_on(regrade: Regrade) -> None:
    """When nothing of REGRADE is left to do, somebody has to conclude it. Open pages are told."""
    db.session.flush()
    open_states = [*PENDING]
    if regrade.state is RunState.APPLYING:
        open_states.append(WorkState.TRIED)
    left = db.session.scalar(
        select(func.count())
        .select_from(RegradeWork)
        .where(RegradeWork.regrade_id == regrade.id, RegradeWork.state.in_(open_states))
    )
    if not left:
        defer("regrading.tasks.conclude", regrade_id=str(regrade.id))
    live.announce(regrade.topic)
