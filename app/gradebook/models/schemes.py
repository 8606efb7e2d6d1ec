"""Versions of how a section is graded, and columns that no program fills."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model

POINTS = Numeric(10, 3)


class GradingScheme(Model):
    """One version of how a section is graded. Never changed; the highest number counts."""

    __tablename__ = "grading_schemes"
    __table_args__ = (
        UniqueConstraint("section_id", "number"),
        CheckConstraint("number > 0", name="numbers_begin_at_one"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """As ``rules.dump`` writes it."""
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    by: Mapped[Person] = relationship()


class ManualColumn(Model):
    """Something graded outside the course's labs and quizzes: attendance, an exam on paper."""

    __tablename__ = "manual_columns"
    __table_args__ = (
        CheckConstraint("points BETWEEN 0 AND 100000", name="points_are_in_range"),
        CheckConstraint("length(title) > 0", name="has_a_title"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    points: Mapped[Decimal] = mapped_column(POINTS)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    removed_at: Mapped[datetime | None]
    """From then on it counts nothing and is not shown; what was given stays."""

    @property
    def key(self) -> str:
        return f"manual:{self.id}"
