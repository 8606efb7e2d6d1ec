"""What two graders gave independently, what they said to each other, and what came of it."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model
from app.marking.rules.seconds import Settled

POINTS = Numeric(10, 3)


class Opinion(Model):
    """What one grader gives for a part of a work that two mark. Only superseding changes it."""

    __tablename__ = "marking_opinions"
    __table_args__ = (
        Index(
            "one_live_opinion_of_a_grader",
            "work_id",
            "part",
            "grader_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("points BETWEEN 0 AND out_of", name="opinion_is_within_its_worth"),
        Index(None, "section_id", "item_key"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    item_key: Mapped[str] = mapped_column(String(120))
    work_id: Mapped[uuid.UUID]
    """A submission or an attempt at a quiz, as the item says."""
    part: Mapped[str] = mapped_column(String(330))
    grader_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    points: Mapped[Decimal] = mapped_column(POINTS)
    out_of: Mapped[Decimal] = mapped_column(POINTS)
    comment: Mapped[str] = mapped_column(default="")
    was_open: Mapped[bool]
    """Whether the part waited for a person's points when this was given."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    superseded_at: Mapped[datetime | None]

    grader: Mapped[Person] = relationship()


class Proposal(Model):
    """Points that somebody proposes where two were too far apart, with a word why. It stays."""

    __tablename__ = "marking_proposals"
    __table_args__ = (
        Index(None, "work_id", "part"),
        CheckConstraint("length(word) > 0", name="proposed_with_a_word"),
    )

    work_id: Mapped[uuid.UUID]
    part: Mapped[str] = mapped_column(String(330))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    points: Mapped[Decimal] = mapped_column(POINTS)
    word: Mapped[str] = mapped_column(String(500))
    marks: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The levels from which the points follow, where the part has a rubric."""
    at: Mapped[datetime] = mapped_column(default=clock.now)

    by: Mapped[Person] = relationship()


class Settlement(Model):
    """Which points count of two opinions, and how that came about. It stays."""

    __tablename__ = "marking_settlements"
    __table_args__ = (
        Index("one_settlement_of_two_opinions", "first_id", "second_id", unique=True),
        Index("one_settlement_of_a_part", "work_id", "part", unique=True),
        Index(None, "section_id", "item_key"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    item_key: Mapped[str] = mapped_column(String(120))
    work_id: Mapped[uuid.UUID]
    part: Mapped[str] = mapped_column(String(330))
    first_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("marking_opinions.id"))
    second_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("marking_opinions.id"))
    is_within: Mapped[bool]
    """Whether the two were close enough by the plan of that day."""
    points: Mapped[Decimal] = mapped_column(POINTS)
    way: Mapped[Settled]
    word: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    """Whose writing settled it: the second to mark, an instructor, or who agreed last."""
    at: Mapped[datetime] = mapped_column(default=clock.now)

    first: Mapped[Opinion] = relationship(foreign_keys=[first_id])
    second: Mapped[Opinion] = relationship(foreign_keys=[second_id])
    by: Mapped[Person] = relationship()
