"""Organisations, their invitations and rosters."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts import policies
from app.accounts.models import Invitation, Membership, Organisation, Person, RosterEntry
from app.accounts.queries.people import listed
from app.accounts.rules import hash_token
from app.kernel.database import NOW, db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed


def organisations() -> Sequence[Organisation]:
    return db.session.scalars(
        select(Organisation).order_by(Organisation.kind, Organisation.slug)
    ).all()


def organisation_by_slug(slug: str) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.slug == slug))


def organisations_open_to(person: Person) -> Sequence[Organisation]:
    """The organisations whose people, invitations or roster PERSON looks after."""
    statement = select(Organisation).order_by(Organisation.kind, Organisation.slug)
    if not policies.is_operator(person):
        run = policies.organisations_run_by(person)
        if not run:
            return []
        statement = statement.where(Organisation.id.in_(run))
    return db.session.scalars(statement).all()


def organisation_open_to(person: Person, slug: str) -> Organisation:
    """One of those. Raises NotVisible."""
    organisation = organisation_by_slug(slug)
    if organisation is None or not (
        policies.is_operator(person) or organisation.id in policies.organisations_run_by(person)
    ):
        raise NotVisible
    return organisation


def invitations_of(organisation: Organisation, *, page: int | None = 1) -> Listed[Invitation]:
    """Newest first."""
    statement = (
        select(Invitation)
        .where(Invitation.organisation_id == organisation.id)
        .order_by(Invitation.created_at.desc(), Invitation.id)
    )
    return listed(statement, page)


def invitation_by_token(token: str) -> Invitation:
    """The invitation whose letter holds TOKEN. Raises NotVisible."""
    found = db.session.scalar(
        select(Invitation)
        .where(Invitation.token_hash == hash_token(token))
        .options(joinedload(Invitation.organisation))
    )
    if found is None:
        raise NotVisible
    return found


def open_invitations_for(person: Person) -> Sequence[Invitation]:
    """What somebody may accept without the letter, because the address is proven to be hers."""
    if person.email_verified_at is None:
        return []
    return db.session.scalars(_open_invitations(), {"email": person.email}).all()


def account_needs_something() -> ColumnElement[bool]:
    """Whether the account of ``person_id`` waits for her: a mail address to confirm, a school to
    show, or an invitation to answer."""
    her_id: Any = bindparam("person_id")
    member = exists().where(Membership.person_id == her_id, Membership.ended_at.is_(None))
    invited = exists().where(
        Invitation.email == Person.email,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > NOW,
    )
    return exists().where(
        Person.id == her_id, or_(Person.email_verified_at.is_(None), ~member, invited)
    )


@cache
def _open_invitations() -> Select[Invitation]:
    return (
        select(Invitation)
        .where(
            Invitation.email == bindparam("email"),
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > NOW,
        )
        .options(joinedload(Invitation.organisation))
        .order_by(Invitation.created_at)
    )


def roster_of(
    organisation: Organisation, *, search: str = "", state: str = "", page: int | None = 1
) -> Listed[RosterEntry]:
    """A school's roster by student number. STATE: ``claimed``, ``open`` or empty."""
    statement = select(RosterEntry).where(RosterEntry.organisation_id == organisation.id)
    if search:
        statement = statement.where(
            or_(
                RosterEntry.student_number.icontains(search, autoescape=True),
                RosterEntry.name.icontains(search, autoescape=True),
                RosterEntry.email.icontains(search, autoescape=True),
                RosterEntry.department.icontains(search, autoescape=True),
            )
        )
    if state == "claimed":
        statement = statement.where(RosterEntry.claimed_at.is_not(None))
    elif state == "open":
        statement = statement.where(RosterEntry.claimed_at.is_(None))
    return listed(statement.order_by(RosterEntry.student_number), page)


def roster_counts(organisation: Organisation) -> tuple[int, int]:
    """(lines, lines that somebody has claimed)."""
    row = db.session.execute(
        select(func.count(), func.count(RosterEntry.claimed_at)).where(
            RosterEntry.organisation_id == organisation.id
        )
    ).one()
    return row[0], row[1]


def schools_with_roster() -> Sequence[Organisation]:
    """Where a student number can be claimed."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.id.in_(select(RosterEntry.organisation_id)))
        .order_by(Organisation.slug)
    ).all()
