"""How much of the machine the labs of a course or section may take, and who waits for a place."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.catalog.models import Course
from app.kernel import clock
from app.kernel.database import Model
from app.learning.models import Section


class LabQuota(Model):
    """Limits of the labs of one section, or of all sections of one course. None: no limit.

    Where both a section and its course have a limit, both hold for the number of servers; of
    memory, idle time and hours the section's own goes first.
    """

    __tablename__ = "lab_quotas"
    __table_args__ = (
        CheckConstraint(
            "(course_id IS NULL) <> (section_id IS NULL)", name="is_of_a_course_or_a_section"
        ),
        CheckConstraint("servers_at_once >= 0", name="servers_are_counted"),
        CheckConstraint("memory_mb BETWEEN 256 AND 1048576", name="memory_is_usable"),
        CheckConstraint("idle_minutes BETWEEN 5 AND 10080", name="idle_time_is_sensible"),
        CheckConstraint("weekly_hours > 0", name="hours_are_positive"),
    )

    course_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("courses.id"), unique=True)
    section_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sections.id"), unique=True)
    servers_at_once: Mapped[int | None]
    memory_mb: Mapped[int | None]
    """Resident memory of one person's server."""
    idle_minutes: Mapped[int | None]
    """A server that nobody uses for so long is put away."""
    weekly_hours: Mapped[float | None]
    """Hours of one person's servers in seven days."""
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    changed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    course: Mapped[Course | None] = relationship()
    section: Mapped[Section | None] = relationship()


class LabTurn(Model):
    """Somebody's place in the line for a scarce profile."""

    __tablename__ = "lab_turns"
    __table_args__ = (
        Index(
            "one_live_lab_turn", "person_id", unique=True, postgresql_where=text("left_at IS NULL")
        ),
        Index(None, "profile", "queued_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    lab_slug: Mapped[str] = mapped_column(String(120))
    profile: Mapped[str] = mapped_column(String(40))
    queued_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When her page last asked for her place."""
    called_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    section: Mapped[Section] = relationship()
