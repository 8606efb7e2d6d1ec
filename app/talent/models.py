"""What students say of themselves to companies, who looks for whom, and who asked whom."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.kernel import clock
from app.kernel.database import Model
from app.portfolio.models import PortfolioFile
from app.talent.rules import MOST_STATEMENT, ContactState, contact_state


class TalentProfile(Model):
    """What a student adds to her shown skills, for companies. Nobody finds it without consent."""

    __tablename__ = "talent_profiles"
    __table_args__ = (
        CheckConstraint("hours BETWEEN 0 AND 60", name="hours_of_a_week"),
        CheckConstraint("available_until >= available_from", name="available_for_a_while"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """Its address: random, says neither who she is nor when she came."""
    headline: Mapped[str] = mapped_column(String(120), default="")
    statement: Mapped[str] = mapped_column(String(MOST_STATEMENT), default="")
    counties: Mapped[list[str]] = mapped_column(JSONB, default=list)
    is_remote: Mapped[bool] = mapped_column(default=False)
    languages: Mapped[list[str]] = mapped_column(JSONB, default=list)
    industries: Mapped[list[str]] = mapped_column(JSONB, default=list)
    hours: Mapped[int] = mapped_column(default=0)
    """A week."""
    available_from: Mapped[date | None]
    available_until: Mapped[date | None]
    links: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    person: Mapped[Person] = relationship()
    files: Mapped[list["TalentFile"]] = relationship(
        cascade="all, delete-orphan", order_by="TalentFile.id"
    )


class TalentFile(Model):
    """A file of her portfolio that she shows to who finds her."""

    __tablename__ = "talent_files"
    __table_args__ = (UniqueConstraint("profile_id", "file_id"),)

    profile_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("talent_profiles.id", ondelete="CASCADE")
    )
    file_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("portfolio_files.id", ondelete="CASCADE"), index=True
    )

    file: Mapped[PortfolioFile] = relationship()


class TalentBlock(Model):
    """She is not found by this company, whatever else she agrees to."""

    __tablename__ = "talent_blocks"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    organisation: Mapped[Organisation] = relationship()


class SavedSearch(Model):
    """A company wants to hear who is found anew."""

    __tablename__ = "talent_searches"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """As ``rules.Query.as_json`` writes it."""
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    made_by: Mapped[Person] = relationship()


class SearchSeen(Model):
    """A saved search has told of this student. Gone as soon as she is not found any more."""

    __tablename__ = "talent_seen"
    __table_args__ = (UniqueConstraint("search_id", "person_id"),)

    search_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("talent_searches.id", ondelete="CASCADE")
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)


class ContactRequest(Model):
    """A company asks a student whether she wants to hear from it. She answers."""

    __tablename__ = "talent_contacts"
    __table_args__ = (
        CheckConstraint("accepted_at IS NULL OR declined_at IS NULL", name="one_answer"),
        Index(
            "one_open_question",
            "organisation_id",
            "person_id",
            unique=True,
            postgresql_where=text("declined_at IS NULL AND ended_at IS NULL"),
        ),
        Index(None, "organisation_id", "made_at"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    words: Mapped[str] = mapped_column(String(2000))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(1000), default="")
    ended_at: Mapped[datetime | None]
    """Unanswered for too long, or she is not found any more."""

    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])

    @property
    def state(self) -> ContactState:
        if self.ended_at is not None:
            return ContactState.EXPIRED
        return contact_state(
            accepted_at=self.accepted_at,
            declined_at=self.declined_at,
            made_at=self.made_at,
            now=clock.now(),
        )
