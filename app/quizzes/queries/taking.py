"""A quiz as one student meets it, and her attempts."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.accounts.models import Person
from app.catalog.models import CourseItem
from app.catalog.rules import ItemKind
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning import queries as learning
from app.learning.queries import SectionView
from app.learning.rules.release import Release
from app.quizzes import rules
from app.quizzes.models import (
    QuizAnswer,
    QuizAttempt,
    QuizDeclaration,
    QuizFile,
    QuizMark,
    QuizRule,
)
from app.quizzes.queries.ai_rules import rule_of
from app.quizzes.queries.kept import kept_by_attempts
from app.quizzes.queries.terms import Terms, terms_in
from app.quizzes.rules import Allowance, Kept, Settings, Show

__all__ = [
    "QuizView",
    "answers_of",
    "attempt_of",
    "document_of",
    "file_of",
    "files_of",
    "marks_of",
    "quiz_for",
]


@dataclass(frozen=True)
class QuizView:
    """A quiz of a section as one person meets it."""

    person: Person
    view: SectionView
    item: CourseItem
    document: dict[str, Any]
    terms: Terms
    attempts: tuple[QuizAttempt, ...]
    """Hers, by number."""

    @property
    def is_student(self) -> bool:
        return self.view.enrolment is not None

    @cached_property
    def settings(self) -> Settings:
        return Settings.of(self.document)

    @cached_property
    def allowance(self) -> Allowance:
        return self.terms.allowance(self.person.id, self.item.slug, self.settings)

    @cached_property
    def rule(self) -> QuizRule | None:
        """What AI tools may do: in her open attempt, or else in one that she begins now."""
        return self.live.rule if self.live else rule_of(self.view.section.id, self.item.slug)

    @property
    def live(self) -> QuizAttempt | None:
        return next((a for a in self.attempts if a.submitted_at is None), None)

    @property
    def attempts_left(self) -> int | None:
        """How many more she may begin; None for as many as she likes."""
        used = sum(1 for attempt in self.attempts if attempt.continues_id is None)
        return self.allowance.attempts_left(used)

    @property
    def is_closed(self) -> bool:
        closes = self.allowance.closes_at
        return self.view.section.closed_at is not None or (
            closes is not None and self.view.now >= closes
        )

    @property
    def may_begin(self) -> bool:
        """Whether she can begin another attempt now; a locked quiz is another matter."""
        return (
            self.is_student and self.live is None and not self.is_closed and self.attempts_left != 0
        )

    @cached_property
    def kept(self) -> Kept | None:
        return kept_by_attempts(self.settings.keep, self.attempts)

    @property
    def shows_score(self) -> bool:
        return self.held is None and rules.may_show_score(self.settings.show)

    @cached_property
    def held(self) -> Release | None:
        """Why she is not to know yet what her attempts came to; None when it is not held."""
        if self.item.key not in self.view.held:
            return None
        return learning.held_from(self.person, self.view.section, self.item.key)

    @cached_property
    def closed_for_all_at(self) -> datetime | None:
        return self.terms.closed_for_all_at(self.item.slug, self.settings)

    @cached_property
    def shows_keys(self) -> bool:
        """Whether right answers and explanations of what she handed in are shown now."""
        if self.held is not None:
            return False
        if self.settings.show == Show.AFTER_CLOSING:
            someone = _someone_at_work(self.view.section.id, self.item.slug)
        else:
            someone = self.live is not None
        return rules.may_show_keys(
            self.settings.show,
            now=self.view.now,
            closed_for_all_at=self.closed_for_all_at,
            someone_at_work=someone,
        )

    def attempt(self, number: int) -> QuizAttempt:
        """Her attempt NUMBER. Raises NotVisible."""
        found = next((a for a in self.attempts if a.number == number), None)
        if found is None:
            raise NotVisible(str(number))
        return found


def quiz_for(person: Person, code: str, slug: str) -> QuizView:
    """The quiz SLUG of section CODE for its students and staff.

    Raises NotVisible, and ItemLocked while it is locked and she has never begun it: what she began
    stays hers to see and to finish.
    """
    view = learning.section_for(person, code)
    known = view.version.item(ItemKind.QUIZ, slug)
    attempts = _attempts_of(view.section.id, person.id, slug)
    if known is None or not attempts:
        item = view.item(ItemKind.QUIZ, slug)
    else:
        item = db.session.get_one(CourseItem, known.id, options=[joinedload(CourseItem.module)])
    document = document_of(item)
    return QuizView(person, view, item, document, terms_in(view.section), attempts)


def document_of(item: CourseItem) -> dict[str, Any]:
    """The quiz of ITEM, with its keys. Raises NotVisible when there is none."""
    # Outlines of courses are kept without their quizzes.
    found: dict[str, Any] | None = db.session.scalar(
        select(CourseItem.quiz).where(CourseItem.id == item.id)
    )
    if found is None:
        raise NotVisible(item.slug)
    return found


def _attempts_of(section_id: uuid.UUID, person_id: uuid.UUID, slug: str) -> tuple[QuizAttempt, ...]:
    return tuple(
        db.session.scalars(
            select(QuizAttempt)
            .where(
                QuizAttempt.section_id == section_id,
                QuizAttempt.person_id == person_id,
                QuizAttempt.slug == slug,
            )
            .order_by(QuizAttempt.number)
        )
    )


def _someone_at_work(section_id: uuid.UUID, slug: str) -> bool:
    return bool(
        db.session.scalar(
            select(
                select(QuizAttempt.id)
                .where(
                    QuizAttempt.section_id == section_id,
                    QuizAttempt.slug == slug,
                    QuizAttempt.submitted_at.is_(None),
                )
                .exists()
            )
        )
    )


def attempt_of(quiz: QuizView, number: int) -> QuizAttempt:
    """Her attempt NUMBER with its questions, answers and marks. Raises NotVisible."""
    return with_parts(quiz.attempt(number).id)


def with_parts(attempt_id: uuid.UUID) -> QuizAttempt:
    """An attempt with its questions, answers and marks that count."""
    return db.session.scalars(
        select(QuizAttempt)
        .where(QuizAttempt.id == attempt_id)
        .options(
            undefer(QuizAttempt.questions),
            selectinload(QuizAttempt.answers),
            joinedload(QuizAttempt.rule),
            selectinload(QuizAttempt.declarations).joinedload(QuizDeclaration.person),
            selectinload(QuizAttempt.marks).joinedload(QuizMark.by),
        )
        .execution_options(populate_existing=True)
    ).one()


def answers_of(attempt: QuizAttempt) -> Mapping[str, QuizAnswer]:
    """The answers of an attempt by question."""
    return {answer.question_id: answer for answer in attempt.answers}


def marks_of(attempt: QuizAttempt) -> Mapping[str, QuizMark]:
    """The marks that count by question."""
    return {mark.question_id: mark for mark in attempt.marks}


def files_of(attempt: QuizAttempt) -> list[QuizFile]:
    """Every file that was added to the attempt, the oldest first."""
    return list(
        db.session.scalars(
            select(QuizFile)
            .where(QuizFile.attempt_id == attempt.id)
            .order_by(QuizFile.uploaded_at, QuizFile.id)
        )
    )


def file_of(attempt: QuizAttempt, file_id: uuid.UUID) -> QuizFile:
    """A file of the attempt. Raises NotVisible."""
    found = db.session.scalar(
        select(QuizFile).where(QuizFile.id == file_id, QuizFile.attempt_id == attempt.id)
    )
    if found is None:
        raise NotVisible(str(file_id))
    return found
