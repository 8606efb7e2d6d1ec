"""Live sessions of a section, and who was there."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel import clock
from app.kernel.database import Model
from app.learning.models.offerings import Section
from app.learning.rules import Presence


class LiveSession(Model):
    """A meeting of a section, in a room or through a link."""

    __tablename__ = "live_sessions"
    __table_args__ = (CheckConstraint("minutes BETWEEN 5 AND 720", name="lasts_within_a_day"),)

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(300), default="")
    """A room, or the address of the meeting."""
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    cancelled_at: Mapped[datetime | None]

    section: Mapped[Section] = relationship()
    attendances: Mapped[list["Attendance"]] = relationship(back_populates="session")


class Attendance(Model):
    """Whether a student was there."""

    __tablename__ = "attendances"
    __table_args__ = (UniqueConstraint("session_id", "person_id"),)

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("live_sessions.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    presence: Mapped[Presence]
    noted_at: Mapped[datetime] = mapped_column(default=clock.now)
    noted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    session: Mapped[LiveSession] = relationship(back_populates="attendances")
