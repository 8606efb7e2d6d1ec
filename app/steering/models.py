"""Who looks after what waits, and messages to many."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model
from app.steering.rules import SUBJECT_LETTERS


class DeskItem(Model):
    """What an officer said of something that waits: whose it is, and by when."""

    __tablename__ = "desk_items"
    __table_args__ = (
        UniqueConstraint("queue", "key"),
        CheckConstraint("(owner_id IS NULL) = (owned_at IS NULL)", name="owned_since"),
    )

    queue: Mapped[str] = mapped_column(String(40))
    """``kernel.queues.Queue.name``."""
    key: Mapped[str] = mapped_column(String(80))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    owned_at: Mapped[datetime | None]
    given_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    due_at: Mapped[datetime | None]
    """Another day than the rule's."""
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])


class BulkMessage(Model):
    """A message of the programme's office to a chosen set of people. It is never changed."""

    __tablename__ = "bulk_messages"
    __table_args__ = (
        UniqueConstraint("sender_id", "key"),
        CheckConstraint("recipient_count > 0", name="somebody_got_it"),
    )

    sender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    key: Mapped[uuid.UUID]
    """Made with the form: the same form sent twice is one message."""
    audience: Mapped[str] = mapped_column(String(40))
    subject_of: Mapped[str] = mapped_column(String(80), default="")
    """Which round, brief …, where the audience is about one."""
    audience_name: Mapped[str] = mapped_column(String(200))
    """As it was called when the message was sent."""
    subject_zh: Mapped[str] = mapped_column(String(SUBJECT_LETTERS), default="")
    subject_en: Mapped[str] = mapped_column(String(SUBJECT_LETTERS), default="")
    body_zh: Mapped[str] = mapped_column(Text, default="")
    body_en: Mapped[str] = mapped_column(Text, default="")
    recipient_count: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)

    sender: Mapped[Person] = relationship(foreign_keys=[sender_id])


class BulkRecipient(Model):
    """Who a message went to."""

    __tablename__ = "bulk_recipients"
    __table_args__ = (UniqueConstraint("message_id", "person_id"),)

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bulk_messages.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    told_at: Mapped[datetime | None]
    """None: it is still on its way."""

    message: Mapped[BulkMessage] = relationship()
    person: Mapped[Person] = relationship()
