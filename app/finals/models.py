"""Final grades as they were settled, what took their place, and who took them out of the house."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.finals.rules import Grade, State, Way
from app.finals.rules.sheets import Layout
from app.kernel import clock
from app.kernel.database import Model
from app.learning.models import Section


class FinalSettlement(Model):
    """Final grades of a section were settled. Once for most sections; who comes later is settled
    later. Never changed."""

    __tablename__ = "final_settlements"
    __table_args__ = (UniqueConstraint("section_id", "number"),)

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(String(1000), default="")
    scheme_number: Mapped[int]
    """The version by which it was graded; 0 for the default."""
    scheme: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The same in full, as ``gradebook.rules.dump`` writes it."""
    person_count: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 over the digests of all its grades."""

    section: Mapped[Section] = relationship()
    by: Mapped[Person] = relationship()


class FinalGrade(Model):
    """One student's final grade with its trace, as it was settled. Never changed or removed."""

    __tablename__ = "final_grades"
    __table_args__ = (
        UniqueConstraint("section_id", "person_id"),
        CheckConstraint(
            "is_incomplete = (incomplete_until IS NOT NULL)", name="incomplete_has_an_end"
        ),
        CheckConstraint("is_incomplete = (rounded IS NULL)", name="complete_has_a_number"),
    )

    settlement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("final_settlements.id"), index=True)
    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    student_number: Mapped[str] = mapped_column(String(30), default="")
    exact: Mapped[str | None]
    """The percent as a fraction, ``1675/20``; of an incomplete grade what there was so far."""
    rounded: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    mark: Mapped[str | None] = mapped_column(String(20))
    is_passed: Mapped[bool | None]
    is_incomplete: Mapped[bool] = mapped_column(default=False)
    incomplete_until: Mapped[date | None]
    """The last day, in Taipei, on which the instructor completes it without approval."""
    trace: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """As ``rules.dump_trace`` writes it."""
    digest: Mapped[str] = mapped_column(String(64))

    settlement: Mapped[FinalSettlement] = relationship()
    section: Mapped[Section] = relationship()
    person: Mapped[Person] = relationship()

    @property
    def grade(self) -> Grade:
        return Grade(self.rounded, self.mark, self.is_passed, self.is_incomplete)


class FinalCorrection(Model):
    """Another grade in the place of a settled one: proposed, decided by somebody else, kept."""

    __tablename__ = "final_corrections"
    __table_args__ = (
        UniqueConstraint("final_id", "number"),
        Index(
            "one_open_correction",
            "final_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(
            "ix_final_corrections_open", "section_id", postgresql_where=text("state = 'proposed'")
        ),
        CheckConstraint("length(reason) > 0", name="has_a_reason"),
        CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_by_id IS NOT NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint(
            "way = 'completion' OR decided_by_id <> proposed_by_id", name="decided_by_another"
        ),
        CheckConstraint("way = 'correction' OR state = 'approved'", name="completions_hold"),
        CheckConstraint("state <> 'refused' OR length(words) > 0", name="refused_with_words"),
    )

    final_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("final_grades.id"))
    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    number: Mapped[int]
    way: Mapped[Way]
    state: Mapped[State] = mapped_column(default=State.PROPOSED)
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """As ``rules.Grade.as_json``."""
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(String(1000))
    """The student reads it."""
    attachment: Mapped[str] = mapped_column(String(8000), default="")
    """What shows that it is right, as text; for those who decide."""
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    words: Mapped[str] = mapped_column(String(1000), default="")
    digest: Mapped[str] = mapped_column(String(64), default="")
    """Of the grade that it became, chained to the one before; empty until it is approved."""

    final: Mapped[FinalGrade] = relationship()
    section: Mapped[Section] = relationship()
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def was(self) -> Grade:
        return Grade.from_json(self.before)

    @property
    def will(self) -> Grade:
        return Grade.from_json(self.after)


class FinalExport(Model):
    """A receipt: who took which final grades out of the house, when, and the file's hash."""

    __tablename__ = "final_exports"
    __table_args__ = (Index(None, "section_id", "at"),)

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    """None when it was done on the machine itself."""
    layout: Mapped[Layout]
    filename: Mapped[str] = mapped_column(String(160))
    byte_count: Mapped[int]
    row_count: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))

    by: Mapped[Person | None] = relationship()
