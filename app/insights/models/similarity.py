"""Comparisons of the works of a lab, the pairs that they found, and what people noted."""

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


class SimilarityRun(Model):
    """Somebody had the works of a lab compared. The newest finished one of a section is shown."""

    __tablename__ = "similarity_runs"
    __table_args__ = (
        Index(
            "one_live_similarity_run",
            "section_id",
            "lab_slug",
            unique=True,
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index("ix_similarity_runs_of_a_lab", "section_id", "lab_slug", "asked_at"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    lab_slug: Mapped[str] = mapped_column(String(80))
    section_ids: Mapped[list[str]] = mapped_column(JSONB)
    """The sections whose works were compared: those that the asking person teaches."""
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    done_count: Mapped[int] = mapped_column(default=0)
    """Works that were read, then works that were compared: 2 × WORK_COUNT in the end."""
    work_count: Mapped[int] = mapped_column(default=0)
    compared_count: Mapped[int] = mapped_column(default=0)
    """Works with enough code of their own to be compared."""
    has_failed: Mapped[bool] = mapped_column(default=False)

    asked_by: Mapped[Person] = relationship()


class SimilarPair(Model):
    """Two submissions with similar parts."""

    __tablename__ = "similar_pairs"
    __table_args__ = (
        UniqueConstraint("run_id", "first_id", "second_id"),
        CheckConstraint("share BETWEEN 0 AND 1", name="share_is_a_share"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("similarity_runs.id", ondelete="CASCADE"), index=True
    )
    first_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"), index=True)
    second_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"), index=True)
    share: Mapped[float]
    share_of_first: Mapped[float]
    share_of_second: Mapped[float]
    parts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """``first`` and ``second``: [[piece, begin, end, part of the other], …]; ``common_first`` and
    ``common_second``: [[piece, begin, end], …], code that much of the class has."""

    first: Mapped[Submission] = relationship(foreign_keys=[first_id])
    second: Mapped[Submission] = relationship(foreign_keys=[second_id])


class SimilarityNote(Model):
    """What a grader concluded about two submissions. For the staff only, whatever runs come."""

    __tablename__ = "similarity_notes"
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="words_are_there"),
        Index("ix_similarity_notes_of_a_pair", "first_id", "second_id"),
    )

    first_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"))
    second_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"), index=True)
    text: Mapped[str]
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    key: Mapped[uuid.UUID] = mapped_column(unique=True)

    by: Mapped[Person] = relationship()
