"""Briefs, the versions that were published, who approved them, and who promised to keep silent."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.briefs.rules import (
    Act,
    Audience,
    DataClass,
    Kind,
    LegalClass,
    Ownership,
    Pay,
    Place,
    Side,
    State,
    Takes,
)
from app.catalog.models import Course
from app.challenges.models import Challenge
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText
from app.needs.models import PainPoint
from app.skills.models import Skill

NULLABLE = Localized(none_as_null=True)
"""No text is no value, which a constraint can see; JSON's own null would be one."""


class Brief(Model):
    """What a company asks for or offers. What others read is in its versions."""

    __tablename__ = "briefs"
    __table_args__ = (
        CheckConstraint(
            "(version_number > 0) = (published_at IS NOT NULL)", name="published_has_a_version"
        ),
        CheckConstraint(
            "state NOT IN ('published', 'closed') OR version_number > 0",
            name="readable_has_a_version",
        ),
        CheckConstraint(
            "state NOT IN ('draft', 'submitted', 'returned') OR draft IS NOT NULL",
            name="unpublished_has_a_draft",
        ),
        CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name="closed_at_a_time"),
        Index(None, "organisation_id", "state"),
        Index(
            "ix_briefs_published",
            "published_at",
            postgresql_where=text("state = 'published'"),
        ),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[Kind]
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    title: Mapped[LocalizedText] = mapped_column(Localized)
    """As the newest version says; before there is one, as the draft says."""
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    """What is written so far, as ``rules.shape`` describes; the company and reviewers see it."""
    draft_revision: Mapped[int] = mapped_column(default=1)
    draft_at: Mapped[datetime] = mapped_column(default=clock.now)
    submission: Mapped[int] = mapped_column(default=0)
    """How often it was handed in for review."""
    submitted_at: Mapped[datetime | None]
    version_number: Mapped[int] = mapped_column(default=0)
    """Of the version that holds now; 0: none was published."""
    pain_point_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("pain_points.id"), index=True
    )
    """What it came from, as it was told in an interview."""
    supervisor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """The instructor who looks after whoever works on it; her limit counts in a round."""
    challenge_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("challenges.id"), index=True)
    """Of a challenge: where its entries are scored."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    published_at: Mapped[datetime | None]
    """When its first version came out."""
    closed_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    supervisor: Mapped[Person | None] = relationship(foreign_keys=[supervisor_id])
    challenge: Mapped[Challenge | None] = relationship()
    pain_point: Mapped[PainPoint | None] = relationship()
    current: Mapped["BriefVersion | None"] = relationship(
        primaryjoin=(
            "and_(Brief.id == foreign(BriefVersion.brief_id),"
            " Brief.version_number == foreign(BriefVersion.number))"
        ),
        viewonly=True,
        uselist=False,
    )
    """The version that holds now."""
    mentors: Mapped[list["BriefMentor"]] = relationship(
        primaryjoin="and_(Brief.id == foreign(BriefMentor.brief_id), BriefMentor.ended_at == None)",
        viewonly=True,
    )

    @property
    def terms(self) -> "BriefVersion":
        """The version that holds; ValueError when it was never published."""
        if self.current is None:
            raise ValueError(f"brief {self.id} was never published")
        return self.current

    def is_open(self, now: datetime) -> bool:
        """Whether one may apply at NOW."""
        return (
            self.state is State.PUBLISHED
            and self.current is not None
            and now < self.current.apply_until
        )


class BriefVersion(Model):
    """What a brief said from one time on. Never changed: a change of scope is the next version."""

    __tablename__ = "brief_versions"
    __table_args__ = (
        UniqueConstraint("brief_id", "number"),
        CheckConstraint("number > 0", name="numbers_begin_at_one"),
        CheckConstraint("quota BETWEEN 1 AND 500", name="quota_is_some"),
        CheckConstraint("minimum BETWEEN 0 AND quota", name="minimum_fits_the_quota"),
        CheckConstraint(
            "(takes = 'teams') = (team_min IS NOT NULL AND team_max IS NOT NULL)",
            name="teams_have_a_size",
        ),
        CheckConstraint("team_min >= 2 AND team_max >= team_min", name="a_team_is_several"),
        CheckConstraint("(audience = 'course') = (course_id IS NOT NULL)", name="course_is_named"),
        CheckConstraint("pay = 'none' OR coalesce(pay_amount, 0) > 0", name="pay_has_an_amount"),
        CheckConstraint("hours_per_week BETWEEN 1 AND 48", name="hours_fit_a_week"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        CheckConstraint(
            "(confidential IS NULL) OR (nda IS NOT NULL)", name="confidential_has_an_nda"
        ),
        CheckConstraint("(nda IS NULL) = (nda_digest IS NULL)", name="nda_has_a_digest"),
    )

    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("briefs.id"))
    number: Mapped[int]
    title: Mapped[LocalizedText] = mapped_column(Localized)
    outcome: Mapped[LocalizedText] = mapped_column(Localized)
    """What shall be different afterwards: one or two sentences."""
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Everything else that everybody reads, as ``rules.shape`` describes."""
    industry: Mapped[str] = mapped_column(String(40), index=True)
    """A code of the programme's industries."""
    county: Mapped[str | None] = mapped_column(String(40), index=True)
    place: Mapped[Place]
    takes: Mapped[Takes]
    quota: Mapped[int]
    """How many applicants are taken: students, or teams."""
    minimum: Mapped[int] = mapped_column(default=0)
    """With fewer applicants than this it does not take place; 0: it does with any."""
    team_min: Mapped[int | None]
    team_max: Mapped[int | None]
    audience: Mapped[Audience]
    course_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("courses.id"), index=True)
    pay: Mapped[Pay]
    pay_amount: Mapped[int | None]
    """New Taiwan dollars: an hour, a month, or in all for an allowance."""
    legal_class: Mapped[LegalClass | None]
    """Of an internship; None for other kinds."""
    hours_per_week: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    apply_until: Mapped[datetime]
    """The first instant at which nobody can apply any more."""
    ownership: Mapped[Ownership]
    data_class: Mapped[DataClass]
    nda: Mapped[LocalizedText | None] = mapped_column(NULLABLE, deferred=True)
    """What has to be accepted before ``confidential`` opens."""
    nda_digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of company, brief and words; who accepted it accepted this."""
    confidential: Mapped[LocalizedText | None] = mapped_column(NULLABLE, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of everything that it says."""
    note: Mapped[str] = mapped_column(String(1000), default="")
    """Why it differs from the one before."""
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    brief: Mapped[Brief] = relationship()
    course: Mapped[Course | None] = relationship()
    skills: Mapped[list["RequiredSkill"]] = relationship(
        back_populates="version",
        order_by="(RequiredSkill.is_required.desc(), RequiredSkill.position)",
    )


class RequiredSkill(Model):
    """A skill that a version of a brief requires, or wishes for. Never changed."""

    __tablename__ = "required_skills"
    __table_args__ = (
        UniqueConstraint("version_id", "skill_id"),
        CheckConstraint("level > 0", name="levels_begin_at_one"),
    )

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brief_versions.id"))
    skill_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("skills.id"), index=True)
    level: Mapped[int]
    """At least this one of the framework's levels."""
    is_required: Mapped[bool]
    """Without it nobody is eligible; otherwise it is wished for."""
    position: Mapped[int]

    version: Mapped[BriefVersion] = relationship(back_populates="skills")
    skill: Mapped[Skill] = relationship()


class BriefStep(Model):
    """A line of a brief's history. Append-only."""

    __tablename__ = "brief_steps"
    __table_args__ = (
        Index(None, "brief_id", "at"),
        Index(
            "one_verdict_of_each_side",
            "brief_id",
            "submission",
            "side",
            unique=True,
            postgresql_where=text("act IN ('approved', 'returned')"),
        ),
        Index(
            "two_people_approve",
            "brief_id",
            "submission",
            "by_id",
            unique=True,
            postgresql_where=text("act = 'approved'"),
        ),
    )

    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("briefs.id"))
    submission: Mapped[int]
    act: Mapped[Act]
    side: Mapped[Side]
    version_number: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(2000), default="")
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    by: Mapped[Person] = relationship()


class BriefChange(Model):
    """One side wants a published brief to say something else; the other side agrees or not."""

    __tablename__ = "brief_changes"
    __table_args__ = (
        Index(
            "one_open_change",
            "brief_id",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
        ),
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by_id IS NULL)"
            " AND (decided_at IS NULL) = (is_accepted IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint(
            "NOT is_accepted OR decided_side <> side AND 'company' IN (side, decided_side)",
            name="both_sides_agree",
        ),
    )

    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("briefs.id"), index=True)
    base_number: Mapped[int]
    """The version that it changes."""
    document: Mapped[dict[str, Any]] = mapped_column(JSONB, deferred=True)
    """Everything that the next version would say, as a draft."""
    side: Mapped[Side]
    reason: Mapped[str] = mapped_column(String(1000))
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    is_accepted: Mapped[bool | None]
    """None: nobody has answered; False: refused, or taken back by who proposed it."""
    decided_side: Mapped[Side | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(1000), default="")

    brief: Mapped[Brief] = relationship()
    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])


class NdaAcceptance(Model):
    """Somebody promised to keep a brief's confidential part to herself. Append-only."""

    __tablename__ = "nda_acceptances"
    __table_args__ = (UniqueConstraint("person_id", "brief_id", "digest"),)

    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("briefs.id"), index=True)
    version_number: Mapped[int]
    """Which version she had before her; 0: the draft, as a reviewer."""
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    digest: Mapped[str] = mapped_column(String(64))
    words: Mapped[LocalizedText] = mapped_column(Localized)
    """What she accepted, word by word."""
    signed_name: Mapped[str] = mapped_column(String(120))
    """As she typed it."""
    at: Mapped[datetime] = mapped_column(default=clock.now)


class BriefMentor(Model):
    """Somebody of the company whom those who work on it can ask."""

    __tablename__ = "brief_mentors"
    __table_args__ = (
        Index(
            "one_live_brief_mentor",
            "brief_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("briefs.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
