"""What all of somebody's scores come to."""

from sqlalchemy import select

from app.catalog.rules import ItemKind
from app.grading import queries, rules
from app.grading.models import Attempt, ManualScore
from app.grading.rules import AttemptState
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning.operations import record_progress


@operation
def recount(attempt: Attempt) -> None:
    """Set an attempt's score and open cells from automatic and given points together.

    Then bring the progress of everybody whose work it is up to date: their best one counts.
    """
    submission = attempt.submission
    given = {
        (row.notebook, row.grade_id): row.score
        for row in db.session.scalars(
            select(ManualScore).where(
                ManualScore.submission_id == submission.id, ManualScore.superseded_at.is_(None)
            )
        )
    }
    if attempt.state is AttemptState.GRADED:
        scores = [
            given.get((notebook.name, cell.grade_id), cell.score)
            for notebook in attempt.notebooks
            for cell in notebook.cells
        ]
        attempt.score = rules.total(scores)
        attempt.pending_count = sum(1 for score in scores if score is None)
        db.session.flush()
    for row in submission.people if not submission.is_trial else ():
        best = queries.best_of(submission.section_id, row.person_id, submission.lab_slug)
        if best is not None:
            record_progress(
                submission.section_id,
                row.person_id,
                ItemKind.LAB,
                submission.lab_slug,
                completed=True,
                score=best.score,
                max_score=best.max_score,
            )
