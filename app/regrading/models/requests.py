"""What students ask to be looked at again, and within which limits they may."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.grading.models import Submission
from app.kernel import clock
from app.kernel.database import Model
from app.learning.models import Section
from app.quizzes.models import QuizAttempt
from app.regrading.rules import MOST_CHARACTERS, MOST_DAYS, Decision, RequestState

POINTS = Numeric(10, 3)


class RegradeRequest(Model):
    """One student's request about one cell of a lab or one question of a quiz.

    Once it is decided or taken back the database refuses every change.
    """

    __tablename__ = "regrade_requests"
    __table_args__ = (
        CheckConstraint("num_nonnulls(submission_id, quiz_attempt_id) = 1", name="about_one_work"),
        CheckConstraint("length(reason) > 0", name="asked_with_a_reason"),
        CheckConstraint(f"length(reason) <= {MOST_CHARACTERS}", name="reason_is_short"),
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) ="
            " (decided_by_id IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("decided_at IS NULL OR withdrawn_at IS NULL", name="ends_once"),
        CheckConstraint(
            "decision IS DISTINCT FROM 'declined' OR length(words) > 0",
            name="declined_with_words",
        ),
        Index(
            "one_open_request_a_cell",
            "section_id",
            "person_id",
            "item_key",
            "notebook",
            "part",
            unique=True,
            postgresql_where=text("decided_at IS NULL AND withdrawn_at IS NULL"),
        ),
        # A team has one work, and several who could ask.
        Index(
            "one_open_request_a_cell_of_a_work",
            "submission_id",
            "notebook",
            "part",
            unique=True,
            postgresql_where=text("decided_at IS NULL AND withdrawn_at IS NULL"),
        ),
        Index("ix_regrade_requests_of_an_item", "section_id", "item_key", "asked_at"),
        Index("ix_regrade_requests_of_a_student", "person_id", "section_id"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    """Who asks."""
    item_key: Mapped[str] = mapped_column(String(120))
    """``lab:SLUG`` or ``quiz:SLUG``."""
    submission_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("submissions.id"), index=True
    )
    quiz_attempt_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("quiz_attempts.id"), index=True
    )
    notebook: Mapped[str] = mapped_column(String(120), default="")
    part: Mapped[str] = mapped_column(String(200))
    """The cell's grade id, or the question's id."""
    reason: Mapped[str]
    points: Mapped[Decimal] = mapped_column(POINTS)
    """What there was when she asked."""
    out_of: Mapped[Decimal] = mapped_column(POINTS)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    decision: Mapped[Decision | None]
    words: Mapped[str] = mapped_column(String(MOST_CHARACTERS), default="")
    """The answer to the student."""
    new_points: Mapped[Decimal | None] = mapped_column(POINTS)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]

    section: Mapped[Section] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    submission: Mapped[Submission | None] = relationship()
    quiz_attempt: Mapped[QuizAttempt | None] = relationship()

    @property
    def state(self) -> RequestState:
        if self.withdrawn_at is not None:
            return RequestState.WITHDRAWN
        return RequestState.OPEN if self.decision is None else RequestState(self.decision.value)


class RequestSettings(Model):
    """How long and how much students of a section may ask; without a row the default holds."""

    __tablename__ = "regrade_request_settings"
    __table_args__ = (
        CheckConstraint(f"days BETWEEN 0 AND {MOST_DAYS}", name="days_are_at_most_a_year"),
        CheckConstraint("most_open BETWEEN 1 AND 100", name="most_open_is_a_count"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by_somebody"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"), unique=True)
    days: Mapped[int]
    most_open: Mapped[int]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
