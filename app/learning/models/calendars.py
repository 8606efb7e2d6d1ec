"""Secret addresses under which calendar programs read somebody's dates."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model


class CalendarFeed(Model):
    """One secret address. Only a digest of the secret is kept; revoking it ends the address."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        Index(
            "one_live_feed",
            "person_id",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    entries: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """What was last given out of each event, ``{uid: [digest, sequence, changed at]}``: a change
    is seen by it and counted (RFC 5545, 3.8.7.4)."""

    person: Mapped[Person] = relationship()
