"""What everybody's grade comes to now: computed, kept, and never older than what it is made of."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Model


class StudentGrade(Model):
    """One person's grade in a section, with what each of her cells shows."""

    __tablename__ = "student_grades"
    __table_args__ = (
        UniqueConstraint("section_id", "person_id"),
        Index(None, "section_id", "percent"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    exact: Mapped[str | None]
    """The percent as a fraction, ``1675/20``; None while nothing counts."""
    percent: Mapped[Decimal | None] = mapped_column(Numeric(12, 6))
    """The same for sorting."""
    rounded: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    mark: Mapped[str | None] = mapped_column(String(20))
    is_passed: Mapped[bool | None]
    is_incomplete: Mapped[bool] = mapped_column(default=False)
    missing_count: Mapped[int] = mapped_column(default=0)
    late_count: Mapped[int] = mapped_column(default=0)
    waiting_count: Mapped[int] = mapped_column(default=0)
    is_falling: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """As ``rules.attention.is_falling`` says."""
    cells: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """By item key, as ``rules.cells.Cell.as_json``."""
    scheme_number: Mapped[int]
    """The version that it was computed by; 0 for the default."""
    computed_at: Mapped[datetime] = mapped_column(default=clock.now)
    stale_at: Mapped[datetime | None]
    """When time alone changes it next: work becomes missing."""
    basis: Mapped[str] = mapped_column(String(64))
    """A hash of what everybody's grade in the section depends on."""
    grants: Mapped[str] = mapped_column(String(64), default="")
    """A hash of her extensions."""
