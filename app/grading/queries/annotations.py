"""Notes of graders at cells."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import engine
from app.grading.models import Annotation, Submission
from app.kernel.database import db


class Annotations:
    """The notes of one submission, by the cells at which they stand."""

    def __init__(self, rows: Sequence[Annotation]) -> None:
        self.rows = rows

    def at(self, notebook: str, position: int, block: engine.FeedbackBlock) -> list[Annotation]:
        """The notes at a cell of the notebook: by its grade id, else by its place."""
        grade_id = block.cell.grade_id if block.cell else None
        return [
            row
            for row in self.rows
            if row.notebook == notebook
            and (
                row.grade_id == grade_id
                if row.grade_id is not None and grade_id is not None
                else row.grade_id is None and row.position == position
            )
        ]

    def __len__(self) -> int:
        return len(self.rows)


def annotations_of(submission: Submission) -> Annotations:
    """What graders wrote at its cells, the oldest first. One statement."""
    return Annotations(
        db.session.scalars(
            select(Annotation)
            .where(Annotation.submission_id == submission.id, Annotation.removed_at.is_(None))
            .order_by(Annotation.at, Annotation.id)
            .options(joinedload(Annotation.by))
        ).all()
    )
