"""Attempts at quizzes, their answers and marks, and what was granted to whom."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.catalog.models import CourseItem
from app.kernel import clock
from app.kernel.database import Model
from app.learning.models import Section
from app.learning.models.ai_use import AiRuleColumns, DeclarationColumns
from app.quizzes.rules import Ending, Marker

POINTS = Numeric(10, 3)


class QuizRule(AiRuleColumns, Model):
    """What AI tools may do in a quiz of a section. A change is a new row; attempts name theirs."""

    __tablename__ = "quiz_rules"
    __table_args__ = (
        Index(
            "one_live_quiz_rule",
            "section_id",
            "slug",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        UniqueConstraint("section_id", "slug", "number"),
        AiRuleColumns.own_rule_has_words(),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    slug: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]


class QuizDeclaration(DeclarationColumns, Model):
    """What was declared about AI tools with an attempt. Never changed."""

    __tablename__ = "quiz_declarations"
    __table_args__ = DeclarationColumns.is_complete()

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quiz_attempts.id"), index=True)


class QuizAttempt(Model):
    """One person's attempt at a quiz. Once it is handed in only what it came to changes."""

    __tablename__ = "quiz_attempts"
    __table_args__ = (
        UniqueConstraint("section_id", "person_id", "slug", "number"),
        Index(
            "one_live_quiz_attempt",
            "section_id",
            "person_id",
            "slug",
            unique=True,
            postgresql_where=text("submitted_at IS NULL"),
        ),
        Index(
            "quiz_attempts_with_a_deadline",
            "deadline_at",
            postgresql_where=text("submitted_at IS NULL"),
        ),
        Index("ix_quiz_attempts_of_a_quiz", "section_id", "slug"),
        CheckConstraint("(submitted_at IS NULL) = (ending IS NULL)", name="ended_somehow"),
        CheckConstraint("number > 0", name="number_counts"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80))
    """The quiz in its course; it lasts across versions."""
    course_item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_items.id"))
    """The quiz in the version that the questions were drawn from."""
    number: Mapped[int]
    rule_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("quiz_rules.id"))
    """What AI tools may do in it: what held when it was begun."""
    seed: Mapped[str] = mapped_column(String(64))
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, deferred=True)
    """As drawn, with their keys: never sent to a browser as they are."""
    continues_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("quiz_attempts.id"), unique=True
    )
    """The attempt that staff opened again; this one takes its place."""
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    deadline_at: Mapped[datetime | None]
    """When it is over, as far as is known; what she was granted may move it."""
    submitted_at: Mapped[datetime | None]
    ending: Mapped[Ending | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    score: Mapped[Decimal | None] = mapped_column(POINTS)
    max_score: Mapped[Decimal] = mapped_column(POINTS)
    waiting_count: Mapped[int] = mapped_column(default=0)
    """Answers that a person has yet to mark."""

    section: Mapped[Section] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    course_item: Mapped[CourseItem] = relationship()
    rule: Mapped[QuizRule | None] = relationship()
    declarations: Mapped[list[QuizDeclaration]] = relationship(
        order_by=QuizDeclaration.declared_at.desc(), viewonly=True
    )
    answers: Mapped[list["QuizAnswer"]] = relationship(back_populates="attempt")
    marks: Mapped[list["QuizMark"]] = relationship(
        primaryjoin="and_(QuizMark.attempt_id == QuizAttempt.id, QuizMark.superseded_at.is_(None))",
        viewonly=True,
    )
    """Those that count now."""

    @property
    def declaration(self) -> QuizDeclaration | None:
        """What was declared last."""
        return self.declarations[0] if self.declarations else None

    @property
    def lacks_declaration(self) -> bool:
        """Whether it is handed in without the declaration that its rule asks for."""
        return (
            self.submitted_at is not None
            and self.rule is not None
            and self.rule.asks_declaration
            and not self.declarations
        )


class QuizAnswer(Model):
    """What somebody answered to one question; it stays as it is once the attempt is handed in."""

    __tablename__ = "quiz_answers"
    __table_args__ = (
        UniqueConstraint("attempt_id", "question_id"),
        CheckConstraint("revision > 0", name="revision_counts"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quiz_attempts.id"))
    question_id: Mapped[str] = mapped_column(String(80))
    response: Mapped[Any] = mapped_column(JSONB)
    revision: Mapped[int] = mapped_column(default=1)
    """Counts the saves of this answer."""
    answered_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When she typed it, as her browser said; of two windows the later one counts."""
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)

    attempt: Mapped[QuizAttempt] = relationship(back_populates="answers")


class QuizFile(Model):
    """A file that somebody added to an answer. Its content is a blob."""

    __tablename__ = "quiz_files"
    __table_args__ = (
        Index(None, "attempt_id", "question_id"),
        CheckConstraint("size >= 0", name="size_is_a_size"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quiz_attempts.id"))
    question_id: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    blob: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    uploaded_at: Mapped[datetime] = mapped_column(default=clock.now)

    attempt: Mapped[QuizAttempt] = relationship()


class QuizMark(Model):
    """The points of one answer. A later mark supersedes an earlier one, which is kept."""

    __tablename__ = "quiz_marks"
    __table_args__ = (
        Index(
            "one_mark_that_counts",
            "attempt_id",
            "question_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("points BETWEEN 0 AND out_of", name="points_are_within_what_it_is_worth"),
        CheckConstraint("(marker = 'key') = (by_id IS NULL)", name="a_person_has_a_name"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quiz_attempts.id"))
    question_id: Mapped[str] = mapped_column(String(80))
    points: Mapped[Decimal | None] = mapped_column(POINTS)
    """None while a person has yet to decide."""
    out_of: Mapped[Decimal] = mapped_column(POINTS)
    marker: Mapped[Marker]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    comment: Mapped[str] = mapped_column(String(5000), default="", server_default="")
    question: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The question with the corrected key that it was marked by, when that is another one."""
    course_item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_items.id"))
    """Where the corrected key comes from."""
    marked_at: Mapped[datetime] = mapped_column(default=clock.now)
    superseded_at: Mapped[datetime | None]

    by: Mapped[Person | None] = relationship()


class Accommodation(Model):
    """More time, more attempts or a later close for one student (調整措施)."""

    __tablename__ = "quiz_accommodations"
    __table_args__ = (
        CheckConstraint("extra_percent BETWEEN 0 AND 400", name="percent_is_an_addition"),
        CheckConstraint("extra_minutes BETWEEN 0 AND 1440", name="minutes_are_at_most_a_day"),
        CheckConstraint("extra_attempts BETWEEN 0 AND 20", name="attempts_are_few"),
        CheckConstraint("length(reason) > 0", name="given_for_a_reason"),
        Index("ix_quiz_accommodations_of_a_student", "section_id", "person_id"),
    )

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    slug: Mapped[str | None] = mapped_column(String(80))
    """None: for every quiz of the section."""
    extra_percent: Mapped[int] = mapped_column(default=0)
    extra_minutes: Mapped[int] = mapped_column(default=0)
    extra_attempts: Mapped[int] = mapped_column(default=0)
    closes_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500))
    granted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    granted_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    granted_by: Mapped[Person] = relationship(foreign_keys=[granted_by_id])
