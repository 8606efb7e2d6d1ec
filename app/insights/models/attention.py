"""From when on somebody may need attention, who does, and what was done about it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.insights.rules.steps import StepKind
from app.kernel import clock
from app.kernel.database import Model
from app.learning.models import Extension


class RiskSettings(Model):
    """A section's thresholds; without a row ``rules.risk.DEFAULT`` holds. 0 turns a rule off."""

    __tablename__ = "risk_settings"
    __table_args__ = (
        CheckConstraint("missing BETWEEN 0 AND 100", name="missing_is_a_count"),
        CheckConstraint("stuck = 0 OR stuck BETWEEN 2 AND 100", name="stuck_is_more_than_once"),
        CheckConstraint("absent_days BETWEEN 0 AND 365", name="absent_is_in_days"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"), unique=True)
    missing: Mapped[int]
    falling: Mapped[bool]
    stuck: Mapped[int]
    absent_days: Mapped[int]
    below_pass: Mapped[bool]
    set_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(default=clock.now)


class RiskFinding(Model):
    """Somebody for whom rules hold now; gone when none does. What was done stays in its steps."""

    __tablename__ = "risk_findings"
    __table_args__ = (UniqueConstraint("section_id", "person_id"),)

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """As ``rules.risk.Reason.as_json``."""
    found_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
    """Somebody said that enough was done; a new matter opens it again."""
    settled_matters: Mapped[list[str]] = mapped_column(JSONB, default=list)
    snoozed_until: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class RiskStep(Model):
    """What somebody of the staff did about a student, or noted. For the section's staff only."""

    __tablename__ = "risk_steps"
    __table_args__ = (
        CheckConstraint(
            "kind NOT IN ('note', 'message') OR length(text) > 0", name="words_are_there"
        ),
        CheckConstraint("(kind = 'snoozed') = (until IS NOT NULL)", name="snoozed_until_when"),
        Index("ix_risk_steps_of_a_student", "section_id", "person_id", "at"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[StepKind]
    text: Mapped[str] = mapped_column(default="")
    until: Mapped[datetime | None]
    extension_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("extensions.id"))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    key: Mapped[uuid.UUID] = mapped_column(unique=True)
    """Made with the form: the same form sent twice is one step."""

    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    extension: Mapped[Extension | None] = relationship()
