"""Saving answers, one by one, from several windows, over a connection that comes and goes."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app import questions
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.quizzes.models import QuizAnswer, QuizAttempt
from app.quizzes.operations.finishing import is_over_for, locked
from app.quizzes.rules import fingerprint


class AttemptOver(Refused):
    """Raised where an answer comes too late."""

    message = _l(
        "This attempt is over: the answer came too late and does not count. What was saved before "
        "was handed in."
    )


class NewerAnswer(Refused):
    """The same question was answered later in another window; that answer is kept."""

    message = _l("You answered this later in another window: that answer is kept.")

    def __init__(self, answer: QuizAnswer) -> None:
        self.answer = answer
        super().__init__()


@dataclass(frozen=True)
class Saved:
    """How an answer was saved."""

    answer: QuizAnswer
    revision: int
    """Of this saving; the answer's own may be a later one by the time that it is looked at."""
    replaced: bool
    """An answer of another window, which this one had not seen, gave way to it."""


@operation
def save_answer(
    attempt_id: uuid.UUID,
    question_id: str,
    response: Any,
    *,
    base: int | None = None,
    age: timedelta = timedelta(0),
) -> Saved:
    """Keep RESPONSE as the answer to a question of a live attempt.

    BASE is the revision that the window knew (0 for none, None for whatever there is); AGE is how
    long ago it was typed. Of two windows that do not know each other's answer, the one that was
    typed later wins. Raises AttemptOver, NewerAnswer, NotVisible for a question that was not drawn,
    and questions.BadResponse.
    """
    attempt = locked(attempt_id)
    question = question_of(attempt, question_id)
    if is_over_for(attempt):
        raise AttemptOver
    cleaned = questions.clean(question, response)
    now = clock.now()
    typed_at = min(now, max(attempt.started_at, now - max(age, timedelta(0))))
    answer = db.session.scalar(
        select(QuizAnswer)
        .where(QuizAnswer.attempt_id == attempt.id, QuizAnswer.question_id == question_id)
        .execution_options(populate_existing=True)
    )
    if answer is None:
        answer = QuizAnswer(
            attempt_id=attempt.id,
            question_id=question_id,
            response=cleaned,
            revision=1,
            answered_at=typed_at,
            saved_at=now,
        )
        db.session.add(answer)
        db.session.flush()
        return Saved(answer, answer.revision, replaced=False)
    unknown = base is not None and base != answer.revision
    if answer.response == cleaned:
        return Saved(answer, answer.revision, replaced=False)
    if unknown and typed_at < answer.answered_at:
        raise NewerAnswer(answer)
    answer.response, answer.revision = cleaned, answer.revision + 1
    answer.answered_at, answer.saved_at = typed_at, now
    db.session.flush()
    return Saved(answer, answer.revision, replaced=unknown)


def question_of(attempt: QuizAttempt, question_id: str) -> dict[str, Any]:
    """The drawn question, with its key. Raises NotVisible."""
    found = next((q for q in attempt.questions if q["id"] == question_id), None)
    if found is None:
        raise NotVisible(question_id)
    return found


@dataclass(frozen=True)
class Given:
    """What a form without script says of one question."""

    question_id: str
    response: Any
    base: int
    """The revision that the form was made with."""
    seen: str
    """The fingerprint of the answer that the form was made with."""


@dataclass(frozen=True)
class FormSaved:
    """What became of a form: question ids of answers that could not be taken, and why."""

    refused: dict[str, str]
    kept_newer: tuple[str, ...]


@operation
def save_form(attempt_id: uuid.UUID, given: list[Given]) -> FormSaved:
    """Keep what a whole form says. A question that the form did not change leaves alone what
    another window saved meanwhile. Raises AttemptOver when nothing is taken any more."""
    attempt = locked(attempt_id)
    if is_over_for(attempt):
        raise AttemptOver
    stored = {
        answer.question_id: answer
        for answer in db.session.scalars(
            select(QuizAnswer)
            .where(QuizAnswer.attempt_id == attempt.id)
            .execution_options(populate_existing=True)
        )
    }
    drawn = {question["id"]: question for question in attempt.questions}
    refused: dict[str, str] = {}
    kept: list[str] = []
    for one in given:
        question = drawn.get(one.question_id)
        if question is None:
            continue
        try:
            cleaned = questions.clean(question, one.response)
        except questions.BadResponse as error:
            refused[one.question_id] = str(error)
            continue
        answer = stored.get(one.question_id)
        if answer is None:
            if questions.is_answered(question, cleaned):
                save_answer(attempt_id, one.question_id, cleaned)
        elif fingerprint(cleaned) == one.seen:
            if answer.revision != one.base:
                kept.append(one.question_id)
        else:
            save_answer(attempt_id, one.question_id, cleaned)
    return FormSaved(refused, tuple(kept))
