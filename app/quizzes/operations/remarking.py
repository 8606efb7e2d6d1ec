"""Marking again after a key was corrected in a newer version of the course."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload, undefer

from app.accounts.models import Person
from app.kernel import audit
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.transaction import operation
from app.quizzes.events import QuizMarked
from app.quizzes.models import QuizAttempt, QuizMark
from app.quizzes.operations.finishing import (
    locked,
    out_of,
    points_by_key,
    recount,
    settle,
)
from app.quizzes.operations.marking import supersede
from app.quizzes.queries import QuizDesk
from app.quizzes.rules import Marker
from app.quizzes.rules.remarking import corrected


@dataclass(frozen=True)
class MarkChange:
    """What the key of now gives for one answer. BEFORE and AFTER are points."""

    question: dict[str, Any]
    """With the corrected key."""
    before: Decimal
    after: Decimal


@dataclass
class AttemptChange:
    """An attempt whose score would change."""

    attempt: QuizAttempt
    changes: list[MarkChange] = field(default_factory=list)

    @property
    def before(self) -> Decimal:
        return self.attempt.score or Decimal(0)

    @property
    def after(self) -> Decimal:
        return self.before + sum(((c.after - c.before) for c in self.changes), Decimal(0))


@dataclass(frozen=True)
class Remarking:
    """What marking again would do."""

    looked_at: int
    """Finished attempts that were drawn from an earlier version."""
    changes: tuple[AttemptChange, ...]
    left_alone: tuple[str, ...]
    """Questions that are no longer the same, so that their marks stay."""


def preview_remarking(desk: QuizDesk) -> Remarking:
    """What the keys of the version that is taught now would change. Changes nothing.

    What a person marked stays as she marked it.
    """
    attempts = _older_attempts(desk)
    changes = []
    left: dict[str, None] = {}
    for attempt in attempts:
        found = AttemptChange(attempt)
        responses = {answer.question_id: answer.response for answer in attempt.answers}
        marks = {mark.question_id: mark for mark in attempt.marks}
        for drawn in attempt.questions:
            mark = marks.get(drawn["id"])
            if mark is None or mark.marker is Marker.PERSON or mark.points is None:
                continue
            now = corrected(desk.document, drawn, attempt.seed)
            if now is None or out_of(now) != mark.out_of:
                left[drawn["id"]] = None
                continue
            points = points_by_key(now, responses.get(drawn["id"]))
            if points is not None and points != mark.points:
                found.changes.append(MarkChange(now, mark.points, points))
        if found.changes:
            changes.append(found)
    return Remarking(len(attempts), tuple(changes), tuple(left))


@operation
def remark(actor: Person, desk: QuizDesk) -> Remarking:
    """Mark again by the keys of now, as the preview says; earlier marks are superseded and kept."""
    done = preview_remarking(desk)
    for change in done.changes:
        attempt = locked(change.attempt.id)
        for one in change.changes:
            supersede(attempt, one.question["id"])
            db.session.add(
                QuizMark(
                    attempt_id=attempt.id,
                    question_id=one.question["id"],
                    points=one.after,
                    out_of=out_of(one.question),
                    marker=Marker.CORRECTED_KEY,
                    by_id=actor.id,
                    question=one.question,
                    course_item_id=desk.item.id,
                )
            )
        db.session.flush()
        recount(attempt)
        db.session.flush()
        settle(attempt)
        audit.record(
            actor.id,
            "quiz_attempt.marked_again",
            "quiz_attempt",
            attempt.id,
            before=str(change.before),
            after=str(attempt.score),
        )
        publish(QuizMarked(attempt.id))
    return done


def _older_attempts(desk: QuizDesk) -> Sequence[QuizAttempt]:
    return db.session.scalars(
        select(QuizAttempt)
        .where(
            QuizAttempt.section_id == desk.section.id,
            QuizAttempt.slug == desk.item.slug,
            QuizAttempt.submitted_at.is_not(None),
            QuizAttempt.course_item_id != desk.item.id,
        )
        .order_by(QuizAttempt.submitted_at, QuizAttempt.id)
        .options(
            undefer(QuizAttempt.questions),
            joinedload(QuizAttempt.person),
            selectinload(QuizAttempt.answers),
            selectinload(QuizAttempt.marks),
        )
        .execution_options(populate_existing=True)
    ).all()
