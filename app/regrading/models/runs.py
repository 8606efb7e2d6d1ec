"""Regrades of a lab: what was asked for, and what became of every submission."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.grading.models import Submission
from app.kernel import clock
from app.kernel.database import Model
from app.labs.models import LabVersion
from app.learning.models import Section
from app.regrading.rules import Effect, RunState, Which, WorkState


class Regrade(Model):
    """Submissions to one lab of a section, graded again by a version of the lab.

    First tried, so that everybody can see what would change; then applied, or not.
    """

    __tablename__ = "regrades"
    __table_args__ = (
        UniqueConstraint("section_id", "number"),
        Index(
            "one_regrade_at_work",
            "section_id",
            "lab_slug",
            unique=True,
            postgresql_where=text("state IN ('trying', 'applying')"),
        ),
        CheckConstraint("number > 0", name="numbers_begin_at_one"),
        CheckConstraint("length(reason) > 0", name="made_for_a_reason"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    number: Mapped[int]
    lab_slug: Mapped[str] = mapped_column(String(80))
    lab_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lab_versions.id"))
    """What they are graded by."""
    which: Mapped[Which]
    failed_cell: Mapped[str | None] = mapped_column(String(330))
    """Only submissions that did not get all points of this cell (a ``rules.cell_key``)."""
    cells: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    """Only these cells get new points; None: all."""
    never_lower: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(400))
    """Students read it, and so do the histories of their grades."""
    state: Mapped[RunState] = mapped_column(default=RunState.TRYING)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    tried_at: Mapped[datetime | None]
    applied_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    apply_at: Mapped[datetime | None]
    """When somebody said that it shall count."""
    applied_at: Mapped[datetime | None]
    """When everything counted."""
    cancelled_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    cancelled_at: Mapped[datetime | None]

    section: Mapped[Section] = relationship()
    lab_version: Mapped[LabVersion] = relationship()
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    applied_by: Mapped[Person | None] = relationship(foreign_keys=[applied_by_id])

    @property
    def item_key(self) -> str:
        return f"lab:{self.lab_slug}"

    @property
    def topic(self) -> str:
        """What open pages of it watch."""
        return f"regrade:{self.id}"


class RegradeWork(Model):
    """One submission of a regrade: what it came to, what it would come to, what was done."""

    __tablename__ = "regrade_works"
    __table_args__ = (
        UniqueConstraint("regrade_id", "submission_id"),
        Index(None, "regrade_id", "state"),
    )

    regrade_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("regrades.id"))
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"), index=True)
    state: Mapped[WorkState] = mapped_column(default=WorkState.WAITING)
    claim: Mapped[uuid.UUID | None]
    """The token of the worker that grades it now: results under another token are not taken."""
    claimed_at: Mapped[datetime | None]
    claim_count: Mapped[int] = mapped_column(default=0)
    inputs: Mapped[str | None] = mapped_column(String(64))
    """``rules.fingerprint`` of what RESULT was made from."""
    result: Mapped[list[dict[str, Any]] | None] = mapped_column(
        JSONB(none_as_null=True), deferred=True
    )
    """What the engine found, as ``grading.operations.plain_result``."""
    without_sandbox: Mapped[bool] = mapped_column(default=False)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """``rules.Points`` that counted when it was compared last."""
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    effect: Mapped[Effect | None]
    course: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """By person: the percent of the whole course before and after, as texts or None."""
    reason: Mapped[str | None]
    """Why it could not be graded again, an English message of grading or of the engine."""
    attempt_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("attempts.id"))
    """The attempt that counts since."""
    done_at: Mapped[datetime | None]

    regrade: Mapped[Regrade] = relationship()
    submission: Mapped[Submission] = relationship()
