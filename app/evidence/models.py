"""The ledger: pieces of evidence, what took them back, what graded them, and who repeats what."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.catalog.models import Course
from app.evidence.rules import Source, Vouching, Withdrawn
from app.grading.models import Attempt, Submission
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText
from app.learning.models import Section
from app.skills.models import Skill

POINTS = Numeric(10, 3)
WEIGHT = Numeric(4, 3)


class Evidence(Model):
    """A piece of graded work that proves something of a skill. Append-only.

    A correction is a new row that supersedes the one before; what nothing takes the place of is
    taken back by a row of ``EvidenceWithdrawal``. What has neither is live.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint(
            "person_id", "source_id", "skill_id", "level", "vouching", "revision",
            name="uq_evidence_one_of_each",
        ),
        CheckConstraint("level > 0", name="levels_begin_at_one"),
        CheckConstraint("weight > 0 AND weight <= 1", name="weight_is_a_part"),
        CheckConstraint("max_score > 0 AND score >= 0", name="points_make_sense"),
        CheckConstraint("revision > 0", name="revisions_begin_at_one"),
        CheckConstraint(
            "(vouching = 'autograded') = (vouched_by_id IS NULL)", name="somebody_vouches"
        ),
        CheckConstraint("valid_until > valid_from", name="valid_for_a_while"),
        Index(None, "person_id", "skill_id"),
        Index(None, "section_id", "skill_id"),
        Index(None, "source_id"),
    )  # fmt: skip

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    skill_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("skills.id"), index=True)
    level: Mapped[int]
    weight: Mapped[Decimal] = mapped_column(WEIGHT)
    source: Mapped[Source]
    source_id: Mapped[uuid.UUID]
    """The submission, the attempt at a quiz, the entry … that was graded."""
    revision: Mapped[int] = mapped_column(default=1)
    """Counts what the same work proved of the same skill, one correction after the other."""
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("evidence.id"), unique=True)
    item: Mapped[str] = mapped_column(String(200))
    """What was worked on, ``COURSE/lab:SLUG``: of one item only the best piece counts."""
    title: Mapped[LocalizedText] = mapped_column(Localized)
    """What the item was called."""
    section_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sections.id"))
    lab_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("lab_versions.id"), index=True
    )
    lab_version_number: Mapped[int | None]
    submission_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("submissions.id"), index=True
    )
    work_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 over what was handed in, without who did it."""
    score: Mapped[Decimal] = mapped_column(POINTS)
    max_score: Mapped[Decimal] = mapped_column(POINTS)
    cells: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """``{"cell", "score", "max_score"}`` each, where single tests prove it; of a challenge one
    ``{"metric", "score", "reach", "higher"}``."""
    grader: Mapped[str] = mapped_column(String(80))
    """What graded it, with its version."""
    environment: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    environment_digest: Mapped[str] = mapped_column(String(64))
    vouching: Mapped[Vouching]
    vouched_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    note: Mapped[str] = mapped_column(String(500), default="")
    """What whoever vouches says about it: how, where and when."""
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    skill: Mapped[Skill] = relationship()
    section: Mapped[Section | None] = relationship()
    vouched_by: Mapped[Person | None] = relationship(foreign_keys=[vouched_by_id])
    withdrawal: Mapped["EvidenceWithdrawal | None"] = relationship(back_populates="evidence")

    @property
    def share(self) -> Decimal:
        return self.score / self.max_score

    @property
    def item_key(self) -> str:
        """``lab:SLUG`` and the like, as sections call their items."""
        return self.item.partition("/")[2]


class EvidenceWithdrawal(Model):
    """A piece of evidence does not hold any more. Never changed."""

    __tablename__ = "evidence_withdrawals"

    evidence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence.id"), unique=True)
    reason: Mapped[Withdrawn]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    evidence: Mapped[Evidence] = relationship(back_populates="withdrawal")


class GradingStamp(Model):
    """What an attempt was graded by, noted when it was: the result may be released much later."""

    __tablename__ = "grading_stamps"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"), unique=True)
    grader: Mapped[str] = mapped_column(String(80))
    environment: Mapped[dict[str, Any]] = mapped_column(JSONB)
    environment_digest: Mapped[str] = mapped_column(String(64))

    attempt: Mapped[Attempt] = relationship()


class SkillMapping(Model):
    """An item of a course proves a skill, as somebody who edits it said. A change is a new row."""

    __tablename__ = "skill_mappings"
    __table_args__ = (
        Index(
            "one_live_skill_mapping",
            "course_id",
            "item_key",
            "skill_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("level > 0", name="levels_begin_at_one"),
        CheckConstraint("weight > 0 AND weight <= 1", name="weight_is_a_part"),
    )

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("courses.id"))
    item_key: Mapped[str] = mapped_column(String(120))
    skill_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("skills.id"), index=True)
    level: Mapped[int]
    weight: Mapped[Decimal] = mapped_column(WEIGHT)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)

    course: Mapped[Course] = relationship()
    skill: Mapped[Skill] = relationship()
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])


class SupervisedRepeat(Model):
    """A student does a lab again at a time and place, while somebody watches who it is."""

    __tablename__ = "supervised_repeats"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint(
            "(submission_id IS NULL) = (attested_at IS NULL)"
            " AND (attested_at IS NULL) = (attested_by_id IS NULL)",
            name="attested_by_somebody",
        ),
        CheckConstraint("attested_at IS NULL OR cancelled_at IS NULL", name="one_end_only"),
        Index(None, "section_id", "starts_at"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    lab_slug: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ordered_at: Mapped[datetime] = mapped_column(default=clock.now)
    ordered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    submission_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("submissions.id"), index=True
    )
    """What was handed in under supervision."""
    attested_at: Mapped[datetime | None]
    attested_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    note: Mapped[str] = mapped_column(String(500), default="")
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)

    section: Mapped[Section] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    ordered_by: Mapped[Person] = relationship(foreign_keys=[ordered_by_id])
    attested_by: Mapped[Person | None] = relationship(foreign_keys=[attested_by_id])
    submission: Mapped[Submission | None] = relationship()
