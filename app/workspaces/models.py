"""What authors have checked, tried and published, from their JupyterLab or the editor."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.catalog.models import Course, CourseVersion
from app.kernel import clock
from app.kernel.database import Model
from app.workspaces.rules import CheckState


class LabCheck(Model):
    """Sources of a lab as an author sent them, what a check found, and the version they became."""

    __tablename__ = "lab_checks"
    __table_args__ = (
        CheckConstraint("done_steps BETWEEN 0 AND total_steps", name="steps_are_counted"),
        Index(
            "one_live_lab_check",
            "course_id",
            "lab_slug",
            "asked_by_id",
            unique=True,
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("courses.id"))
    lab_slug: Mapped[str] = mapped_column(String(80))
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    publishes: Mapped[bool] = mapped_column(default=False)
    """Whether it becomes the next version when nothing is wrong."""
    base_number: Mapped[int]
    """The lab's version that she began from."""
    note: Mapped[str] = mapped_column(String(500), default="")
    files: Mapped[dict[str, str]] = mapped_column(JSONB)
    """Blobs by path: the source notebooks (``NAME.ipynb``) and the files beside them."""
    of_draft: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether limits, environment and hints are the draft's, not the newest version's."""
    work: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    """Of a trial: blobs by path of what she did as a student, which is graded by the sources."""
    result: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    """What a trial came to, by notebook; nothing of it counts anywhere."""
    begun_at: Mapped[datetime | None]
    done_steps: Mapped[int] = mapped_column(default=0)
    total_steps: Mapped[int]
    finished_at: Mapped[datetime | None]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    refusal: Mapped[str | None]
    """Why nothing came of it at all: a sentence in her language."""
    language: Mapped[str] = mapped_column(String(20))
    course_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_versions.id"))
    lab_number: Mapped[int | None]
    """The version of the lab that it became."""
    draft_differs: Mapped[bool] = mapped_column(default=False)
    """Whether the course's draft has another state of this lab, which was left alone."""

    course: Mapped[Course] = relationship()
    asked_by: Mapped[Person] = relationship()
    course_version: Mapped[CourseVersion | None] = relationship()

    @property
    def state(self) -> CheckState:
        if self.finished_at is None:
            return CheckState.WAITING if self.begun_at is None else CheckState.RUNNING
        if self.course_version_id is not None:
            return CheckState.PUBLISHED
        if self.refusal is not None:
            return CheckState.REFUSED
        if self.result is not None:
            return CheckState.TRIED
        is_wrong = any(finding["is_wrong"] for finding in self.findings)
        return CheckState.WRONG if is_wrong else CheckState.SOUND
