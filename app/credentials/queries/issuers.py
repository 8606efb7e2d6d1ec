"""Issuers, their keys and lists, and what they have issued."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, Text, cast, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Organisation, Person
from app.accounts.policies import is_officer, is_operator
from app.accounts.rules import OrganisationKind, Role
from app.credentials import policies
from app.credentials.models import (
    Achievement,
    Award,
    Credential,
    CredentialSite,
    Issuer,
    IssuerKey,
    StatusList,
)
from app.credentials.rules import AchievementKind, State
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page

__all__ = [
    "all_issuers", "fixed_address", "issued_by", "issuer_by_slug", "issuer_managed_by", "issuer_of",
    "issuers_for", "key_of", "revoked_places",
    "school_by_slug", "status_list_of",
]  # fmt: skip


def fixed_address() -> str | None:
    """The address that stands in credentials; None before the first was issued."""
    return db.session.scalar(select(CredentialSite.address))


def issuer_of(organisation_id: uuid.UUID | None) -> Issuer | None:
    return db.session.scalar(
        select(Issuer).where(
            Issuer.organisation_id.is_(None)
            if organisation_id is None
            else Issuer.organisation_id == organisation_id
        )
    )


def issuer_by_slug(slug: str) -> Issuer | None:
    """With its keys and its organisation."""
    return db.session.scalar(
        select(Issuer)
        .where(Issuer.slug == slug)
        .options(joinedload(Issuer.organisation), selectinload(Issuer.keys))
    )


def all_issuers() -> Sequence[Issuer]:
    """With their keys, for the machine itself."""
    return db.session.scalars(
        select(Issuer).order_by(Issuer.slug).options(selectinload(Issuer.keys))
    ).all()


def school_by_slug(slug: str) -> Organisation | None:
    return db.session.scalar(
        select(Organisation).where(
            Organisation.slug == slug, Organisation.kind == OrganisationKind.SCHOOL
        )
    )


def issuer_managed_by(person: Person, slug: str) -> Issuer:
    """Raises NotVisible."""
    found = issuer_by_slug(slug)
    if found is None or not policies.can_manage(person, found):
        raise NotVisible(slug)
    return found


def issuers_for(person: Person) -> tuple[Sequence[Issuer], Sequence[Organisation]]:
    """The issuers that PERSON manages, and the schools she manages that have not issued yet."""
    everywhere = is_officer(person) or is_operator(person)
    schools = person.organisations_as(Role.DEPARTMENT_OFFICE)
    statement = (
        select(Issuer)
        .order_by(Issuer.organisation_id.is_not(None), Issuer.slug)
        .options(joinedload(Issuer.organisation), selectinload(Issuer.keys))
    )
    without = select(Organisation).where(
        Organisation.kind == OrganisationKind.SCHOOL,
        Organisation.id.not_in(
            select(Issuer.organisation_id).where(Issuer.organisation_id.is_not(None))
        ),
    )
    if not everywhere:
        statement = statement.where(Issuer.organisation_id.in_(schools))
        without = without.where(Organisation.id.in_(schools))
    return (
        db.session.scalars(statement).all(),
        db.session.scalars(without.order_by(Organisation.slug)).all(),
    )


def key_of(issuer: Issuer, number: int) -> IssuerKey:
    """Raises NotVisible."""
    found = next((row for row in issuer.keys if row.number == number), None)
    if found is None:
        raise NotVisible(f"{issuer.slug}#{number}")
    return found


def status_list_of(issuer: Issuer, number: int) -> StatusList | None:
    return db.session.scalar(
        select(StatusList).where(StatusList.issuer_id == issuer.id, StatusList.number == number)
    )


def revoked_places(status_list_id: uuid.UUID) -> set[int]:
    return set(
        db.session.scalars(
            select(Credential.status_index).where(
                Credential.status_list_id == status_list_id, Credential.revoked_at.is_not(None)
            )
        )
    )


def _in_state(statement: Select[Award], state: State) -> Select[Award]:
    if state is State.DECLINED:
        return statement.where(Award.withdrawn_for == "declined")
    if state is State.REVOKED:
        return statement.where(Award.withdrawn_for != "declined")
    live = statement.where(Award.withdrawn_at.is_(None))
    if state is State.WAITING:
        return live.where(Award.issued_number < Award.wanted_number)
    return live.where(Award.issued_number == Award.wanted_number)


def issued_by(
    issuer: Issuer,
    page: int | None,
    *,
    search: str = "",
    kind: AchievementKind | None = None,
    state: State | None = None,
) -> Listed[Award]:
    """What ISSUER has awarded, newest first; found by the holder's name or the title. Three
    statements, whatever the number."""
    statement = select(Award).where(Award.issuer_id == issuer.id)
    if kind is not None:
        statement = statement.where(Award.kind == kind)
    if state is not None:
        statement = _in_state(statement, state)
    if search:
        like = f"%{search.replace('%', '').replace('_', '')}%"
        statement = (
            statement.join(Person, Person.id == Award.person_id, isouter=True)
            .join(Achievement, Achievement.id == Award.achievement_id)
            .where(
                or_(
                    Person.name.ilike(like),
                    cast(Achievement.title, Text).ilike(like),
                )
            )
        )
    statement, total, page = one_page(
        statement.order_by(Award.awarded_at.desc(), Award.id.desc()), page
    )
    rows = db.session.scalars(
        statement.options(
            joinedload(Award.achievement), joinedload(Award.person), selectinload(Award.credentials)
        )
    ).all()
    return Listed(rows, total, page)
