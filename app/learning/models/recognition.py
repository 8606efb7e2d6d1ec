"""Requests that one school recognises credit which was earned at another."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.kernel import clock
from app.kernel.database import Model
from app.learning.models.enrolments import Enrolment
from app.learning.rules import RecognitionState


class RecognitionRequest(Model):
    """A student asks her school to recognise a course of another (認抵／抵免)."""

    __tablename__ = "recognition_requests"
    __table_args__ = (
        Index(
            "one_live_recognition_request",
            "enrolment_id",
            "school_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'under_review', 'recognised')"),
        ),
        Index("ix_recognition_requests_of_a_school", "school_id", "state"),
        CheckConstraint("credits BETWEEN 0 AND 20", name="credits_are_few"),
        CheckConstraint("state <> 'refused' OR length(reason) > 0", name="refused_with_a_reason"),
        CheckConstraint(
            "(state IN ('recognised', 'refused')) = (decided_at IS NOT NULL)",
            name="decided_when_there_is_a_decision",
        ),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolments.id"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    """The school that is to recognise."""
    credits: Mapped[int]
    own_course: Mapped[str] = mapped_column(String(200))
    """The course of her own school that it is to stand for."""
    message: Mapped[str] = mapped_column(String(1000), default="")
    state: Mapped[RecognitionState] = mapped_column(default=RecognitionState.REQUESTED)
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(1000), default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    enrolment: Mapped[Enrolment] = relationship()
    school: Mapped[Organisation] = relationship()
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
