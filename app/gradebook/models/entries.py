"""What people set by hand, and every change of a cell."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.gradebook.models.schemes import POINTS
from app.gradebook.rules.entries import COURSE, Way
from app.kernel import clock
from app.kernel.database import Model


class GradeEntry(Model):
    """What people set by hand for one person and item, or (``course``) for her whole grade."""

    __tablename__ = "grade_entries"
    __table_args__ = (
        UniqueConstraint("section_id", "person_id", "item_key"),
        CheckConstraint("revision > 0", name="revision_counts"),
        CheckConstraint("points >= 0", name="points_are_not_negative"),
        CheckConstraint(
            "override IS NULL OR length(override_reason) > 0", name="overrides_have_a_reason"
        ),
        CheckConstraint(
            f"item_key = '{COURSE}' OR NOT is_incomplete", name="only_a_course_is_incomplete"
        ),
        Index("ix_grade_entries_of_a_person", "person_id"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    item_key: Mapped[str] = mapped_column(String(120))
    points: Mapped[Decimal | None] = mapped_column(POINTS)
    """Given by a person; only in manual columns."""
    override: Mapped[Decimal | None] = mapped_column(POINTS)
    """Instead of what is computed: points of an item, percent of the course."""
    override_reason: Mapped[str] = mapped_column(String(500), default="")
    is_excused: Mapped[bool] = mapped_column(default=False)
    is_incomplete: Mapped[bool] = mapped_column(default=False)
    """More time for the course was given."""
    adjustment: Mapped[Decimal] = mapped_column(POINTS, default=Decimal(0))
    note: Mapped[str] = mapped_column(String(1000), default="")
    """For staff only."""
    revision: Mapped[int] = mapped_column(default=1)
    """Counts the changes: who writes says which one she saw."""
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))


class GradeChange(Model):
    """One change of one cell: who, when, from, to, why and by which way. Never changed."""

    __tablename__ = "grade_changes"
    __table_args__ = (
        Index("ix_grade_changes_of_a_cell", "section_id", "person_id", "item_key", "at"),
        Index("ix_grade_changes_of_a_batch", "batch_id"),
        Index(
            "undone_once",
            "undoes_id",
            unique=True,
            postgresql_where=text("undoes_id IS NOT NULL"),
        ),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    item_key: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    """None when a program graded it."""
    way: Mapped[Way]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """As ``rules.entries.Entry.as_json`` for what people set; ``state`` and ``points`` for scores
    that came from grading."""
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(String(500), default="")
    batch_id: Mapped[uuid.UUID]
    """What was changed in one go."""
    undoes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("grade_changes.id"))

    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])
