"""A challenge of a section, and the versions of its evaluation."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.challenges.rules import METRICS, OWN, OWN_NAME
from app.datasets.models import DataSet
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText
from app.learning.models import GroupSet, Section


class Challenge(Model):
    """What is asked, of whom and until when."""

    __tablename__ = "challenges"
    __table_args__ = (
        UniqueConstraint("section_id", "slug"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_is_an_address"),
        CheckConstraint("attempts_per_day BETWEEN 1 AND 100", name="attempts_are_few"),
        CheckConstraint("ends_at > opens_at", name="ends_after_it_opens"),
        Index(
            "ix_challenges_to_settle",
            "ends_at",
            postgresql_where=text("settled_at IS NULL AND published_at IS NOT NULL"),
        ),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    slug: Mapped[str] = mapped_column(String(60))
    title: Mapped[LocalizedText] = mapped_column(Localized)
    summary: Mapped[LocalizedText] = mapped_column(Localized)
    description: Mapped[LocalizedText] = mapped_column(Localized)
    """Markdown."""
    data: Mapped[list[str]] = mapped_column(JSONB, default=list)
    """Open data sets, ``NAME/VERSION``: what to learn from, and what to predict."""
    skills: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """What it shows, ``ShownSkill.row`` each."""
    takes_notebooks: Mapped[bool] = mapped_column(default=True)
    takes_late: Mapped[bool] = mapped_column(default=False)
    """Whether what comes after the end is scored, out of competition."""
    attempts_per_day: Mapped[int] = mapped_column(default=5)
    group_set_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("group_sets.id"), index=True)
    """Whose groups hand in together."""
    opens_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When somebody ended it before its time."""
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    settled_at: Mapped[datetime | None]
    """Since when the ranking is final and told."""

    section: Mapped[Section] = relationship()
    group_set: Mapped[GroupSet | None] = relationship()
    evaluations: Mapped[list["ChallengeEvaluation"]] = relationship(
        back_populates="challenge", order_by="ChallengeEvaluation.number"
    )

    @property
    def over_at(self) -> datetime:
        """When it ends, or ended."""
        return min(self.ends_at, self.ended_at) if self.ended_at else self.ends_at

    def is_over(self, now: datetime) -> bool:
        return now >= self.over_at

    def is_open(self, now: datetime) -> bool:
        return self.published_at is not None and self.opens_at <= now and not self.is_over(now)

    @property
    def evaluation(self) -> "ChallengeEvaluation":
        """The one that holds now."""
        return self.evaluations[-1]


class ChallengeEvaluation(Model):
    """How entries are scored, in versions that never change: another one is another row."""

    __tablename__ = "challenge_evaluations"
    __table_args__ = (
        UniqueConstraint("challenge_id", "number"),
        CheckConstraint("public_share BETWEEN 0.05 AND 0.95", name="both_parts_are_there"),
        CheckConstraint("(metric = 'own') = (program_blob IS NOT NULL)", name="own_has_a_program"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenges.id"))
    number: Mapped[int]
    answers_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_sets.id"), index=True)
    """A hidden data set of one file."""
    metric: Mapped[str] = mapped_column(String(40))
    program_blob: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    higher: Mapped[bool]
    id_column: Mapped[str] = mapped_column(String(100))
    target_column: Mapped[str] = mapped_column(String(100))
    public_share: Mapped[float]
    seed: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)

    challenge: Mapped[Challenge] = relationship(back_populates="evaluations")
    answers: Mapped[DataSet] = relationship()

    @property
    def metric_name(self) -> str:
        return str(OWN_NAME if self.metric == OWN else METRICS[self.metric].name)


class ChallengeRun(Model):
    """Somebody had every entry scored again."""

    __tablename__ = "challenge_runs"
    __table_args__ = (
        Index(
            "one_live_challenge_run",
            "challenge_id",
            unique=True,
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenges.id"), index=True)
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge_evaluations.id"))
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    done_count: Mapped[int] = mapped_column(default=0)
    entry_count: Mapped[int] = mapped_column(default=0)
    changed_count: Mapped[int] = mapped_column(default=0)
    """Entries whose score is another one now."""
    has_failed: Mapped[bool] = mapped_column(default=False)

    asked_by: Mapped[Person] = relationship()
