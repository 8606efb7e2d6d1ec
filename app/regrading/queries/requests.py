"""Requests to look again: what can be asked about, what waits, what became of it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.grading import queries as grading
from app.grading.models import Submission
from app.grading.policies import is_of
from app.grading.rules import AttemptState
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page
from app.learning import queries as learning
from app.learning.models import Section
from app.learning.queries import SectionView
from app.quizzes import queries as quizzes
from app.quizzes.models import QuizAttempt
from app.regrading import policies
from app.regrading.models import RegradeRequest, RequestSettings
from app.regrading.rules import DEFAULT_TERMS, Obstacle, RequestState, Terms, obstacle

__all__ = [
    "RequestView", "Subject", "cell_of_mine", "counts_waiting", "my_requests", "obstacle_to",
    "open_requests", "question_of_mine", "request_of", "request_to_decide", "requests_about",
    "requests_in", "terms_of",
]  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """What somebody can ask about: a cell of a submission, or a question of an attempt."""

    person: Person
    section: Section
    item_key: str
    work: Submission | QuizAttempt
    notebook: str
    part: str
    points: Decimal
    out_of: Decimal
    published_at: datetime
    """When she could know the points."""


def cell_of_mine(person: Person, submission_id: uuid.UUID, notebook: str, grade_id: str) -> Subject:
    """A cell with points of a submission of PERSON's own. Raises NotVisible."""
    submission = grading.submission_visible_to(person, submission_id)
    attempt = submission.attempt
    cell = next(
        (
            cell
            for made in attempt.notebooks
            if made.name == notebook
            for cell in made.cells
            if cell.grade_id == grade_id
        ),
        None,
    )
    if not is_of(person, submission) or cell is None:
        raise NotVisible(grade_id)
    given = next(
        (
            row
            for row in submission.manual_scores
            if row.superseded_at is None and (row.notebook, row.grade_id) == (notebook, grade_id)
        ),
        None,
    )
    score = given.score if given is not None else cell.score
    given_at = given.graded_at if given is not None else attempt.finished_at
    if score is None or given_at is None or attempt.state is not AttemptState.GRADED:
        raise NotVisible(grade_id)
    key = f"lab:{submission.lab_slug}"
    return Subject(
        person,
        submission.section,
        key,
        submission,
        notebook,
        grade_id,
        Decimal(str(score)),
        Decimal(str(cell.max_score)),
        _known_since(person, submission.section, key, given_at),
    )


def question_of_mine(
    person: Person, code: str, slug: str, number: int, question_id: str
) -> Subject:
    """A marked question of an attempt of PERSON's own. Raises NotVisible."""
    found = quizzes.quiz_for(person, code, slug)
    attempt = quizzes.attempt_of(found, number)
    mark = quizzes.marks_of(attempt).get(question_id)
    if (
        attempt.person_id != person.id
        or attempt.submitted_at is None
        or mark is None
        or mark.points is None
        or not found.shows_score
    ):
        raise NotVisible(question_id)
    key = f"quiz:{slug}"
    return Subject(
        person,
        attempt.section,
        key,
        attempt,
        "",
        question_id,
        mark.points,
        mark.out_of,
        _known_since(person, attempt.section, key, mark.marked_at),
    )


def _known_since(person: Person, section: Section, key: str, given_at: datetime) -> datetime:
    """Since when PERSON may know points of KEY that were given at GIVEN_AT.

    Raises NotVisible when she does not take SECTION, or may not know them now.
    """
    if learning.enrolment_of(person, section) is None:
        raise NotVisible(key)
    release = learning.releases_of(section.id).get(key)
    if release is None:
        return given_at
    if release.released_at is None or release.is_held(clock.now()):
        raise NotVisible(key)
    return max(given_at, release.released_at)


def terms_of(section: Section) -> Terms:
    """What SECTION allows now."""
    row = db.session.scalar(select(RequestSettings).where(RequestSettings.section_id == section.id))
    if row is None:
        return DEFAULT_TERMS
    return Terms(row.days, row.most_open, row.closed_at is not None)


def obstacle_to(subject: Subject, now: datetime) -> Obstacle | None:
    """Why nothing can be asked about SUBJECT, or None."""
    count = db.session.scalar(
        select(func.count())
        .select_from(RegradeRequest)
        .where(
            RegradeRequest.section_id == subject.section.id,
            RegradeRequest.person_id == subject.person.id,
            _is_open(),
        )
    )
    return obstacle(
        terms_of(subject.section),
        published_at=subject.published_at,
        now=now,
        open_count=count or 0,
    )


def _is_open() -> ColumnElement[bool]:
    return RegradeRequest.decided_at.is_(None) & RegradeRequest.withdrawn_at.is_(None)


def _whole() -> Select[RegradeRequest]:
    return select(RegradeRequest).options(
        joinedload(RegradeRequest.person),
        joinedload(RegradeRequest.decided_by),
        joinedload(RegradeRequest.submission),
        joinedload(RegradeRequest.quiz_attempt),
    )


def open_requests(section: Section, item: str) -> list[RegradeRequest]:
    """What waits in SECTION about ITEM (``lab:SLUG`` or ``quiz:SLUG``), the oldest first, in one
    statement. That the reader may see it is for the caller to know: SECTION came through her."""
    return list(
        db.session.scalars(
            _whole()
            .where(
                RegradeRequest.section_id == section.id,
                RegradeRequest.item_key == item,
                _is_open(),
            )
            .order_by(RegradeRequest.asked_at, RegradeRequest.id)
        )
    )


def requests_in(
    view: SectionView, *, state: str = "open", item: str = "", page: int = 1
) -> Listed[RegradeRequest]:
    """Requests of a section, what waits longest first. STATE: a RequestState, or anything else for
    all of them."""
    statement = _whole().where(RegradeRequest.section_id == view.section.id)
    if item:
        statement = statement.where(RegradeRequest.item_key == item)
    if state == RequestState.OPEN:
        statement = statement.where(_is_open())
    elif state == RequestState.WITHDRAWN:
        statement = statement.where(RegradeRequest.withdrawn_at.is_not(None))
    elif state in (RequestState.ACCEPTED, RequestState.DECLINED):
        statement = statement.where(RegradeRequest.decision == state)
    order = RegradeRequest.asked_at
    statement = statement.order_by(
        order if state == RequestState.OPEN else order.desc(), RegradeRequest.id
    )
    chosen, total, page = one_page(statement, page)
    return Listed(db.session.scalars(chosen).all(), total, page)


def request_to_decide(person: Person, code: str, request_id: uuid.UUID) -> "RequestView":
    """A request in a section that PERSON teaches, with what came before it. Raises NotVisible."""
    view = learning.section_taught_by(person, code)
    found = db.session.scalar(_whole().where(RegradeRequest.id == request_id))
    if found is None or found.section_id != view.section.id:
        raise NotVisible(str(request_id))
    earlier = [row for row in requests_about([_work_of(found)]) if row.id != found.id]
    cell = (found.notebook, found.part)
    return RequestView(
        found,
        tuple(row for row in earlier if (row.notebook, row.part) == cell),
        policies.can_decide(person, found),
    )


@dataclass(frozen=True)
class RequestView:
    """A request as its grader reads it."""

    request: RegradeRequest
    earlier: tuple[RegradeRequest, ...]
    """Others about the same cell of the same work, the newest first."""
    may_decide: bool


def _work_of(request: RegradeRequest) -> uuid.UUID:
    found = request.submission_id or request.quiz_attempt_id
    assert found is not None
    return found


def requests_about(works: Collection[uuid.UUID]) -> list[RegradeRequest]:
    """Every request about submissions or attempts WORKS, the newest first, in one statement."""
    return list(
        db.session.scalars(
            _whole()
            .where(
                RegradeRequest.submission_id.in_(works) | RegradeRequest.quiz_attempt_id.in_(works)
            )
            .order_by(RegradeRequest.asked_at.desc(), RegradeRequest.id)
        )
    )


def request_of(person: Person, request_id: uuid.UUID) -> RegradeRequest:
    """A request of PERSON's own. Raises NotVisible."""
    found = db.session.scalar(_whole().where(RegradeRequest.id == request_id))
    if found is None or found.person_id != person.id:
        raise NotVisible(str(request_id))
    return found


def my_requests(
    person: Person, code: str, page: int = 1
) -> tuple[SectionView, Listed[RegradeRequest]]:
    """PERSON's requests in the section CODE, the newest first. Raises NotVisible."""
    view = learning.section_for(person, code)
    statement = (
        _whole()
        .where(RegradeRequest.section_id == view.section.id, RegradeRequest.person_id == person.id)
        .order_by(RegradeRequest.asked_at.desc(), RegradeRequest.id)
    )
    chosen, total, page = one_page(statement, page)
    return view, Listed(db.session.scalars(chosen).all(), total, page)


def counts_waiting(section_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many requests wait, by section; sections without any are left out."""
    rows = db.session.execute(
        select(RegradeRequest.section_id, func.count())
        .where(RegradeRequest.section_id.in_(section_ids), _is_open())
        .group_by(RegradeRequest.section_id)
        .order_by(func.min(RegradeRequest.asked_at))
    )
    return {section_id: count for section_id, count in rows}
