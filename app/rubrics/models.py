"""Rubrics in versions, where they are used, how work was judged by them, and kept comments."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText
from app.rubrics.rules import Assessment, Scale, Visibility, assess, marks_of, scale_of

POINTS = Numeric(9, 2)


class Rubric(Model):
    """A rubric through all its versions, and the draft of the next one."""

    __tablename__ = "rubrics"
    __table_args__ = (
        CheckConstraint(
            "visibility <> 'organisation' OR organisation_id IS NOT NULL",
            name="shared_with_some_organisation",
        ),
        Index(None, "organisation_id"),
    )

    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    """Whose it is besides the owner's: the school or company in which she wrote it."""
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.MINE)
    title: Mapped[LocalizedText] = mapped_column(Localized)
    """Of the newest version; of the draft before there is one."""
    version_number: Mapped[int] = mapped_column(default=0)
    """The newest version; 0 before the first."""
    copied_from_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("rubrics.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[datetime | None]

    draft: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """A raw rubric, perhaps unfinished; NULL when nothing has changed since the newest version."""
    draft_before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The draft before its outline was last changed, to take that back."""
    draft_revision: Mapped[int] = mapped_column(default=0)
    """Counts what was saved: whoever saves says which one she began from."""
    draft_at: Mapped[datetime | None]

    owner: Mapped[Person] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class RubricVersion(Model):
    """What was published; it never changes."""

    __tablename__ = "rubric_versions"
    __table_args__ = (UniqueConstraint("rubric_id", "number"),)

    rubric_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rubrics.id"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    title: Mapped[LocalizedText] = mapped_column(Localized)
    maximum: Mapped[Decimal] = mapped_column(POINTS)
    criteria_count: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    rubric: Mapped[Rubric] = relationship(foreign_keys=[rubric_id])
    by: Mapped[Person] = relationship()

    @property
    def scale(self) -> Scale:
        """What it says, as rules understand it."""
        return scale_of(self.document)


class RubricAttachment(Model):
    """Which version is used for what. KEY is a word of the room above, for example
    ``section:UUID:lab:SLUG:GRADE_ID``."""

    __tablename__ = "rubric_attachments"
    __table_args__ = (
        Index(
            "one_rubric_at_a_key",
            "key",
            unique=True,
            postgresql_where=text("detached_at IS NULL"),
        ),
    )

    key: Mapped[str] = mapped_column(String(300))
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rubric_versions.id"), index=True)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    detached_at: Mapped[datetime | None]
    detached_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    version: Mapped[RubricVersion] = relationship()


class RubricJudgement(Model):
    """How somebody judged one piece of work. A draft is hers alone; what is final never changes.

    SUBJECT is a word of the room above, for example ``submission:UUID:NOTEBOOK:GRADE_ID``.
    """

    __tablename__ = "rubric_judgements"
    __table_args__ = (
        CheckConstraint("NOT is_draft OR superseded_at IS NULL", name="a_draft_is_not_superseded"),
        Index(
            "one_judgement_counts",
            "subject",
            unique=True,
            postgresql_where=text("NOT is_draft AND superseded_at IS NULL"),
        ),
        Index(
            "one_draft_of_a_judge",
            "subject",
            "judge_id",
            unique=True,
            postgresql_where=text("is_draft"),
        ),
        Index(None, "subject"),
    )

    subject: Mapped[str] = mapped_column(String(300))
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rubric_versions.id"), index=True)
    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    marks: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """By criterion: ``{"level": id or null, "points": text or null, "comment": text}``."""
    comment: Mapped[str] = mapped_column(default="")
    total: Mapped[Decimal | None] = mapped_column(POINTS)
    """What counts; NULL for a rubric without points."""
    maximum: Mapped[Decimal] = mapped_column(POINTS)
    has_failed: Mapped[bool] = mapped_column(default=False)
    """A critical criterion was failed."""
    is_draft: Mapped[bool]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    """When the draft was saved last, or the judgement became final."""
    superseded_at: Mapped[datetime | None]

    version: Mapped[RubricVersion] = relationship()
    judge: Mapped[Person] = relationship()

    @property
    def assessment(self) -> Assessment:
        return assess(self.version.scale, marks_of(self.marks))


class SavedComment(Model):
    """A comment to be used again."""

    __tablename__ = "saved_comments"

    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    """With whom it is shared; NULL keeps it hers."""
    text: Mapped[LocalizedText] = mapped_column(Localized)
    tags: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list)
    used_count: Mapped[int] = mapped_column(default=0)
    last_used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[datetime | None]

    owner: Mapped[Person] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
