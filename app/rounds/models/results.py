"""What came out: the closed rankings, the result, offers, and everything that changed since."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.applications.models import Application
from app.kernel import clock
from app.kernel.database import Model
from app.rounds.models.rounds import Round, RoundProject
from app.rounds.models.taking import RoundEntry
from app.rounds.rules import ChangeKind, OfferState, Way


class RoundClosing(Model):
    """Everything that decides, as it was when the ranking closed. Never changed."""

    __tablename__ = "round_closings"

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), unique=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    """As ``rules.closed`` writes it, under random ids."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the canonical document; of teams, of the snapshot."""
    applicant_count: Mapped[int]
    project_count: Mapped[int]


class RoundResult(Model):
    """What was drawn, once. Never changed: what happens later are changes."""

    __tablename__ = "round_results"

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"), unique=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    seed: Mapped[str | None] = mapped_column(String(64))
    """The seed, opened; None for teams, which need no lottery."""
    assigned: Mapped[dict[str, str | None]] = mapped_column(JSON, deferred=True)
    closed: Mapped[list[str]] = mapped_column(JSON)
    """Keys of projects that stayed under their minimum."""
    placed_count: Mapped[int]
    blocking_count: Mapped[int | None]
    proof: Mapped[str | None] = mapped_column(String(64))
    """Address of the proof file; None for teams."""
    proof_bytes: Mapped[int | None]
    stages: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """Of teams: each aim of the programme, its value and its bound."""
    obstacles: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """Of teams: why somebody has none, by the key of her entry."""


class RoundOffer(Model):
    """A place that somebody is offered; she has one that is open or accepted at a time."""

    __tablename__ = "round_offers"
    __table_args__ = (
        Index(
            "one_live_offer_of_an_entry",
            "entry_id",
            unique=True,
            postgresql_where=text("state IN ('open', 'accepted')"),
        ),
        Index("ix_round_offers_open", "answer_by", postgresql_where=text("state = 'open'")),
        Index(None, "round_id", "state"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="open_until_answered"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round_entries.id"))
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round_projects.id"), index=True)
    application_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("applications.id"), index=True
    )
    way: Mapped[Way]
    state: Mapped[OfferState] = mapped_column(default=OfferState.OPEN)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    answer_by: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was answered, ran out or was replaced."""

    round: Mapped[Round] = relationship()
    entry: Mapped[RoundEntry] = relationship()
    project: Mapped[RoundProject] = relationship()
    application: Mapped[Application | None] = relationship()


class RoundChange(Model):
    """One step away from the result, in order. Append-only; replayed it gives what holds now."""

    __tablename__ = "round_changes"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("by_id IS NULL OR length(reason) > 0", name="by_hand_with_a_reason"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rounds.id"))
    number: Mapped[int]
    kind: Mapped[ChangeKind]
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("round_entries.id"), index=True)
    project_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("round_projects.id"), index=True
    )
    supervisor_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("round_supervisors.id"), index=True
    )
    count: Mapped[int | None]
    """Of another quota or limit."""
    reason: Mapped[str] = mapped_column(String(1000), default="")
    checked: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """What checking it again found, as ``rules.changes`` writes it."""
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """None: the house, after an answer or a date."""
    at: Mapped[datetime] = mapped_column(default=clock.now)

    entry: Mapped[RoundEntry | None] = relationship()
    project: Mapped[RoundProject | None] = relationship()
    by: Mapped[Person | None] = relationship()
