"""Who takes part in a round, and what each side ranked."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import matching
from app.accounts.models import Person
from app.applications.models import Application
from app.kernel import clock
from app.kernel.database import Model
from app.rounds.models.rounds import Round, RoundProject
from app.teams.models import Team


class RoundEntry(Model):
    """A student or a team takes part. Its key is drawn when it enters: the lottery needs it."""

    __tablename__ = "round_entries"
    __table_args__ = (
        UniqueConstraint("round_id", "key"),
        CheckConstraint("(person_id IS NULL) <> (team_id IS NULL)", name="one_of_both"),
        Index(
            "one_entry_of_a_team",
            "round_id",
            "team_id",
            unique=True,
            postgresql_where=text("team_id IS NOT NULL AND left_at IS NULL"),
        ),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), index=True)
    key: Mapped[str] = mapped_column(String(20), default=lambda: matching.new_id("a"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    team_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("teams.id"), index=True)
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_at: Mapped[datetime | None]
    """Before the ranking closed; later she declines what she is offered."""
    revision: Mapped[int] = mapped_column(default=0)
    """Counts how often its choices were saved."""
    saved_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship()
    person: Mapped[Person | None] = relationship()
    team: Mapped[Team | None] = relationship()
    members: Mapped[list["RoundMember"]] = relationship(back_populates="entry")
    choices: Mapped[list["RoundChoice"]] = relationship(
        back_populates="entry", order_by="RoundChoice.place", cascade="all, delete-orphan"
    )

    @property
    def kind(self) -> matching.Kind:
        return matching.Kind.STUDENT if self.team_id is None else matching.Kind.TEAM

    @property
    def name(self) -> str:
        if self.person is not None:
            return self.person.name
        assert self.team is not None
        return self.team.name


class RoundMember(Model):
    """Somebody in an entry. Nobody is in two entries of a round at a time."""

    __tablename__ = "round_members"
    __table_args__ = (
        Index(
            "one_entry_of_a_person",
            "round_id",
            "person_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round_entries.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    left_at: Mapped[datetime | None]

    entry: Mapped[RoundEntry] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()


class RoundChoice(Model):
    """A project on an applicant's list; place 1 is the most wanted. Fixed once it has closed."""

    __tablename__ = "round_choices"
    __table_args__ = (
        UniqueConstraint("entry_id", "project_id"),
        UniqueConstraint("entry_id", "place", deferrable=True, initially="DEFERRED"),
        CheckConstraint("place > 0", name="places_begin_at_one"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round_entries.id"))
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round_projects.id"), index=True)
    place: Mapped[int]

    entry: Mapped[RoundEntry] = relationship(back_populates="choices")
    project: Mapped[RoundProject] = relationship()


class RoundRank(Model):
    """An applicant on a project's list; the same place is a tie. Who is not on it is not taken.

    It names the application, not the entry: a company does not learn who ranked it.
    """

    __tablename__ = "round_ranks"
    __table_args__ = (
        UniqueConstraint("project_id", "application_id"),
        CheckConstraint("place > 0", name="places_begin_at_one"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round_projects.id"))
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    place: Mapped[int]

    project: Mapped[RoundProject] = relationship()
    application: Mapped[Application] = relationship()


class RoundBarrier(Model):
    """Two that must not come together, with the reason: relatives, an earlier dispute, a rule."""

    __tablename__ = "round_barriers"
    __table_args__ = (
        UniqueConstraint("entry_id", "project_id"),
        CheckConstraint("length(reason) > 0", name="has_a_reason"),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round_entries.id"))
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round_projects.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    """The applicant reads it with her result."""
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    entry: Mapped[RoundEntry] = relationship()
    project: Mapped[RoundProject] = relationship()
