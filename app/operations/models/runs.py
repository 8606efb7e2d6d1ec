"""People's servers, one row for each time that one ran."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model
from app.learning.models import Section
from app.operations.rules import Cause, Ending, RunState


class LabRun(Model):
    """A server from the click that started it to its end, and what was measured of it last."""

    __tablename__ = "lab_runs"
    __table_args__ = (
        Index(
            "one_live_lab_run", "person_id", unique=True, postgresql_where=text("ended_at IS NULL")
        ),
        Index(None, "section_id", "asked_at"),
        Index(None, "ended_at"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="end_says_how"),
        CheckConstraint(
            "(ending IS NOT DISTINCT FROM 'failed') = (cause IS NOT NULL)", name="failure_has_cause"
        ),
        CheckConstraint("(cause IS NULL) = (reference IS NULL)", name="failure_has_number"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    section_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sections.id"))
    """Where the lab is that she opened last in it; None when the site did not start the server."""
    lab_slug: Mapped[str | None] = mapped_column(String(120))
    profile: Mapped[str] = mapped_column(String(40), default="standard", server_default="standard")
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    ready_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None]

    cause: Mapped[Cause | None]
    reference: Mapped[str | None] = mapped_column(String(12), unique=True)
    detail: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What the Hub said and the end of the server's log, for operators."""

    state: Mapped[RunState] = mapped_column(
        default=RunState.STARTING, server_default=RunState.STARTING.value
    )
    active_at: Mapped[datetime | None]
    """The last sign of use that the Hub knows of."""
    measured_at: Mapped[datetime | None]
    memory_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Proportional set size of all its processes."""
    cpu_percent: Mapped[float | None]
    """Of one core, between the last two looks."""
    cpu_seconds: Mapped[float | None]
    process_count: Mapped[int | None]
    disk_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """What her home occupies."""
    disk_measured_at: Mapped[datetime | None]

    stop_at: Mapped[datetime | None]
    """It is stopped then; her open pages say so until it comes."""
    stop_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    stop_note: Mapped[str] = mapped_column(String(500), default="", server_default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    section: Mapped[Section | None] = relationship()
