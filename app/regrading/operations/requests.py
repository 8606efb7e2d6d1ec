"""Asking to look again, taking it back, answering it."""

from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.grading import operations as grading
from app.grading.models import Submission
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation
from app.learning.models import Section
from app.quizzes import operations as quizzes
from app.quizzes.models import QuizAttempt
from app.regrading import policies, queries
from app.regrading.events import RequestDecided, RequestMade
from app.regrading.models import RegradeRequest, RequestSettings
from app.regrading.queries import Subject
from app.regrading.rules import MOST_CHARACTERS, Decision, Obstacle, Terms

__all__ = [
    "AlreadyAnswered", "AlreadyAsked", "CannotAsk", "PointsNeeded", "WordsNeeded", "ask",
    "decide_request", "set_terms", "withdraw",
]  # fmt: skip


class WordsNeeded(Refused):
    """Something has to be written, and not too much of it."""


class CannotAsk(Refused):
    """The section does not take requests, not any more, or no more of hers."""


class AlreadyAsked(Refused):
    message = _l("You have asked about this already; your request waits for an answer.")


class AlreadyAnswered(Refused):
    message = _l("This request has been answered or taken back already. Nothing was changed.")


class PointsNeeded(Refused):
    message = _l("Give the new points.")


OBSTACLES = {
    Obstacle.CLOSED: _l("This course takes no requests to look again."),
    Obstacle.OVER: _l("The time to ask about these points is over."),
    Obstacle.ENOUGH: _l("So many of your requests wait already: wait for an answer first."),
}


@operation
def ask(person: Person, subject: Subject, reason: str) -> RegradeRequest:
    """Ask for SUBJECT to be looked at again. Raises WordsNeeded, CannotAsk, AlreadyAsked.

    That the work is PERSON's is for the caller to know: it was loaded through her.
    """
    reason = _plain(reason)
    if not reason:
        raise WordsNeeded(_l("Say what you think is not right: the graders need to know."))
    # One request of hers at a time, so that the limit holds.
    lock = f"requests:{subject.section.id}:{person.id}"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(lock, 0))))
    found = queries.obstacle_to(subject, clock.now())
    if found is not None:
        raise CannotAsk(OBSTACLES[found])
    is_lab = isinstance(subject.work, Submission)
    request_id = db.session.scalar(
        insert(RegradeRequest)
        .values(
            id=new_id(),
            section_id=subject.section.id,
            person_id=person.id,
            item_key=subject.item_key,
            submission_id=subject.work.id if is_lab else None,
            quiz_attempt_id=None if is_lab else subject.work.id,
            notebook=subject.notebook,
            part=subject.part,
            reason=reason,
            points=subject.points,
            out_of=subject.out_of,
            asked_at=clock.now(),
            words="",
        )
        .on_conflict_do_nothing()
        .returning(RegradeRequest.id)
    )
    if request_id is None:
        raise AlreadyAsked
    audit.record(person.id, "regrade_request.made", "regrade_request", request_id)
    publish(RequestMade(request_id))
    return db.session.get_one(RegradeRequest, request_id)


@operation
def withdraw(person: Person, request: RegradeRequest) -> None:
    """Take a request back. Raises AlreadyAnswered. REQUEST was loaded through PERSON."""
    found = _held(request)
    found.withdrawn_at = clock.now()
    audit.record(person.id, "regrade_request.withdrawn", "regrade_request", found.id)


@operation
def decide_request(
    grader: Person,
    request: RegradeRequest,
    decision: Decision,
    *,
    points: Decimal | None = None,
    words: str = "",
) -> None:
    """Answer a request: give other POINTS, or say in WORDS why they stay.

    The points are given as any others are (``give_score``, ``give_mark``), with WORDS as comment.
    Raises AlreadyAnswered, PointsNeeded, WordsNeeded, and what giving points raises. That GRADER
    may decide is for the caller to know: the request was loaded through her.
    """
    words = _plain(words)
    if decision is Decision.DECLINED and not words:
        raise WordsNeeded(_l("Say why the points stay: the student reads it."))
    found = _held(request)
    if decision is Decision.ACCEPTED:
        if points is None:
            raise PointsNeeded
        _give(grader, found, points, words)
        found.new_points = points
    found.decision, found.words = decision, words
    found.decided_by_id, found.decided_at = grader.id, clock.now()
    db.session.flush()
    audit.record(
        grader.id,
        f"regrade_request.{decision.value}",
        "regrade_request",
        found.id,
        before=str(found.points),
        after=None if points is None else str(points),
    )
    publish(RequestDecided(found.id))


def _give(grader: Person, request: RegradeRequest, points: Decimal, words: str) -> None:
    if request.submission is not None:
        cell = grading.CellRef(request.notebook, request.part)
        grading.give_score(grader, request.submission, cell, float(points), words)
        return
    attempt: QuizAttempt | None = request.quiz_attempt
    assert attempt is not None
    quizzes.give_mark(grader, attempt, request.part, points, words)


def _held(request: RegradeRequest) -> RegradeRequest:
    """REQUEST as it is now, locked. Raises AlreadyAnswered."""
    found = db.session.scalars(
        select(RegradeRequest)
        .where(RegradeRequest.id == request.id)
        .with_for_update(of=RegradeRequest)
        .execution_options(populate_existing=True)
    ).one()
    if not policies.is_open(found):
        raise AlreadyAnswered
    return found


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(text) > MOST_CHARACTERS:
        raise WordsNeeded(_l("Use at most 2,000 characters."))
    return text


@operation
def set_terms(person: Person, section: Section, terms: Terms) -> None:
    """Say how long and how much students of SECTION may ask. PERSON may, as the caller knows."""
    now = clock.now()
    before = queries.terms_of(section)
    values = {
        "days": terms.days,
        "most_open": terms.most_open,
        "changed_at": now,
        "changed_by_id": person.id,
    }
    if before.is_closed != terms.is_closed:
        values["closed_at"] = now if terms.is_closed else None
        values["closed_by_id"] = person.id if terms.is_closed else None
    db.session.execute(
        insert(RequestSettings)
        .values(id=new_id(), section_id=section.id, **values)
        .on_conflict_do_update(index_elements=["section_id"], set_=values)
    )
    audit.record(
        person.id,
        "regrade_requests.terms",
        "section",
        section.id,
        days=terms.days,
        most_open=terms.most_open,
        is_closed=terms.is_closed,
    )
