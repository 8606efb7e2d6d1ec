"""How attempts end: by hand, by the clock, by staff; and what they come to."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import func, or_, select

from app import questions
from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.kernel import audit, clock, jobs
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.transaction import operation
from app.learning import queries as learning
from app.learning.models import Section
from app.learning.operations import record_progress
from app.learning.operations.ai_use import DeclarationMissing
from app.learning.rules.ai_use import Declared
from app.quizzes import queries
from app.quizzes.events import QuizHandedIn
from app.quizzes.models import QuizAnswer, QuizAttempt, QuizMark
from app.quizzes.operations.ai_rules import declare
from app.quizzes.rules import (
    GRACE,
    Ending,
    Marker,
    Settings,
    deadline_of,
    is_over,
    may_show_score,
)

SWEEP_LIMIT = 500
STEP = Decimal("0.001")


def locked(attempt_id: uuid.UUID) -> QuizAttempt:
    """The attempt as it is now, held until the transaction ends."""
    return db.session.scalars(
        select(QuizAttempt)
        .where(QuizAttempt.id == attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


@operation
def hand_in(
    person: Person,
    attempt: QuizAttempt,
    *,
    by_clock: bool = False,
    declared: Declared | None = None,
) -> QuizAttempt:
    """PERSON hands in her attempt. Doing it twice, or after its time, changes nothing.

    BY_CLOCK: her browser's clock is at zero, and nobody pressed anything. Then the attempt ends
    only when its time is over by what holds now; she may have been given more meanwhile.

    Where a declaration about AI tools is asked for, pressing takes one: DECLARED. What ends by
    itself is taken without, and declared afterwards. Raises DeclarationMissing, BadDeclaration.
    """
    found = locked(attempt.id)
    if found.submitted_at is not None:
        return found
    asks = found.rule is not None and found.rule.asks_declaration
    if asks and declared is not None:
        declare(person, found, declared)
    before = found.deadline_at
    _note_deadline(found)
    if _is_over_now(found) or is_over(found.deadline_at, clock.now(), grace=timedelta(0)):
        return _end(found, Ending.TIME_OVER)
    if not by_clock:
        if asks and declared is None:
            raise DeclarationMissing
        return _end(found, Ending.HANDED_IN, by_id=person.id)
    if found.deadline_at != before:
        remind(found)
    return found


@operation
def end_by_staff(actor: Person, attempt: QuizAttempt) -> QuizAttempt:
    """Staff end an attempt: what was saved is handed in."""
    found = locked(attempt.id)
    if found.submitted_at is None:
        _end(found, Ending.BY_STAFF, by_id=actor.id)
        audit.record(actor.id, "quiz_attempt.ended", "quiz_attempt", found.id)
    return found


@operation
def finish_if_over(attempt_id: uuid.UUID) -> bool:
    """Hand in what was saved when the attempt's time is over; whether it is handed in now.

    Its deadline is noted anew: something may have been granted, or dates were moved. A new job is
    made for a new one.
    """
    found = locked(attempt_id)
    if found.submitted_at is not None:
        return True
    before = found.deadline_at
    _note_deadline(found)
    if _is_over_now(found):
        _end(found, Ending.TIME_OVER)
        return True
    if found.deadline_at != before:
        remind(found)
    return False


def attempts_over() -> list[uuid.UUID]:
    """Live attempts whose time is over as far as is noted, or whose section is closed."""
    return list(
        db.session.scalars(
            select(QuizAttempt.id)
            .join(Section, Section.id == QuizAttempt.section_id)
            .where(
                QuizAttempt.submitted_at.is_(None),
                or_(QuizAttempt.deadline_at <= clock.now() - GRACE, Section.closed_at.is_not(None)),
            )
            .order_by(QuizAttempt.deadline_at)
            .limit(SWEEP_LIMIT)
        )
    )


@operation
def refresh_deadline(attempt: QuizAttempt) -> None:
    """Note anew when a live attempt is over: something was granted, or dates were moved."""
    found = locked(attempt.id)
    if found.submitted_at is None:
        before = found.deadline_at
        _note_deadline(found)
        if found.deadline_at != before:
            remind(found)


def remind(attempt: QuizAttempt) -> None:
    """Let a worker finish the attempt when its time is over; the job is part of this write."""
    db.session.flush()
    if attempt.deadline_at is None:
        return
    jobs.defer("quizzes.tasks.finish", at=attempt.deadline_at + GRACE, attempt_id=str(attempt.id))


def is_over_for(attempt: QuizAttempt) -> bool:
    """Whether nothing more is taken. ATTEMPT is held, and its deadline noted anew if it passed."""
    return attempt.submitted_at is not None or _is_over_now(attempt)


def _is_over_now(attempt: QuizAttempt) -> bool:
    if attempt.section.closed_at is not None:
        return True
    now = clock.now()
    if not is_over(attempt.deadline_at, now):
        return False
    _note_deadline(attempt)
    return is_over(attempt.deadline_at, now)


def _note_deadline(attempt: QuizAttempt) -> None:
    attempt.deadline_at = current_deadline(attempt)


def current_deadline(attempt: QuizAttempt) -> datetime | None:
    """When ATTEMPT is over by what holds now: the quiz it was drawn from and all she was given."""
    settings = Settings.of(queries.document_of(attempt.course_item))
    terms = queries.terms_in(attempt.section, [attempt.person_id])
    return deadline_of(
        attempt.started_at, terms.allowance(attempt.person_id, attempt.slug, settings)
    )


def _end(attempt: QuizAttempt, ending: Ending, by_id: uuid.UUID | None = None) -> QuizAttempt:
    now = clock.now()
    attempt.submitted_at = now
    if ending is Ending.TIME_OVER and attempt.deadline_at is not None:
        attempt.submitted_at = min(now, attempt.deadline_at)
    attempt.ending, attempt.ended_by_id = ending, by_id
    mark_by_key(attempt)
    db.session.flush()
    settle(attempt)
    publish(QuizHandedIn(attempt.id))
    return attempt


def mark_by_key(attempt: QuizAttempt) -> None:
    """Give every question of an attempt that ends the points that its key says."""
    responses = {
        answer.question_id: answer.response
        for answer in db.session.scalars(
            select(QuizAnswer).where(QuizAnswer.attempt_id == attempt.id)
        )
    }
    for question in attempt.questions:
        db.session.add(
            QuizMark(
                attempt_id=attempt.id,
                question_id=question["id"],
                points=points_by_key(question, responses.get(question["id"])),
                out_of=out_of(question),
                marker=Marker.KEY,
            )
        )
    db.session.flush()
    recount(attempt)


def out_of(question: Mapping[str, Any]) -> Decimal:
    return Decimal(str(question["points"])).quantize(STEP)


def points_by_key(question: dict[str, Any], response: Any) -> Decimal | None:
    """What an answer is worth by its key; None when a person decides. No answer is worth 0."""
    points = questions.mark(question, response).points
    if points is None:
        return None
    return min(max(points, Decimal(0)), out_of(question)).quantize(STEP, ROUND_HALF_UP)


def recount(attempt: QuizAttempt) -> None:
    """Add the marks that count up to what the attempt came to."""
    score, waiting = db.session.execute(
        select(
            func.coalesce(func.sum(QuizMark.points), Decimal(0)),
            func.count().filter(QuizMark.points.is_(None)),
        ).where(QuizMark.attempt_id == attempt.id, QuizMark.superseded_at.is_(None))
    ).one()
    attempt.score, attempt.waiting_count = score, waiting


def settle(attempt: QuizAttempt) -> None:
    """Tell learning what the attempts of this person and quiz come to now."""
    kept = queries.kept_of(attempt.section_id, attempt.person_id, attempt.slug)
    if kept is None:
        return
    settings = Settings.of(queries.current_document(attempt))
    shown = may_show_score(settings.show)
    # Whether she passed is what she is not to know while it is held: that is noted at the release.
    is_held = settings.pass_percent is not None and learning.is_held(
        attempt.section_id, queries.quiz_key(attempt.slug)
    )
    record_progress(
        attempt.section_id,
        attempt.person_id,
        ItemKind.QUIZ,
        attempt.slug,
        completed=not is_held and kept.passes(settings.pass_percent),
        # Every student sees the scores of her progress: one that is never shown stays out of it.
        score=float(kept.score) if shown else None,
        max_score=float(kept.max_score) if shown else None,
    )
