"""Beginning attempts, and opening them again."""

import secrets
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from app import questions
from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation
from app.learning.models import Enrolment
from app.learning.operations import note_opened
from app.quizzes.models import Accommodation, QuizAnswer, QuizAttempt, QuizFile
from app.quizzes.operations.finishing import current_deadline, locked, remind
from app.quizzes.queries import QuizView, rule_of
from app.quizzes.rules import deadline_of, is_over


class QuizClosed(Refused):
    message = _l("This quiz is closed.")


class NoAttemptLeft(Refused):
    message = _l("You have no attempt left. Your instructor can give you another one.")


class NotAStudent(Refused):
    message = _l("Only students of this section take its quizzes.")


class StillAtWork(Refused):
    message = _l("The student is at work on another attempt: nothing was opened again.")


class NothingToReopen(Refused):
    message = _l("This attempt is not handed in, or it was opened again already.")


class ReasonMissing(Refused):
    message = _l("Please give a reason.")


@operation
def begin(quiz: QuizView) -> QuizAttempt:
    """Begin an attempt, or go on with the one that is open.

    Questions are drawn now and stay. Raises NotAStudent, QuizClosed, NoAttemptLeft, and ItemLocked
    while the quiz is not open to her.
    """
    if quiz.view.enrolment is None:
        raise NotAStudent
    # One at a time for each student: two windows that begin together see each other here.
    db.session.execute(
        select(Enrolment.id).where(Enrolment.id == quiz.view.enrolment.id).with_for_update()
    )
    attempts = list(
        db.session.scalars(
            select(QuizAttempt)
            .where(
                QuizAttempt.section_id == quiz.view.section.id,
                QuizAttempt.person_id == quiz.person.id,
                QuizAttempt.slug == quiz.item.slug,
            )
            .order_by(QuizAttempt.number)
            .execution_options(populate_existing=True)
        )
    )
    live = next((a for a in attempts if a.submitted_at is None), None)
    if live is not None:
        return live
    quiz.view.item(quiz.item.kind, quiz.item.slug)
    if quiz.is_closed:
        raise QuizClosed
    used = sum(1 for attempt in attempts if attempt.continues_id is None)
    if quiz.allowance.attempts_left(used) == 0:
        raise NoAttemptLeft
    now = clock.now()
    seed = secrets.token_hex(16)
    drawn = questions.draw(quiz.document, seed)
    rule = rule_of(quiz.view.section.id, quiz.item.slug)
    attempt = QuizAttempt(
        id=new_id(),
        section_id=quiz.view.section.id,
        person_id=quiz.person.id,
        slug=quiz.item.slug,
        course_item_id=quiz.item.id,
        number=max((a.number for a in attempts), default=0) + 1,
        rule_id=rule.id if rule is not None else None,
        seed=seed,
        questions=drawn,
        started_at=now,
        deadline_at=deadline_of(now, quiz.allowance),
        max_score=sum((Decimal(str(question["points"])) for question in drawn), Decimal(0)),
    )
    db.session.add(attempt)
    remind(attempt)
    note_opened(attempt.section_id, attempt.person_id, quiz.item.kind, quiz.item.slug)
    return attempt


@operation
def reopen(
    actor: Person,
    attempt: QuizAttempt,
    *,
    reason: str,
    closes_at: datetime | None = None,
) -> QuizAttempt:
    """Open a handed-in attempt again: a new one with its questions and answers takes its place.

    The old one stays on record and counts until the new one is handed in. Its time begins anew;
    CLOSES_AT is noted as an accommodation, for a quiz that has closed already. Raises
    ReasonMissing, NothingToReopen, StillAtWork, and QuizClosed when it would be over at once.
    """
    if not reason.strip():
        raise ReasonMissing
    found = locked(attempt.id)
    others = list(
        db.session.scalars(
            select(QuizAttempt).where(
                QuizAttempt.section_id == found.section_id,
                QuizAttempt.person_id == found.person_id,
                QuizAttempt.slug == found.slug,
            )
        )
    )
    if found.submitted_at is None or any(other.continues_id == found.id for other in others):
        raise NothingToReopen
    if any(other.submitted_at is None for other in others):
        raise StillAtWork
    if closes_at is not None:
        db.session.add(
            Accommodation(
                section_id=found.section_id,
                person_id=found.person_id,
                slug=found.slug,
                closes_at=closes_at,
                reason=reason.strip()[:500],
                granted_by_id=actor.id,
            )
        )
        db.session.flush()
    made = QuizAttempt(
        id=new_id(),
        section_id=found.section_id,
        person_id=found.person_id,
        slug=found.slug,
        course_item_id=found.course_item_id,
        number=max(other.number for other in others) + 1,
        rule_id=found.rule_id,
        seed=found.seed,
        questions=found.questions,
        continues_id=found.id,
        started_at=clock.now(),
        max_score=found.max_score,
    )
    db.session.add(made)
    db.session.flush()
    made.deadline_at = current_deadline(made)
    if found.section.closed_at is not None or is_over(made.deadline_at, clock.now()):
        raise QuizClosed(_l("The quiz has closed: give a later close as well."))
    _copy(found, made)
    remind(made)
    audit.record(
        actor.id, "quiz_attempt.reopened", "quiz_attempt", found.id, reason=reason.strip()[:500]
    )
    return made


def _copy(before: QuizAttempt, after: QuizAttempt) -> None:
    """The answers and files of an attempt go along into the one that continues it."""
    for kind, names in (
        (QuizAnswer, ("question_id", "response", "revision", "answered_at", "saved_at")),
        (QuizFile, ("question_id", "name", "blob", "size", "uploaded_at")),
    ):
        rows = db.session.scalars(select(kind).where(kind.attempt_id == before.id))
        db.session.add_all(
            kind(attempt_id=after.id, **{name: getattr(row, name) for name in names})
            for row in rows.all()
        )
