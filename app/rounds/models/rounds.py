"""Rounds, what is in them, and who supervises how much."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import matching
from app.accounts.models import Person
from app.briefs.models import Brief
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText
from app.learning.models import Section
from app.rounds.rules import Kind, State, Windows
from app.skills.models import Skill

MOST_CHOICES = 20


class Round(Model):
    """A time in which both sides rank, and what became of it.

    From the announcement on a trigger keeps what was promised: the rules, the hash of the seed and
    the sealed seed stay, dates move to later instants only.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        CheckConstraint("code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="code_is_an_address"),
        CheckConstraint("kind <> 'teams' OR section_id IS NOT NULL", name="teams_are_of_a_section"),
        CheckConstraint(
            "opens_at < closes_at AND closes_at <= publishes_at AND publishes_at < ends_at",
            name="dates_follow",
        ),
        CheckConstraint("answer_hours BETWEEN 1 AND 720", name="answers_have_time"),
        CheckConstraint(f"most_choices BETWEEN 1 AND {MOST_CHOICES}", name="choices_are_few"),
        CheckConstraint("(seed_hash IS NULL) = (sealed_seed IS NULL)", name="a_hash_is_of_a_seed"),
        CheckConstraint(
            "kind = 'teams' OR state IN ('draft', 'cancelled') OR seed_hash IS NOT NULL",
            name="the_hash_comes_first",
        ),
        CheckConstraint(
            "state IN ('draft', 'announced', 'open', 'cancelled') OR closed_at IS NOT NULL",
            name="closed_at_a_time",
        ),
        CheckConstraint(
            "(state = 'cancelled') = (length(cancelled_reason) > 0)", name="cancelled_with_words"
        ),
        Index(
            "ix_rounds_going",
            "state",
            postgresql_where=text("state NOT IN ('draft', 'ended', 'cancelled')"),
        ),
    )

    code: Mapped[str] = mapped_column(String(60), unique=True)
    key: Mapped[str] = mapped_column(String(20), default=lambda: matching.new_id("r"), unique=True)
    """Its id in the proof."""
    kind: Mapped[Kind]
    section_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sections.id"), index=True)
    """Only students of this section take part; its instructors keep the round."""
    title: Mapped[LocalizedText] = mapped_column(Localized)
    words: Mapped[LocalizedText] = mapped_column(Localized)
    """What whoever keeps it publishes beside the rules that hold for every round."""
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    publishes_at: Mapped[datetime]
    answer_hours: Mapped[int]
    ends_at: Mapped[datetime]
    most_choices: Mapped[int] = mapped_column(default=10)
    """How many projects somebody may rank."""
    state: Mapped[State] = mapped_column(default=State.DRAFT)
    seed_hash: Mapped[str | None] = mapped_column(String(64))
    sealed_seed: Mapped[str | None] = mapped_column(String(400), deferred=True)
    """Opens with the secret key of the installation only, when the round is drawn."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    announced_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    cancelled_reason: Mapped[str] = mapped_column(String(1000), default="")

    section: Mapped[Section | None] = relationship()
    created_by: Mapped[Person] = relationship()
    projects: Mapped[list["RoundProject"]] = relationship(
        back_populates="round", order_by="(RoundProject.position, RoundProject.id)"
    )
    supervisors: Mapped[list["RoundSupervisor"]] = relationship(back_populates="round")

    @property
    def windows(self) -> Windows:
        return Windows(
            self.opens_at, self.closes_at, self.publishes_at, self.answer_hours, self.ends_at
        )


class RoundSupervisor(Model):
    """How many applicants an instructor takes in a round, over all projects that she supervises."""

    __tablename__ = "round_supervisors"
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        UniqueConstraint("round_id", "key"),
        CheckConstraint("quota BETWEEN 0 AND 1000", name="quota_is_a_count"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(20), default=lambda: matching.new_id("s"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    quota: Mapped[int]

    round: Mapped[Round] = relationship(back_populates="supervisors")
    person: Mapped[Person] = relationship()


class RoundProject(Model):
    """Something that can be ranked: a published brief, or a topic of a section."""

    __tablename__ = "round_projects"
    __table_args__ = (
        UniqueConstraint("round_id", "brief_id"),
        UniqueConstraint("round_id", "key"),
        CheckConstraint("(brief_id IS NULL) = (title IS NOT NULL)", name="brief_or_topic"),
        CheckConstraint("quota BETWEEN 1 AND 500", name="quota_is_some"),
        CheckConstraint("minimum BETWEEN 0 AND quota", name="minimum_fits_the_quota"),
        CheckConstraint("takes IN ('student', 'team')", name="takes_one_kind"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(20), default=lambda: matching.new_id("p"))
    brief_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("briefs.id"), index=True)
    title: Mapped[LocalizedText | None] = mapped_column(Localized(none_as_null=True))
    """Of a topic; a brief has its own."""
    text: Mapped[LocalizedText | None] = mapped_column(Localized(none_as_null=True))
    takes: Mapped[matching.Kind] = mapped_column(default=matching.Kind.STUDENT)
    quota: Mapped[int]
    """Of a brief: applicants. Of a topic: the largest team."""
    minimum: Mapped[int] = mapped_column(default=0)
    """Of a brief: applicants without whom it does not take place. Of a topic: the smallest team."""
    must_run: Mapped[bool] = mapped_column(default=False)
    skill_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Skill.id.type), default=list)
    """Of a topic: each is shown by some member."""
    supervisor_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("round_supervisors.id", ondelete="SET NULL"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    ranks_revision: Mapped[int] = mapped_column(default=0)
    """Counts how often its list of applicants was saved."""
    ranked_at: Mapped[datetime | None]
    ranked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)

    round: Mapped[Round] = relationship(back_populates="projects")
    brief: Mapped[Brief | None] = relationship()
    supervisor: Mapped[RoundSupervisor | None] = relationship()

    @property
    def name(self) -> LocalizedText:
        if self.brief is not None:
            return self.brief.title
        assert self.title is not None
        return self.title
