"""Who takes a section, who waits for a place, and what was granted to whom."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model
from app.learning.models.offerings import Section
from app.learning.rules import EnrolledVia, RequestState


class Enrolment(Model):
    """A student in a section. Withdrawal ends it; enrolling again makes a new one."""

    __tablename__ = "enrolments"
    __table_args__ = (
        Index(
            "one_live_enrolment",
            "section_id",
            "person_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    via: Mapped[EnrolledVia] = mapped_column(default=EnrolledVia.SELF, server_default="self")
    group_names: Mapped[str | None] = query_expression()
    """Her groups as one text, for lists that ask for it; None elsewhere."""
    student_number: Mapped[str | None] = query_expression()
    """Her number at the section's school, for lists that ask for it; None elsewhere."""
    enrolled_at: Mapped[datetime] = mapped_column(default=clock.now)
    completed_at: Mapped[datetime | None]
    """When every item of the course was done; it stays."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    withdrawal_reason: Mapped[str | None] = mapped_column(String(500))

    section: Mapped[Section] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class PlaceRequest(Model):
    """Somebody asks for a place that she cannot just take: it needs approval, or there is none."""

    __tablename__ = "place_requests"
    __table_args__ = (
        Index(
            "one_live_place_request",
            "section_id",
            "person_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'waiting')"),
        ),
        UniqueConstraint("section_id", "turn"),
        CheckConstraint("state <> 'waiting' OR turn IS NOT NULL", name="who_waits_has_a_turn"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[RequestState]
    via: Mapped[EnrolledVia] = mapped_column(default=EnrolledVia.SELF)
    """How she would have come in, had there been a place."""
    turn: Mapped[int | None]
    """Her place in the line of the section; the least goes first."""
    message: Mapped[str] = mapped_column(String(500), default="")
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")

    section: Mapped[Section] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class RosterInvitation(Model):
    """Somebody on a section's roster who is not here yet; joining the school lets her in."""

    __tablename__ = "roster_invitations"
    __table_args__ = (UniqueConstraint("section_id", "email"),)

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    email: Mapped[str] = mapped_column(CITEXT, index=True)
    name: Mapped[str] = mapped_column(String(120))
    student_number: Mapped[str] = mapped_column(String(30))
    invited_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    invited_at: Mapped[datetime] = mapped_column(default=clock.now)
    came_at: Mapped[datetime | None]

    section: Mapped[Section] = relationship()


class Extension(Model):
    """More time for one student (展延): for one item, or for everything in her section."""

    __tablename__ = "extensions"
    __table_args__ = (
        CheckConstraint("time_factor BETWEEN 1 AND 5", name="time_is_not_taken_away"),
        CheckConstraint("extra_days BETWEEN 0 AND 365", name="days_are_at_most_a_year"),
        CheckConstraint("due_at IS NULL OR item_key IS NOT NULL", name="date_is_for_an_item"),
        Index("ix_extensions_of_a_student", "section_id", "person_id"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    item_key: Mapped[str | None] = mapped_column(String(120))
    due_at: Mapped[datetime | None]
    extra_days: Mapped[int] = mapped_column(default=0)
    time_factor: Mapped[float] = mapped_column(default=1.0)
    reason: Mapped[str] = mapped_column(String(500), default="")
    granted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    granted_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    granted_by: Mapped[Person] = relationship(foreign_keys=[granted_by_id])
