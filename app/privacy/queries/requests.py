"""What people asked for."""

import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Membership, Person
from app.accounts.rules import Role, hash_token
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page
from app.privacy.models import DataRequest
from app.privacy.rules import RequestKind

STATES = ("open", "done", "")


def requests_of(person: Person) -> Sequence[DataRequest]:
    """Everything that PERSON asked for, the newest first."""
    return db.session.scalars(
        select(DataRequest)
        .where(DataRequest.person_id == person.id)
        .order_by(DataRequest.asked_at.desc(), DataRequest.id.desc())
    ).all()


def own_request(person: Person, request_id: uuid.UUID) -> DataRequest:
    """A request of PERSON's own. Raises NotVisible."""
    found = db.session.scalar(
        select(DataRequest).where(DataRequest.id == request_id, DataRequest.person_id == person.id)
    )
    if found is None:
        raise NotVisible
    return found


def any_request(request_id: uuid.UUID) -> DataRequest:
    """Any request, for who answers them. Raises NotVisible."""
    found = db.session.get(DataRequest, request_id)
    if found is None:
        raise NotVisible
    return found


def request_by_token(token: str) -> DataRequest:
    """The request whose receipt is read at the link with TOKEN. Raises NotVisible."""
    found = db.session.scalar(
        select(DataRequest).where(DataRequest.token_digest == hash_token(token))
    )
    if found is None:
        raise NotVisible
    return found


def requests_to_answer(page: int | None, state: str = "open") -> Listed[DataRequest]:
    """Requests of everybody, what is due first. STATE: ``open``, ``done``, or empty for all."""
    statement = select(DataRequest)
    if state == "open":
        statement = statement.where(
            DataRequest.done_at.is_(None), DataRequest.cancelled_at.is_(None)
        )
    elif state == "done":
        statement = statement.where(DataRequest.done_at.is_not(None))
    statement, total, page = one_page(statement.order_by(DataRequest.due_at, DataRequest.id), page)
    rows = db.session.scalars(
        statement.options(
            joinedload(DataRequest.person),
            joinedload(DataRequest.recorded_by),
            joinedload(DataRequest.answered_by),
        )
    ).all()
    return Listed(rows, total, page)


def words_to_answer(limit: int = 8) -> Sequence[DataRequest]:
    """Open requests that a person of the office answers in words, what is due first."""
    return db.session.scalars(
        select(DataRequest)
        .where(_waits_for_words())
        .order_by(DataRequest.due_at)
        .limit(limit)
        .options(joinedload(DataRequest.person))
    ).all()


@cache
def words_are_waiting() -> ColumnElement[bool]:
    """Whether there is such a request and ``person_id`` is of the office, for her first page."""
    her_id: Any = bindparam("person_id")
    answers = exists().where(
        Membership.person_id == her_id,
        Membership.ended_at.is_(None),
        Membership.role.in_([Role.OFFICER, Role.OPERATOR]),
    )
    return exists().where(_waits_for_words(), answers)


def _waits_for_words() -> ColumnElement[bool]:
    return (
        DataRequest.done_at.is_(None)
        & DataRequest.cancelled_at.is_(None)
        & DataRequest.kind.in_([RequestKind.CORRECT, RequestKind.STOP])
    )
