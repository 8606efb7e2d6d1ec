"""Files that staff give back with a submission."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model


class FeedbackFile(Model):
    """A file for whoever handed in. Another one of its name takes its place and it is kept."""

    __tablename__ = "feedback_files"
    __table_args__ = (
        Index(
            "one_live_feedback_file",
            "submission_id",
            "name",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    blob: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    given_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    superseded_at: Mapped[datetime | None]

    given_by: Mapped[Person] = relationship()
