"""How an item of a section is marked, in versions, and whose the work of each student is."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model
from app.marking.rules.sharing import Agreeing, Sharing


class MarkingPlan(Model):
    """A version of the plan of an item; the newest counts, and none ever changes."""

    __tablename__ = "marking_plans"
    __table_args__ = (
        UniqueConstraint("section_id", "item_key", "number"),
        CheckConstraint("seconds_percent BETWEEN 0 AND 100", name="seconds_are_a_part"),
        CheckConstraint("threshold BETWEEN 0 AND 100", name="threshold_is_a_part"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    item_key: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    is_blind: Mapped[bool]
    sharing: Mapped[Sharing]
    seed: Mapped[str] = mapped_column(String(64))
    graders: Mapped[dict[str, int]] = mapped_column(JSONB)
    """Weight by the id of the grader."""
    group_set_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("group_sets.id"))
    groups: Mapped[dict[str, str]] = mapped_column(JSONB)
    """Id of the grader by the id of the group."""
    seconds_percent: Mapped[int]
    """How many of a hundred works two people mark."""
    threshold: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    """Up to which difference, in percent of what a part is worth, two count without a talk."""
    agreeing: Mapped[Agreeing]
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why blind marking was lifted; empty otherwise."""
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    by: Mapped[Person] = relationship()


class MarkingShare(Model):
    """Whose the work of one student, or of one team, is. A share that ended stays as it was."""

    __tablename__ = "marking_shares"
    __table_args__ = (
        Index(
            "one_live_marking_share",
            "section_id",
            "item_key",
            "owner_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("grader_id <> owner_id", name="nobody_marks_her_own_work"),
        CheckConstraint("second_id <> owner_id", name="nobody_seconds_her_own_work"),
        CheckConstraint("second_id <> grader_id", name="two_are_two"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    item_key: Mapped[str] = mapped_column(String(120))
    owner_id: Mapped[uuid.UUID] = mapped_column(index=True)
    """The student, or the team whose common work it is."""
    grader_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """None: nobody's, or anybody's where everybody takes what comes."""
    needs_second: Mapped[bool] = mapped_column(default=False)
    second_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """None while a second is needed: any other of the staff."""
    is_by_hand: Mapped[bool] = mapped_column(default=False)
    """Given by name or handed over: a new plan by lot takes it like any other."""
    since: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    """None: dealt when the work came."""
    ended_at: Mapped[datetime | None]
