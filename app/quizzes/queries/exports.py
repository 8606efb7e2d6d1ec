"""Scores of quizzes for the copy of somebody's data: those that her own pages tell her."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from app.kernel.database import db
from app.kernel.personal import Who
from app.learning import queries as learning
from app.quizzes.models import QuizAttempt
from app.quizzes.queries.attempts import current_document
from app.quizzes.queries.terms import quiz_key
from app.quizzes.rules import Settings, may_show_score

__all__ = ["scores_told"]


def scores_told(who: Who) -> Iterator[dict[str, Any]]:
    """One row for each attempt that was handed in and whose score she may know now."""
    rows = db.session.scalars(
        select(QuizAttempt)
        .where(QuizAttempt.person_id == who.id, QuizAttempt.submitted_at.is_not(None))
        .order_by(QuizAttempt.submitted_at, QuizAttempt.id)
    ).all()
    held = learning.held_keys_of({row.section_id for row in rows})
    for row in rows:
        if quiz_key(row.slug) in held.get(row.section_id, frozenset()):
            continue
        if not may_show_score(Settings.of(current_document(row)).show):
            continue
        yield {
            "section": row.section.code,
            "quiz": row.slug,
            "number": row.number,
            "submitted_at": row.submitted_at.isoformat() if row.submitted_at else None,
            "score": None if row.score is None else float(row.score),
            "max_score": float(row.max_score),
            "waits_for_marks": row.waiting_count,
        }
