"""Interviews, their figures, pain points, merges of these, and the history of corrections."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText
from app.needs.rules import SHORT_LETTERS, Measure, RecordingConsent, Source


class Interview(Model):
    """What a company told: who, when, where, about which process, with which numbers."""

    __tablename__ = "interviews"
    __table_args__ = (
        CheckConstraint(
            "organisation_id IS NOT NULL OR company_name <> ''", name="a_company_is_named"
        ),
        CheckConstraint(
            "recording_blob IS NULL OR recording_consent = 'given'",
            name="no_recording_without_consent",
        ),
        CheckConstraint(
            "(recording_consent = 'not_asked') = (consent_at IS NULL)", name="consent_has_a_time"
        ),
        CheckConstraint("(removed_at IS NULL) = (removed_by_id IS NULL)", name="removed_by_one"),
        UniqueConstraint("recorded_by_id", "key"),
    )

    source: Mapped[Source]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    """The company; None while it has not signed up."""
    company_name: Mapped[str] = mapped_column(String(SHORT_LETTERS), default="")
    """As it was called in the interview, when it has not signed up."""
    tax_id: Mapped[str | None] = mapped_column(String(8), index=True)
    """Of a company that has not signed up: by it the record becomes hers when she does."""
    contact_name: Mapped[str] = mapped_column(String(SHORT_LETTERS), default="")
    contact_title: Mapped[str] = mapped_column(String(SHORT_LETTERS), default="")
    contact_email: Mapped[str] = mapped_column(String(320), default="")
    held_on: Mapped[date] = mapped_column(Date, index=True)
    place: Mapped[str] = mapped_column(String(200), default="")
    industry: Mapped[str] = mapped_column(String(40), index=True)
    """One of ``kernel.industries.INDUSTRIES``."""
    county: Mapped[str] = mapped_column(String(40), index=True)
    """One of ``kernel.counties.COUNTIES``."""
    process: Mapped[str] = mapped_column(Text, default="")
    """How the work is done today."""
    notes: Mapped[str] = mapped_column(Text, default="")
    recording_consent: Mapped[RecordingConsent]
    consent_at: Mapped[datetime | None]
    """When the question of recording was answered."""
    recording_blob: Mapped[str | None] = mapped_column(String(64))
    recording_name: Mapped[str | None] = mapped_column(String(200))
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    recorded_for_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    """The association, company or agency for which she recorded it."""
    key: Mapped[uuid.UUID]
    """Made with the form: the same form sent twice records one interview."""
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    organisation: Mapped[Organisation | None] = relationship(foreign_keys=[organisation_id])
    recorded_for: Mapped[Organisation | None] = relationship(foreign_keys=[recorded_for_id])
    recorded_by: Mapped[Person] = relationship(foreign_keys=[recorded_by_id])
    figures: Mapped[list["InterviewFigure"]] = relationship(
        order_by="InterviewFigure.position", cascade="all, delete-orphan"
    )
    pain_points: Mapped[list["PainPoint"]] = relationship(
        back_populates="interview", order_by="PainPoint.number"
    )

    @property
    def company(self) -> str:
        """How the company is called to the reader."""
        return self.company_name if self.organisation is None else str(self.organisation.name)


class InterviewFigure(Model):
    """A number that was said: so many orders a day, so much rent a month."""

    __tablename__ = "interview_figures"

    interview_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("interviews.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(SHORT_LETTERS))
    value: Mapped[Decimal] = mapped_column(Numeric(18, 3))
    unit: Mapped[str] = mapped_column(String(40), default="")


class PainPoint(Model):
    """What hurts, measured. One that is the same as another is merged into it, and stays."""

    __tablename__ = "pain_points"
    __table_args__ = (
        CheckConstraint(
            "(merged_into_id IS NULL) = (head_id = id)", name="merged_ones_have_another_head"
        ),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        CheckConstraint("company_count >= 1", name="somebody_has_it"),
        CheckConstraint("people_count >= 0", name="people_are_counted"),
        CheckConstraint("cardinality(industries) >= 1", name="has_an_industry"),
        CheckConstraint("(removed_at IS NULL) = (removed_by_id IS NULL)", name="removed_by_one"),
        Index(None, "grams", postgresql_using="gin"),
        UniqueConstraint("recorded_by_id", "key"),
    )

    number: Mapped[int] = mapped_column(Integer, Identity(always=True), unique=True)
    """What people call it by, in lists and files."""
    interview_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("interviews.id"), index=True)
    title: Mapped[LocalizedText] = mapped_column(Localized)
    description: Mapped[LocalizedText | None] = mapped_column(Localized)
    process: Mapped[str] = mapped_column(String(SHORT_LETTERS), default="")
    """The step of the work where it hurts."""
    measure: Mapped[Measure]
    now_value: Mapped[Decimal | None] = mapped_column(Numeric(18, 3))
    target_value: Mapped[Decimal | None] = mapped_column(Numeric(18, 3))
    unit: Mapped[str] = mapped_column(String(40), default="")
    """Of both values, as ``minutes a day``."""
    industries: Mapped[list[str]] = mapped_column(ARRAY(Text))
    technologies: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    company_count: Mapped[int] = mapped_column(default=1)
    """For how many companies this record speaks: one, or the members of an association."""
    people_count: Mapped[int | None]
    """How many people's work it touches there; None: nobody said."""
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text), deferred=True)
    """``rules.grams`` of title, description and process: what resemblance is looked up by."""
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("pain_points.id"), index=True
    )
    head_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pain_points.id"), index=True)
    """The one that all of these were merged into at last; its own id when it is that one."""
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    key: Mapped[uuid.UUID]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    interview: Mapped[Interview] = relationship(back_populates="pain_points")
    recorded_by: Mapped[Person] = relationship(foreign_keys=[recorded_by_id])
    merged_into: Mapped["PainPoint | None"] = relationship(
        foreign_keys=[merged_into_id], remote_side="PainPoint.id"
    )

    @property
    def is_head(self) -> bool:
        return self.merged_into_id is None


class PainPointMerge(Model):
    """An officer found that one is the same as another; who undid it is written here, too."""

    __tablename__ = "pain_point_merges"
    __table_args__ = (
        Index(
            "one_live_merge",
            "pain_point_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        CheckConstraint("pain_point_id <> into_id", name="two_pain_points"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_by_one"),
    )

    pain_point_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pain_points.id"))
    into_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pain_points.id"), index=True)
    merged_at: Mapped[datetime] = mapped_column(default=clock.now)
    merged_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))


class NeedChange(Model):
    """What stood there before somebody corrected it. Never changed (trigger)."""

    __tablename__ = "need_changes"

    interview_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("interviews.id"), index=True)
    pain_point_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("pain_points.id"), index=True
    )
    """None: the interview's own fields."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    """The company for which she corrected it; None: an officer."""
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """By field, what stood there; what names somebody is not kept."""
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)

    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    organisation: Mapped[Organisation | None] = relationship()
