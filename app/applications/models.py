"""Applications, whose they are, what was sent along, every step, and what the company notes."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.applications.rules import COMPANY_SEES, Actor, Move, State
from app.briefs.models import Brief, BriefVersion
from app.kernel import clock
from app.kernel.database import Model
from app.teams.models import Team

MOST_WORDS = 4000
MOST_REASON = 1000


class Application(Model):
    """Somebody, or a team, wants what a brief offers. While it is saved it is hers alone."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (team_id IS NULL)", name="a_person_or_a_team"),
        CheckConstraint("(state = 'saved') = (applied_at IS NULL)", name="applied_at_a_time"),
        CheckConstraint(
            "(applied_at IS NULL) = (version_id IS NULL)"
            " AND (applied_at IS NULL) = (number IS NULL)"
            " AND (applied_at IS NULL) = (sent_by_id IS NULL)",
            name="applied_for_a_version",
        ),
        CheckConstraint(
            "state <> 'offered' OR (offered_at IS NOT NULL AND offer_until IS NOT NULL)",
            name="an_offer_has_an_end",
        ),
        CheckConstraint("(state = 'accepted') = (seat IS NOT NULL)", name="accepted_has_a_seat"),
        CheckConstraint("seat > 0", name="seats_begin_at_one"),
        CheckConstraint(
            "(ended_at IS NOT NULL)"
            " = (state IN ('declined', 'expired', 'refused', 'withdrawn'))",
            name="ended_at_a_time",
        ),
        UniqueConstraint("brief_id", "number"),
        Index(
            "one_saved_application",
            "brief_id",
            "person_id",
            unique=True,
            postgresql_where=text("state = 'saved'"),
        ),
        Index(
            "one_seat_each",
            "brief_id",
            "seat",
            unique=True,
            postgresql_where=text("seat IS NOT NULL"),
        ),
        Index("offers_that_end", "offer_until", postgresql_where=text("state = 'offered'")),
        Index(None, "brief_id", "state"),
    )  # fmt: skip

    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("briefs.id"))
    version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("brief_versions.id"), index=True
    )
    """What she had before her when she applied; None while it is saved."""
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    team_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("teams.id"), index=True)
    state: Mapped[State] = mapped_column(default=State.SAVED)
    number: Mapped[int | None]
    """Counts those who applied for the brief: what the company calls her while it reads blind."""
    statement: Mapped[str] = mapped_column(String(MOST_WORDS), default="")
    links: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    """``{"title", "url"}`` each."""
    is_blind: Mapped[bool] = mapped_column(default=False)
    """Whether it was promised at applying that she is read without her name at first."""
    revealed_at: Mapped[datetime | None]
    """When she was invited or offered a place: from then on the company knows her name."""
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """Who pressed the button: she herself, or the lead of the team."""
    applied_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    """The company's first step or message."""
    offered_at: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]
    """The first instant at which the offer does not hold any more."""
    offer_words: Mapped[str] = mapped_column(String(MOST_REASON), default="")
    round_key: Mapped[str | None] = mapped_column(String(120), index=True)
    """The round that placed it; None for an offer by the company itself."""
    seat: Mapped[int | None]
    """Which of the brief's places it takes: the database gives each once, and no more than there
    are."""
    ended_at: Mapped[datetime | None]

    brief: Mapped[Brief] = relationship()
    version: Mapped[BriefVersion | None] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    sent_by: Mapped[Person | None] = relationship(foreign_keys=[sent_by_id])
    team: Mapped[Team | None] = relationship()
    people: Mapped[list["ApplicationPerson"]] = relationship(
        back_populates="application", order_by="ApplicationPerson.id"
    )
    files: Mapped[list["ApplicationFile"]] = relationship(
        order_by="(ApplicationFile.added_at, ApplicationFile.id)"
    )
    steps: Mapped[list["ApplicationStep"]] = relationship(
        order_by="(ApplicationStep.at, ApplicationStep.id)"
    )
    tags: Mapped[list["ApplicationTag"]] = relationship(order_by="ApplicationTag.tag")
    notes: Mapped[list["ApplicationNote"]] = relationship(
        order_by="(ApplicationNote.at, ApplicationNote.id)"
    )

    @property
    def is_hidden(self) -> bool:
        """Whether the company reads it without names now."""
        return self.is_blind and self.revealed_at is None

    @property
    def is_sent(self) -> bool:
        return self.state in COMPANY_SEES


class ApplicationPerson(Model):
    """Whose application it is, as it was when it was sent: herself, or everybody of the team."""

    __tablename__ = "application_people"
    __table_args__ = (
        UniqueConstraint("application_id", "person_id"),
        Index(
            "one_live_application_of_a_brief",
            "brief_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("briefs.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    ended_at: Mapped[datetime | None]
    """With the application: then she may stand in another one for the same brief."""

    application: Mapped[Application] = relationship(back_populates="people")
    person: Mapped[Person] = relationship()


class ApplicationStep(Model):
    """One move of an application, with who and when. Append-only."""

    __tablename__ = "application_steps"
    __table_args__ = (Index(None, "application_id", "at"),)

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    move: Mapped[Move]
    state: Mapped[State]
    """Where it led."""
    actor: Mapped[Actor]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """None: the house did it."""
    reason: Mapped[str] = mapped_column(String(MOST_REASON), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)


class ApplicationFile(Model):
    """A file sent along."""

    __tablename__ = "application_files"
    __table_args__ = (CheckConstraint("size > 0", name="something_is_there"),)

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    blob: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    """Bytes."""
    is_nameless: Mapped[bool] = mapped_column(default=False)
    """She says that it holds no name: it is shown before hers is known."""
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    added_at: Mapped[datetime] = mapped_column(default=clock.now)

    application: Mapped[Application] = relationship(viewonly=True)


class ApplicationTag(Model):
    """A word that the company puts on an application, to find it again."""

    __tablename__ = "application_tags"
    __table_args__ = (UniqueConstraint("application_id", "tag"),)

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    tag: Mapped[str] = mapped_column(String(30))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class ApplicationNote(Model):
    """What somebody of the company notes about an application for her colleagues."""

    __tablename__ = "application_notes"

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    body: Mapped[str] = mapped_column(String(2000))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    by: Mapped[Person] = relationship()


class ApplicationDesk(Model):
    """How a company reads the applications for one brief."""

    __tablename__ = "application_desks"

    brief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("briefs.id"), unique=True)
    is_blind: Mapped[bool] = mapped_column(default=False)
    """Holds for those who apply from now on; what was promised before stays promised."""
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
