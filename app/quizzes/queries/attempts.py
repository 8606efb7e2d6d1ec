"""Attempts as the staff of a section open, mark and wait for them; and what is under way."""

import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalog.models import CourseItem, Module
from app.catalog.rules import ItemKind
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning.models import Enrolment, Offering, Section
from app.quizzes.models import Accommodation, QuizAttempt, QuizMark
from app.quizzes.queries.desk import QuizDesk
from app.quizzes.queries.taking import document_of, with_parts

__all__ = [
    "accommodation_in",
    "attempt_to_mark",
    "attempts_in",
    "attempts_waiting",
    "current_document",
    "earlier_marks",
    "has_older_attempts",
    "my_open_attempts",
    "next_waiting",
]


def attempt_to_mark(desk: QuizDesk, attempt_id: uuid.UUID) -> QuizAttempt:
    """An attempt at the desk's quiz with its parts. Raises NotVisible."""
    found = db.session.scalar(
        select(QuizAttempt.id).where(
            QuizAttempt.id == attempt_id,
            QuizAttempt.section_id == desk.section.id,
            QuizAttempt.slug == desk.item.slug,
        )
    )
    if found is None:
        raise NotVisible(str(attempt_id))
    return with_parts(found)


def attempts_waiting(section_ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, str, int]]:
    """(section, quiz, number of attempts) where attempts wait for marks of a person."""
    rows = db.session.execute(
        select(QuizAttempt.section_id, QuizAttempt.slug, func.count())
        .where(
            QuizAttempt.section_id.in_(section_ids),
            QuizAttempt.submitted_at.is_not(None),
            QuizAttempt.waiting_count > 0,
        )
        .group_by(QuizAttempt.section_id, QuizAttempt.slug)
        .order_by(func.min(QuizAttempt.submitted_at))
    )
    return [(section_id, slug, count) for section_id, slug, count in rows]


def current_document(attempt: QuizAttempt) -> dict[str, Any]:
    """The quiz as the offering teaches it now, or as the attempt was drawn when it has gone."""
    found: dict[str, Any] | None = db.session.scalar(
        select(CourseItem.quiz)
        .join(Module, Module.id == CourseItem.module_id)
        .where(
            Module.course_version_id == attempt.section.offering.course_version_id,
            CourseItem.kind == ItemKind.QUIZ,
            CourseItem.slug == attempt.slug,
        )
    )
    return found if found is not None else document_of(attempt.course_item)


def accommodation_in(section: Section, accommodation_id: uuid.UUID) -> Accommodation:
    """An accommodation of SECTION. Raises NotVisible."""
    found = db.session.get(Accommodation, accommodation_id)
    if found is None or found.section_id != section.id:
        raise NotVisible(str(accommodation_id))
    return found


def has_older_attempts(desk: QuizDesk) -> bool:
    """Whether finished attempts were drawn from an earlier version of the quiz."""
    found = select(QuizAttempt.id).where(
        QuizAttempt.section_id == desk.section.id,
        QuizAttempt.slug == desk.item.slug,
        QuizAttempt.submitted_at.is_not(None),
        QuizAttempt.course_item_id != desk.item.id,
    )
    return bool(db.session.scalar(select(found.exists())))


def earlier_marks(attempt: QuizAttempt) -> dict[str, list[QuizMark]]:
    """Marks of an attempt that were superseded, by question, the newest first."""
    found: dict[str, list[QuizMark]] = {}
    for mark in db.session.scalars(
        select(QuizMark)
        .where(QuizMark.attempt_id == attempt.id, QuizMark.superseded_at.is_not(None))
        .order_by(QuizMark.superseded_at.desc())
        .options(joinedload(QuizMark.by))
    ):
        found.setdefault(mark.question_id, []).append(mark)
    return found


def next_waiting(desk: QuizDesk, attempt: QuizAttempt) -> uuid.UUID | None:
    """Another attempt at the quiz that waits for marks, the oldest first."""
    return db.session.scalar(
        select(QuizAttempt.id)
        .where(
            QuizAttempt.section_id == desk.section.id,
            QuizAttempt.slug == desk.item.slug,
            QuizAttempt.submitted_at.is_not(None),
            QuizAttempt.waiting_count > 0,
            QuizAttempt.id != attempt.id,
        )
        .order_by(QuizAttempt.submitted_at, QuizAttempt.id)
        .limit(1)
    )


def attempts_in(section: Section, person_id: uuid.UUID) -> Sequence[QuizAttempt]:
    """Every attempt of one student in SECTION, the newest first."""
    return db.session.scalars(
        select(QuizAttempt)
        .where(QuizAttempt.section_id == section.id, QuizAttempt.person_id == person_id)
        .order_by(QuizAttempt.started_at.desc(), QuizAttempt.id)
    ).all()


def my_open_attempts(person: Person) -> Sequence[QuizAttempt]:
    """What PERSON is in the middle of, the nearest deadline first."""
    return db.session.scalars(_open(), {"person_id": person.id}).all()


def has_open_attempts() -> ColumnElement[bool]:
    """Whether ``person_id`` is in the middle of an attempt."""
    return exists().where(
        QuizAttempt.person_id == bindparam("person_id"), QuizAttempt.submitted_at.is_(None)
    )


@cache
def _open() -> Select[QuizAttempt]:
    return (
        select(QuizAttempt)
        .join(
            Enrolment,
            (Enrolment.section_id == QuizAttempt.section_id)
            & (Enrolment.person_id == QuizAttempt.person_id)
            & Enrolment.withdrawn_at.is_(None),
        )
        .where(QuizAttempt.person_id == bindparam("person_id"), QuizAttempt.submitted_at.is_(None))
        .order_by(QuizAttempt.deadline_at.nulls_last(), QuizAttempt.started_at)
        .options(
            joinedload(QuizAttempt.course_item),
            joinedload(QuizAttempt.section)
            .joinedload(Section.offering)
            .joinedload(Offering.course_version),
        )
    )
