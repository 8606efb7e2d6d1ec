"""What people said about the use of their data, who looked at it, and what they asked for."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.kernel import clock
from app.kernel.database import Model
from app.privacy.rules import Act, RequestKind


class ConsentEntry(Model):
    """One line of the ledger. Lines are only added; the newest of a purpose counts."""

    __tablename__ = "consent_entries"
    __table_args__ = (
        Index(None, "person_id", "purpose", "organisation_id", "at"),
        CheckConstraint("notice_version > 0", name="a_notice_was_shown"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[str] = mapped_column(String(60))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    act: Mapped[Act]
    notice_version: Mapped[int]
    notice_digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    organisation: Mapped[Organisation | None] = relationship()


class Looking(Model):
    """Somebody looked at somebody's data, once or several times within one hour."""

    __tablename__ = "lookings"
    __table_args__ = (
        Index(
            "one_looking_an_hour",
            "person_id",
            "viewer_id",
            "what",
            "subject",
            "hour",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "person_id", "last_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    viewer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """None: somebody who is not signed in, for example by a link."""
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    """On whose behalf the viewer looked."""
    what: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200), default="")
    """Which one of several, in the words of the person's own things."""
    hour: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_at: Mapped[datetime] = mapped_column(default=clock.now)

    viewer: Mapped[Person | None] = relationship(foreign_keys=[viewer_id])
    organisation: Mapped[Organisation | None] = relationship()


class DataRequest(Model):
    """What somebody asked for about her own data, and what became of it."""

    __tablename__ = "data_requests"
    __table_args__ = (
        Index(
            "one_open_request",
            "person_id",
            "kind",
            unique=True,
            postgresql_where=text(
                "done_at IS NULL AND cancelled_at IS NULL AND kind IN ('export', 'erase')"
            ),
        ),
        Index("open_requests", "due_at", postgresql_where=text("done_at IS NULL")),
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", name="answered_by_one"),
    )

    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """None: somebody without an account, whom CONTACT reaches."""
    kind: Mapped[RequestKind]
    words: Mapped[str] = mapped_column(String(4000), default="")
    contact: Mapped[str] = mapped_column(String(320), default="")
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    """Who of the office wrote it down, when she did not sign in to ask."""
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime]
    """By when the law wants it answered."""
    begins_at: Mapped[datetime | None]
    """Of erasing: the end of the days in which she can take it back."""
    cancelled_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    """Bytes of the export."""
    expires_at: Mapped[datetime | None]
    """When the export's file goes."""
    answer: Mapped[str] = mapped_column(String(4000), default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    receipt_digest: Mapped[str | None] = mapped_column(String(64))
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the link at which the receipt is read when there is no account any more."""
    leaving: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    """Addresses of stored files that go as soon as nobody can be about to store them again."""

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    recorded_by: Mapped[Person | None] = relationship(foreign_keys=[recorded_by_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.cancelled_at is None
