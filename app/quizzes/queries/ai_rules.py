"""What AI tools may do in quizzes, and what was declared."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.database import db
from app.learning.models import Enrolment, Section
from app.quizzes.models import QuizAttempt, QuizDeclaration, QuizRule

__all__ = ["attempts_with_declarations", "rule_of", "rule_versions"]


def rule_of(section_id: uuid.UUID, slug: str) -> QuizRule | None:
    """What holds now for the quiz SLUG of a section."""
    return db.session.scalar(
        select(QuizRule).where(
            QuizRule.section_id == section_id, QuizRule.slug == slug, QuizRule.ended_at.is_(None)
        )
    )


def rule_versions(section: Section, slug: str) -> Sequence[QuizRule]:
    """What held when, the newest first."""
    return db.session.scalars(
        select(QuizRule)
        .where(QuizRule.section_id == section.id, QuizRule.slug == slug)
        .order_by(QuizRule.number.desc())
    ).all()


def attempts_with_declarations(section: Section, slug: str) -> Sequence[QuizAttempt]:
    """Finished attempts of the section's students with what was declared, the newest first."""
    return db.session.scalars(
        select(QuizAttempt)
        .join(
            Enrolment,
            (Enrolment.section_id == QuizAttempt.section_id)
            & (Enrolment.person_id == QuizAttempt.person_id)
            & Enrolment.withdrawn_at.is_(None),
        )
        .where(
            QuizAttempt.section_id == section.id,
            QuizAttempt.slug == slug,
            QuizAttempt.submitted_at.is_not(None),
        )
        .order_by(QuizAttempt.submitted_at.desc(), QuizAttempt.id)
        .options(
            joinedload(QuizAttempt.person),
            joinedload(QuizAttempt.rule),
            selectinload(QuizAttempt.declarations).joinedload(QuizDeclaration.person),
        )
    ).all()
