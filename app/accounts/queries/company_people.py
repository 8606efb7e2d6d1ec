"""Who acts for an organisation, and who asks to."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import JoinRequest, Membership, Organisation, Person
from app.accounts.rules import ACTING_ROLES, COMPANY_ROLES, Role
from app.kernel.database import db
from app.kernel.errors import NotVisible

__all__ = [
    "acts_for_somebody",
    "membership_at",
    "open_requests_to",
    "owners_of",
    "people_acting_for",
    "request_counts",
    "request_of",
    "request_to",
]


def people_acting_for(organisation: Organisation) -> Sequence[Membership]:
    """Everybody of it with their roles, owners first."""
    rows = db.session.scalars(
        select(Membership)
        .where(
            Membership.organisation_id == organisation.id,
            Membership.ended_at.is_(None),
            Membership.role.in_(COMPANY_ROLES),
        )
        .options(joinedload(Membership.person))
    ).all()
    return sorted(rows, key=lambda m: (COMPANY_ROLES.index(m.role), m.started_at, m.id))


def membership_at(organisation: Organisation, membership_id: uuid.UUID) -> Membership:
    """A live membership of it in a company's role. Raises NotVisible."""
    found = db.session.get(Membership, membership_id)
    if (
        found is None
        or found.organisation_id != organisation.id
        or found.ended_at is not None
        or found.role not in COMPANY_ROLES
    ):
        raise NotVisible(str(membership_id))
    return found


def open_requests_to(organisation: Organisation) -> Sequence[JoinRequest]:
    """Who asks to be let in, the longest waiting first."""
    return db.session.scalars(
        select(JoinRequest)
        .where(JoinRequest.organisation_id == organisation.id, JoinRequest.answered_at.is_(None))
        .options(joinedload(JoinRequest.person))
        .order_by(JoinRequest.made_at)
    ).all()


def request_to(organisation: Organisation, request_id: uuid.UUID) -> JoinRequest:
    """One that was made to it. Raises NotVisible."""
    found = db.session.get(JoinRequest, request_id)
    if found is None or found.organisation_id != organisation.id:
        raise NotVisible(str(request_id))
    return found


def request_of(person: Person, organisation: Organisation) -> JoinRequest | None:
    """Her own open request to it."""
    return db.session.scalar(
        select(JoinRequest).where(
            JoinRequest.organisation_id == organisation.id,
            JoinRequest.person_id == person.id,
            JoinRequest.answered_at.is_(None),
        )
    )


def request_counts(person: Person) -> dict[uuid.UUID, int]:
    """How many ask to join each organisation that PERSON owns; those with none are left out."""
    rows = db.session.execute(
        select(JoinRequest.organisation_id, func.count())
        .where(
            JoinRequest.organisation_id.in_(person.organisations_as(Role.OWNER)),
            JoinRequest.answered_at.is_(None),
        )
        .group_by(JoinRequest.organisation_id)
    )
    return {organisation_id: count for organisation_id, count in rows}


def owners_of(organisation_id: uuid.UUID) -> Sequence[Person]:
    """Whom to tell about it."""
    return db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == Role.OWNER,
            Membership.ended_at.is_(None),
        )
        .order_by(Person.id)
    ).all()


def _holds(roles: Sequence[Role]) -> ColumnElement[bool]:
    """Whether ``person_id`` has one of ROLES now."""
    her_id: Any = bindparam("person_id")
    return exists().where(
        Membership.person_id == her_id, Membership.ended_at.is_(None), Membership.role.in_(roles)
    )


def acts_for_somebody() -> ColumnElement[bool]:
    """Whether ``person_id`` acts for an organisation."""
    return _holds(ACTING_ROLES)
