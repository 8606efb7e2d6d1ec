"""Marks that a person gives."""

import uuid
from decimal import ROUND_HALF_UP, Decimal
from types import EllipsisType

from sqlalchemy import select, update

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.quizzes import policies
from app.quizzes.events import MarkOffered, QuizMarked
from app.quizzes.models import QuizAttempt, QuizMark
from app.quizzes.operations.answers import question_of
from app.quizzes.operations.finishing import STEP, locked, out_of, recount, settle
from app.quizzes.rules import Marker


class NotHandedIn(Refused):
    message = _l("This attempt is not handed in yet.")


class PointsOutOfRange(Refused):
    """The points are not between zero and what the question is worth."""


class MarkedMeanwhile(Refused):
    """Somebody gave this answer another mark than the marker saw: ``current`` is that one."""

    message = _l("Somebody else has given points here meanwhile. Nothing was overwritten.")

    def __init__(self, current: QuizMark) -> None:
        self.current = current
        super().__init__()


@operation
def give_mark(
    actor: Person,
    attempt: QuizAttempt,
    question_id: str,
    points: Decimal,
    comment: str = "",
    *,
    seen: uuid.UUID | EllipsisType | None = ...,
) -> QuizMark:
    """Give an answer POINTS; an earlier mark is superseded and kept.

    SEEN is the mark that ACTOR saw when she began; left out, whatever is there is superseded.
    Raises NotHandedIn, PointsOutOfRange, MarkedMeanwhile, NotVisible. That ACTOR may mark it is
    for the caller to know: it was loaded through her.
    """
    publish(MarkOffered(attempt.id, question_id))
    found = locked(attempt.id)
    if not policies.is_finished(found):
        raise NotHandedIn
    if seen is not ...:
        current = _counting(found, question_id)
        if current is not None and current.id != seen:
            raise MarkedMeanwhile(current)
    question = question_of(found, question_id)
    most = out_of(question)
    if not points.is_finite() or not 0 <= points <= most:
        raise PointsOutOfRange(
            _l("Give between 0 and %(max)s points.", max=f"{most:f}".rstrip("0").rstrip("."))
        )
    before = supersede(found, question_id)
    mark = QuizMark(
        attempt_id=found.id,
        question_id=question_id,
        points=points.quantize(STEP, ROUND_HALF_UP),
        out_of=most,
        marker=Marker.PERSON,
        by_id=actor.id,
        comment=comment.strip()[:5000],
        question=before.question if before else None,
        course_item_id=before.course_item_id if before else None,
    )
    db.session.add(mark)
    db.session.flush()
    recount(found)
    db.session.flush()
    settle(found)
    audit.record(
        actor.id,
        "quiz_attempt.marked",
        "quiz_attempt",
        found.id,
        question=question_id,
        points=str(mark.points),
    )
    publish(QuizMarked(found.id))
    return mark


def _counting(attempt: QuizAttempt, question_id: str) -> QuizMark | None:
    """The mark that counts now. The attempt is held."""
    return db.session.scalar(
        select(QuizMark).where(
            QuizMark.attempt_id == attempt.id,
            QuizMark.question_id == question_id,
            QuizMark.superseded_at.is_(None),
        )
    )


def supersede(attempt: QuizAttempt, question_id: str) -> QuizMark | None:
    """End the mark that counts; returns it. The attempt is held."""
    return db.session.scalar(
        update(QuizMark)
        .where(
            QuizMark.attempt_id == attempt.id,
            QuizMark.question_id == question_id,
            QuizMark.superseded_at.is_(None),
        )
        .values(superseded_at=clock.now())
        .returning(QuizMark)
    )
