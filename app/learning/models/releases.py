"""What students are not to know yet."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model
from app.learning.rules.release import Release


class GradeRelease(Model):
    """When grades and feedback of an item go out in a section. No row: at once."""

    __tablename__ = "grade_releases"
    __table_args__ = (
        UniqueConstraint("section_id", "item_key"),
        Index("releases_to_tell", "batch_id", postgresql_where=text("told_at IS NULL")),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    item_key: Mapped[str] = mapped_column(String(120))
    released_at: Mapped[datetime | None]
    """From when students may know; None: held until somebody releases it."""
    batch_id: Mapped[uuid.UUID]
    """What was set together, in one go: students are told of it once."""
    told_at: Mapped[datetime | None]
    """When its release was announced to the rooms above; None before it is released."""
    set_at: Mapped[datetime] = mapped_column(default=clock.now)
    set_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    set_by: Mapped[Person] = relationship()

    @property
    def release(self) -> Release:
        return Release(self.released_at)
