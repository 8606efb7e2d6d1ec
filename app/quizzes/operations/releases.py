"""What follows when scores of quizzes are released."""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from app.kernel.database import db
from app.kernel.transaction import operation
from app.quizzes.models import QuizAttempt
from app.quizzes.operations.finishing import settle

__all__ = ["settle_released"]


@operation
def settle_released(section_id: uuid.UUID, slugs: Collection[str]) -> int:
    """Note for everybody with a finished attempt at a quiz of SLUGS how far she is with it;
    returns for how many people and quizzes. Whether somebody passed was not noted while it was
    held. Safe to run twice."""
    newest = db.session.scalars(
        select(QuizAttempt)
        .where(
            QuizAttempt.section_id == section_id,
            QuizAttempt.slug.in_(list(slugs)),
            QuizAttempt.submitted_at.is_not(None),
        )
        .ext(distinct_on(QuizAttempt.person_id, QuizAttempt.slug))
        .order_by(QuizAttempt.person_id, QuizAttempt.slug, QuizAttempt.number.desc())
    ).all()
    for attempt in newest:
        settle(attempt)
    return len(newest)
