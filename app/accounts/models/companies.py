"""How companies, associations and agencies came to be here, and who asks to act for them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import CITEXT, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.people import Organisation, Person
from app.accounts.rules import Role, Step
from app.kernel import clock
from app.kernel.database import Model


class CompanyStep(Model):
    """One line of an organisation's approval: never changed (trigger), numbered from 1.

    The number is what makes two officers' decisions at once collide: one of them holds.
    """

    __tablename__ = "company_steps"
    __table_args__ = (UniqueConstraint("organisation_id", "number"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    number: Mapped[int]
    step: Mapped[Step]
    reason: Mapped[str] = mapped_column(String(2000), default="")
    """What the company reads: what is missing, why not, why stopped."""
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    """None: the command line."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    said: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """What was applied with, or what the officer decided on: names, number, proof."""

    organisation: Mapped[Organisation] = relationship()
    by: Mapped[Person | None] = relationship()


class CompanyContact(Model):
    """A mail address somebody gave for an organisation; proven when she opened the link in it."""

    __tablename__ = "company_contacts"
    __table_args__ = (Index(None, "organisation_id", "made_at"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    email: Mapped[str] = mapped_column(CITEXT)
    domain: Mapped[str] = mapped_column(String(253))
    """As mail servers write it (RFC 5890): Latin letters, digits, hyphens."""
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    proven_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()


class CompanyDocument(Model):
    """A file for the officer: the registration, a licence. Only they and the company see it."""

    __tablename__ = "company_documents"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    blob: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    uploaded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]


class JoinRequest(Model):
    """Somebody asks to act for an organisation; an owner answers."""

    __tablename__ = "join_requests"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (granted IS NULL)", name="answered_with_a_word"),
        Index(
            "one_open_join_request",
            "organisation_id",
            "person_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[Role]
    words: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    granted: Mapped[bool | None]

    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
