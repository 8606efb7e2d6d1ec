"""Maintenance of the labs."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText


class LabDrain(Model):
    """No servers start from FROM_AT on; those that run are put away at PUT_AWAY_AT.

    Labs stay closed until somebody opens them; UNTIL_AT is what people are told.
    """

    __tablename__ = "lab_drains"
    __table_args__ = (
        Index(
            "one_lab_drain_at_a_time",
            text("(opened_at IS NULL)"),
            unique=True,
            postgresql_where=text("opened_at IS NULL"),
        ),
        CheckConstraint(
            "from_at <= put_away_at AND put_away_at <= until_at", name="steps_are_in_order"
        ),
    )

    from_at: Mapped[datetime]
    put_away_at: Mapped[datetime]
    until_at: Mapped[datetime]
    message: Mapped[LocalizedText] = mapped_column(Localized)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    """None: typed on the machine itself."""
    put_away_done_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    opened_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
