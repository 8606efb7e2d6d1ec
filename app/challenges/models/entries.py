"""What is handed in to a challenge, whose it is, and its scores."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.challenges.models.challenges import Challenge, ChallengeEvaluation
from app.challenges.rules import EntryState, Kind, ShownAs
from app.kernel import clock
from app.kernel.database import Model


class ChallengeEntry(Model):
    """A file of predictions, or a notebook that makes one, as it came."""

    __tablename__ = "challenge_entries"
    __table_args__ = (
        Index("ix_challenge_entries_of_somebody", "challenge_id", "unit_id", "received_at"),
        Index(
            "ix_challenge_entries_waiting",
            "challenge_id",
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
        CheckConstraint("size > 0", name="something_is_there"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenges.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    unit_id: Mapped[uuid.UUID]
    """Whose row of the leaderboard it is: the team's id, or the person's."""
    team_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("section_groups.id"), index=True)
    team_name: Mapped[str | None] = mapped_column(String(60))
    kind: Mapped[Kind]
    file_name: Mapped[str] = mapped_column(String(200))
    blob: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    day: Mapped[date]
    """In Taipei: what the attempts of a day are counted by."""
    is_late: Mapped[bool] = mapped_column(default=False)
    is_trial: Mapped[bool] = mapped_column(default=False)
    """Of the section's staff: scored and never ranked."""
    state: Mapped[EntryState] = mapped_column(default=EntryState.QUEUED)
    predictions_blob: Mapped[str | None] = mapped_column(String(64))
    """What was scored: the file itself, or what the notebook wrote."""
    problem: Mapped[str | None] = mapped_column(String(1000))
    """A code of ``rules.PROBLEMS``, or a message of the engine."""
    params: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    line: Mapped[int | None]
    detail: Mapped[str | None]
    """For the section's staff."""
    claim: Mapped[uuid.UUID | None]
    claim_count: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]

    challenge: Mapped[Challenge] = relationship()
    person: Mapped[Person] = relationship()
    people: Mapped[list["ChallengeEntryPerson"]] = relationship()
    scores: Mapped[list["ChallengeScore"]] = relationship(
        back_populates="entry", order_by="ChallengeScore.scored_at"
    )

    @property
    def score(self) -> "ChallengeScore | None":
        """The one that holds."""
        return next((row for row in self.scores if row.superseded_at is None), None)


class ChallengeEntryPerson(Model):
    """Whose work an entry is: everybody who was in the team when it came."""

    __tablename__ = "challenge_entry_people"
    __table_args__ = (UniqueConstraint("entry_id", "person_id"),)

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge_entries.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)

    person: Mapped[Person] = relationship()


class ChallengeScore(Model):
    """A score with all that it was made of. A later evaluation supersedes it."""

    __tablename__ = "challenge_scores"
    __table_args__ = (
        Index(
            "one_live_challenge_score",
            "entry_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge_entries.id"), index=True)
    evaluation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("challenge_evaluations.id"), index=True
    )
    public: Mapped[float]
    private: Mapped[float]
    predictions_digest: Mapped[str] = mapped_column(String(64))
    answers_digest: Mapped[str] = mapped_column(String(64))
    data_digests: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    """Of the open data sets that a notebook read, by address."""
    environment: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    """Versions of Python, of the libraries and of the evaluator."""
    seconds: Mapped[float]
    scored_at: Mapped[datetime] = mapped_column(default=clock.now)
    superseded_at: Mapped[datetime | None]

    entry: Mapped[ChallengeEntry] = relationship(back_populates="scores")
    evaluation: Mapped[ChallengeEvaluation] = relationship()


class ChallengeParticipant(Model):
    """How somebody is called on the leaderboard."""

    __tablename__ = "challenge_participants"
    __table_args__ = (
        UniqueConstraint("challenge_id", "person_id"),
        UniqueConstraint("challenge_id", "number"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenges.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    number: Mapped[int]
    shown_as: Mapped[ShownAs] = mapped_column(default=ShownAs.NUMBER)
