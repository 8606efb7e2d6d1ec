"""Quizzes: what released attempts prove, where somebody mapped the quiz to skills."""

import hashlib
import json
import uuid
from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.evidence.operations import ledger, stamps
from app.evidence.operations.found import Finder
from app.evidence.operations.ledger import Standing, Work
from app.evidence.operations.places import course_of, item_in, lock_sections, with_course
from app.evidence.rules import Cells, Piece, Source, Withdrawn, pieces_of
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning import queries as learning
from app.quizzes import queries
from app.quizzes.models import QuizAttempt
from app.quizzes.queries import quiz_key
from app.quizzes.queries.kept import counts
from app.quizzes.rules import Settings, may_show_score

__all__ = ["sync_attempts", "sync_released"]


@operation
def sync_released(section_id: uuid.UUID, slugs: Collection[str]) -> None:
    """Quizzes SLUGS of a section were released: everybody's attempts at them count from now on."""
    lock_sections([section_id], alone=True)
    sync_attempts(
        db.session.scalars(
            select(QuizAttempt.id).where(
                QuizAttempt.section_id == section_id, QuizAttempt.slug.in_(list(slugs))
            )
        ).all()
    )


@operation
def sync_attempts(ids: Collection[uuid.UUID]) -> None:
    """Bring the ledger to what these attempts prove; what students may not know stays out of it.

    An attempt that staff opened again counts by the one that continued it.
    """
    found = _attempts(ids)
    finder = Finder({course_of(row.section).id for row in found})
    if not finder.mapped and not ledger.on_record([row.id for row in found]):
        return
    lock_sections(row.section_id for row in found)
    held = learning.held_keys_of({row.section_id for row in found})
    told = [
        row for row in found
        if quiz_key(row.slug) not in held.get(row.section_id, frozenset()) and _is_shown(row)
    ]  # fmt: skip
    if not told:
        return
    counting = set(
        db.session.scalars(
            select(QuizAttempt.id).where(QuizAttempt.id.in_([row.id for row in told]), counts())
        )
    )
    standings = []
    for row in told:
        pieces: list[Piece] = []
        named = finder.named(course_of(row.section).id, quiz_key(row.slug))
        if row.id in counting and row.score is not None:
            pieces = pieces_of(named, row.score, row.max_score, Cells(), source=Source.QUIZ)
        reason = Withdrawn.NOT_MAPPED if row.id in counting else Withdrawn.NO_RESULT
        standings.append(Standing(_work(row), pieces, reason))
    ledger.bring_to(standings)


def _is_shown(row: QuizAttempt) -> bool:
    return may_show_score(Settings.of(queries.current_document(row)).show)


def _attempts(ids: Collection[uuid.UUID]) -> list[QuizAttempt]:
    continued = select(QuizAttempt.continues_id).where(QuizAttempt.id.in_(list(ids)))
    return list(
        db.session.scalars(
            select(QuizAttempt)
            .where(
                or_(QuizAttempt.id.in_(list(ids)), QuizAttempt.id.in_(continued)),
                QuizAttempt.submitted_at.is_not(None),
            )
            .options(
                with_course(QuizAttempt.section),
                selectinload(QuizAttempt.answers),
                joinedload(QuizAttempt.course_item),
            )
            .order_by(QuizAttempt.id)
        )
    )


def _work(row: QuizAttempt) -> Work:
    answers = {answer.question_id: answer.response for answer in row.answers}
    text = json.dumps(answers, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    environment, digest = stamps.machine("quiz", False)
    return Work(
        person_id=row.person_id,
        source_id=row.id,
        item=item_in(row.section, quiz_key(row.slug)),
        title=row.course_item.title,
        work_hash=hashlib.sha256(text.encode()).hexdigest(),
        grader=stamps.grader(),
        environment=environment,
        environment_digest=digest,
        section_id=row.section_id,
    )
