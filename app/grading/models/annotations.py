"""Notes of graders at cells of what was handed in."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model


class Annotation(Model):
    """A note at a cell, for its student to read. Taken away it stays, with who and when."""

    __tablename__ = "annotations"
    __table_args__ = (
        Index(
            "annotations_of_a_submission",
            "submission_id",
            postgresql_where=text("removed_at IS NULL"),
        ),
        CheckConstraint("position >= 0", name="position_counts"),
        CheckConstraint("length(text) BETWEEN 1 AND 5000", name="says_something"),
        CheckConstraint(
            "(removed_at IS NULL) = (removed_by_id IS NULL)", name="removed_by_somebody"
        ),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"))
    notebook: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    """The cell's place in the graded notebook, from 0."""
    grade_id: Mapped[str | None] = mapped_column(String(200))
    """The cell's, where it has one: then it finds its cell in another attempt too."""
    text: Mapped[str]
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    by: Mapped[Person] = relationship(foreign_keys=[by_id])
