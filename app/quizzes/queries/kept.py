"""What people's attempts come to: for progress, the gradebook and lists."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from app.catalog.models import CourseItem, Module
from app.catalog.rules import ItemKind
from app.kernel.database import db
from app.learning.models import Offering, Section
from app.quizzes.models import QuizAttempt
from app.quizzes.rules import Kept, Result, keep

__all__ = ["counts", "kept_by_attempts", "kept_of", "kept_scores"]


def counts() -> ColumnElement[bool]:
    """Whether an attempt counts: it ended, and none that continues it has ended since."""
    later = aliased(QuizAttempt)
    replaced = select(later.id).where(
        later.continues_id == QuizAttempt.id, later.submitted_at.is_not(None)
    )
    return QuizAttempt.submitted_at.is_not(None) & ~replaced.exists()


def _statement() -> Select[Any]:
    """Attempts that count with how their quiz keeps scores now, by number."""
    return (
        select(
            QuizAttempt.person_id,
            QuizAttempt.slug,
            QuizAttempt.number,
            QuizAttempt.score,
            QuizAttempt.max_score,
            QuizAttempt.waiting_count,
            CourseItem.quiz["keep"].astext.label("keep"),
        )
        .join(Section, Section.id == QuizAttempt.section_id)
        .join(Offering, Offering.id == Section.offering_id)
        .join(Module, Module.course_version_id == Offering.course_version_id)
        .join(
            CourseItem,
            (CourseItem.module_id == Module.id)
            & (CourseItem.kind == ItemKind.QUIZ)
            & (CourseItem.slug == QuizAttempt.slug),
        )
        .where(counts())
        .order_by(QuizAttempt.person_id, QuizAttempt.slug, QuizAttempt.number)
    )


def kept_scores(section: Section) -> dict[tuple[uuid.UUID, str], Kept]:
    """What counts of everybody's attempts in SECTION, by person and quiz, in one statement.

    A quiz that the offering's version no longer has is left out.
    """
    return _kept(db.session.execute(_statement().where(QuizAttempt.section_id == section.id)))


def kept_of(section_id: uuid.UUID, person_id: uuid.UUID, slug: str) -> Kept | None:
    """What counts of one person's attempts at one quiz; None while none has ended."""
    rows = db.session.execute(
        _statement().where(
            QuizAttempt.section_id == section_id,
            QuizAttempt.person_id == person_id,
            QuizAttempt.slug == slug,
        )
    )
    return _kept(rows).get((person_id, slug))


def kept_by_attempts(how: str, attempts: Iterable[QuizAttempt]) -> Kept | None:
    """What counts of ATTEMPTS of one person and quiz that are loaded already."""
    rows = list(attempts)
    replaced = {a.continues_id for a in rows if a.submitted_at is not None}
    return keep(
        how,
        [
            Result(a.number, a.score, a.max_score, a.waiting_count)
            for a in sorted(rows, key=lambda a: a.number)
            if a.submitted_at is not None and a.score is not None and a.id not in replaced
        ],
    )


def _kept(rows: Iterable[Any]) -> dict[tuple[uuid.UUID, str], Kept]:
    results: dict[tuple[uuid.UUID, str], list[Result]] = {}
    hows: dict[str, str] = {}
    for person_id, slug, number, score, max_score, waiting, how in rows:
        hows[slug] = how or "best"
        results.setdefault((person_id, slug), []).append(Result(number, score, max_score, waiting))
    found = {key: keep(hows[key[1]], rows) for key, rows in results.items()}
    return {key: kept for key, kept in found.items() if kept is not None}
