"""News for people, and what each of them wants to hear how."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText
from app.notifications.rules import Delivery


class Notification(Model):
    """One piece of news for one person."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index(None, "person_id", "created_at"),
        Index(
            "unread_notifications",
            "person_id",
            postgresql_where=text("read_at IS NULL AND in_site"),
        ),
        Index("notifications_for_a_digest", "person_id", postgresql_where=text("awaits_digest")),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str | None] = mapped_column(String(120))
    """What it is about: the same news is told once."""
    subject: Mapped[LocalizedText] = mapped_column(Localized)
    body: Mapped[LocalizedText] = mapped_column(Localized)
    path: Mapped[str] = mapped_column(String(300))
    """Where it leads: an address within the site, from ``/`` on."""
    in_site: Mapped[bool] = mapped_column(default=True)
    awaits_digest: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class Preference(Model):
    """What somebody chose for one kind of news."""

    __tablename__ = "notification_preferences"
    __table_args__ = (UniqueConstraint("person_id", "kind"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(60))
    in_site: Mapped[bool] = mapped_column(default=True)
    mail: Mapped[Delivery] = mapped_column(default=Delivery.DIGEST)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
