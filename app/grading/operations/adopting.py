"""Grading again together with others: what was found beforehand takes the place of what counts."""

import uuid
from typing import Any

from sqlalchemy import select, update

from app.accounts.models import Person
from app.grading.events import AttemptSuperseded
from app.grading.models import Attempt, ManualScore, Submission
from app.grading.operations.manual import NotGradable, newest_attempt
from app.grading.operations.results import notebook_of
from app.grading.operations.standing import recount
from app.grading.operations.submitting import tell_pages
from app.grading.rules import AttemptState, Priority
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.transaction import operation


@operation
def adopt(
    grader: Person,
    submission: Submission,
    *,
    lab_version_id: uuid.UUID,
    max_score: float,
    notebooks: list[dict[str, Any]],
    why: str,
    without_sandbox: bool = False,
) -> Attempt:
    """A new attempt made of NOTEBOOKS (as ``plain_result`` writes them) supersedes the last.

    Points that people gave stay, at most what their cell is worth now; a cell that is gone has
    none. WHY goes into the histories of grades. Raises NotGradable while SUBMISSION is being
    graded or waits for a decision.
    """
    last = newest_attempt(submission)
    if last.state not in (AttemptState.GRADED, AttemptState.FAILED):
        raise NotGradable
    now = clock.now()
    attempt = Attempt(
        submission_id=submission.id,
        section_id=submission.section_id,
        number=last.number + 1,
        lab_version_id=lab_version_id,
        max_score=max_score,
        state=AttemptState.GRADED,
        priority=Priority.REGRADE.value,
        queued_at=now,
        finished_at=now,
        seconds=sum(notebook["seconds"] for notebook in notebooks),
        without_sandbox=without_sandbox,
        notebooks=[notebook_of(notebook) for notebook in notebooks],
    )
    db.session.add(attempt)
    db.session.flush()
    _within_what_cells_are_worth(grader, attempt)
    recount(attempt)
    audit.record(grader.id, "submission.regraded", "submission", submission.id, why=why)
    publish(AttemptSuperseded(attempt.id, submission.id, grader.id, why))
    tell_pages(submission)
    return attempt


def _within_what_cells_are_worth(grader: Person, attempt: Attempt) -> None:
    """Points by a person above what the corrected cell is worth become what it is worth."""
    worth = {
        (notebook.name, cell.grade_id): cell.max_score
        for notebook in attempt.notebooks
        for cell in notebook.cells
    }
    current = db.session.scalars(
        select(ManualScore).where(
            ManualScore.submission_id == attempt.submission_id,
            ManualScore.superseded_at.is_(None),
        )
    ).all()
    for given in current:
        most = worth.get((given.notebook, given.grade_id))
        if most is None or given.score <= most:
            continue
        now = clock.now()
        db.session.execute(
            update(ManualScore).where(ManualScore.id == given.id).values(superseded_at=now)
        )
        db.session.add(
            ManualScore(
                submission_id=given.submission_id,
                notebook=given.notebook,
                grade_id=given.grade_id,
                score=most,
                comment=given.comment,
                graded_by_id=grader.id,
                graded_at=now,
            )
        )
    db.session.flush()
