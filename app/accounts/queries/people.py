"""Who there is."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts import policies
from app.accounts.models import Membership, Organisation, Person
from app.accounts.rules import Role, normalise_email
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page


def listed(
    statement: Select[Any],
    page: int | None,
    values: Mapping[str, Any] | None = None,
    count: Any = None,
) -> Listed[Any]:
    """Page PAGE (from 1) of STATEMENT's rows, with VALUES for what it names; None: all of them.

    COUNT: see ``one_page``.
    """
    chosen, total, page = one_page(statement, page, values=values, count=count)
    return Listed(db.session.scalars(chosen, values).unique().all(), total, page)


def person_by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == normalise_email(email)))


def person_by_handle(handle: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.handle == handle))


def some_operator_exists() -> bool:
    """Whether anybody who is not of the demo can operate this installation."""
    statement = exists().where(
        Membership.role == Role.OPERATOR,
        Membership.ended_at.is_(None),
        Membership.person_id == Person.id,
        Person.is_demo.is_(False),
    )
    return bool(db.session.scalar(select(statement)))


def live_memberships_of(person: Person) -> Sequence[Membership]:
    """Her memberships now, with their organisations."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.person_id == person.id, Membership.ended_at.is_(None))
        .options(joinedload(Membership.organisation))
        .order_by(Membership.started_at)
    ).all()


def named_like(search: str) -> list[ColumnElement[bool]]:
    """What is true of people in whose name, handle or mail address SEARCH stands; for ``or_``."""
    columns = (Person.name, Person.handle, Person.email)
    return [column.icontains(search, autoescape=True) for column in columns]


PEOPLE_SORTS = {
    "name": Person.name,
    "email": Person.email,
    "handle": Person.handle,
    "since": Person.created_at,
}


def people(
    *,
    search: str = "",
    state: str = "",
    sort: str = "name",
    descending: bool = False,
    page: int | None = 1,
) -> Listed[Person]:
    """Everybody, for those who may see that. STATE: ``suspended``, ``unverified`` or empty."""
    statement = (
        select(Person)
        .where(Person.erased_at.is_(None))
        .options(selectinload(Person.memberships).joinedload(Membership.organisation))
    )
    if search:
        statement = statement.where(or_(*named_like(search)))
    if state == "suspended":
        statement = statement.where(Person.suspended_at.is_not(None))
    elif state == "unverified":
        statement = statement.where(Person.email_verified_at.is_(None))
    column = PEOPLE_SORTS.get(sort, Person.name)
    order = column.desc() if descending else column.asc()
    return listed(statement.order_by(order, Person.id), page)


def person_visible_to(viewer: Person, person_id: uuid.UUID) -> Person:
    """Somebody's page for those who look after people. Raises NotVisible."""
    if not (policies.is_operator(viewer) or policies.is_officer(viewer)):
        raise NotVisible
    person = db.session.get(
        Person,
        person_id,
        options=[selectinload(Person.memberships).joinedload(Membership.organisation)],
    )
    if person is None:
        raise NotVisible
    return person


MEMBER_SORTS: dict[str, Any] = {
    "name": Person.name,
    "email": Person.email,
    "role": Membership.role,
    "student_number": Membership.student_number,
    "since": Membership.started_at,
}


def people_of(
    organisation: Organisation,
    *,
    search: str = "",
    role: str = "",
    sort: str = "name",
    descending: bool = False,
    page: int | None = 1,
) -> Listed[Membership]:
    """An organisation's live memberships with their people."""
    statement = (
        select(Membership)
        .join(Membership.person)
        .options(contains_eager(Membership.person))
        .where(Membership.organisation_id == organisation.id, Membership.ended_at.is_(None))
    )
    if search:
        statement = statement.where(
            or_(
                Person.name.icontains(search, autoescape=True),
                Person.email.icontains(search, autoescape=True),
                Membership.student_number.icontains(search, autoescape=True),
                Membership.department.icontains(search, autoescape=True),
            )
        )
    if role:
        statement = statement.where(Membership.role == role)
    column = MEMBER_SORTS.get(sort, Person.name)
    order = column.desc() if descending else column.asc()
    return listed(statement.order_by(order.nulls_last(), Membership.id), page)
