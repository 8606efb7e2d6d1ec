"""Companies, associations and agencies: where their approval stands, who acts for them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts import policies
from app.accounts.models import (
    CompanyContact,
    CompanyDocument,
    CompanyStep,
    Membership,
    Organisation,
    OrganisationDomain,
    Person,
)
from app.accounts.queries.organisations import organisation_by_slug
from app.accounts.rules import (
    ACTING_ROLES,
    APPLICANT_KINDS,
    MailProof,
    OrganisationKind,
    Standing,
    is_free_mail,
)
from app.kernel.database import db
from app.kernel.errors import NotVisible

__all__ = [
    "CompanyStanding",
    "ContactProof",
    "companies_of",
    "company_at",
    "company_of",
    "company_standing",
    "contact_of",
    "document_of",
    "documents_of",
    "proof_of",
    "public_company",
    "steps_of",
]


@dataclass(frozen=True)
class CompanyStanding:
    """Where an organisation stands now, since when and why."""

    standing: Standing
    since: datetime
    reason: str
    by: Person | None


def company_standing(organisation_id: uuid.UUID) -> CompanyStanding:
    """The present standing. Organisations made by operators have one without steps.

    Raises NotVisible when there is no such organisation.
    """
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotVisible(str(organisation_id))
    last = db.session.scalar(
        select(CompanyStep)
        .where(CompanyStep.organisation_id == organisation_id)
        .options(joinedload(CompanyStep.by))
        .order_by(CompanyStep.number.desc())
        .limit(1)
    )
    standing = Standing(organisation.standing)
    if last is None:
        return CompanyStanding(
            standing, organisation.verified_at or organisation.created_at, "", None
        )
    return CompanyStanding(standing, last.at, last.reason, last.by)


def steps_of(organisation: Organisation) -> Sequence[CompanyStep]:
    """Its whole history, newest first."""
    return db.session.scalars(
        select(CompanyStep)
        .where(CompanyStep.organisation_id == organisation.id)
        .options(joinedload(CompanyStep.by))
        .order_by(CompanyStep.number.desc())
    ).all()


def companies_of(person: Person) -> Sequence[Organisation]:
    """The organisations that PERSON acts for, in whatever standing, the oldest membership first."""
    return list(
        dict.fromkeys(
            db.session.scalars(
                select(Organisation)
                .join(Membership, Membership.organisation_id == Organisation.id)
                .where(
                    Membership.person_id == person.id,
                    Membership.ended_at.is_(None),
                    Membership.role.in_(ACTING_ROLES),
                    Organisation.kind.in_(APPLICANT_KINDS),
                )
                .order_by(Membership.started_at, Membership.id)
            )
        )
    )


def company_of(person: Person, slug: str) -> Organisation:
    """One of those, by its short name: its desk. Raises NotVisible."""
    found = organisation_by_slug(slug)
    if found is None or not policies.acts_for(person, found):
        raise NotVisible(slug)
    return found


def company_at(slug: str) -> Organisation:
    """For officers: any organisation that could have signed up. Raises NotVisible."""
    found = organisation_by_slug(slug)
    if found is None or found.kind not in APPLICANT_KINDS:
        raise NotVisible(slug)
    return found


def public_company(slug: str) -> Organisation:
    """What everybody may look at: approved, and no school. Raises NotVisible."""
    found = organisation_by_slug(slug)
    if (
        found is None
        or found.kind == OrganisationKind.SCHOOL
        or found.standing != Standing.APPROVED
    ):
        raise NotVisible(slug)
    return found


@dataclass(frozen=True)
class ContactProof:
    """What the present contact's address proves. ``domain`` is as mail servers write it."""

    state: MailProof
    domain: str | None = None
    contact: CompanyContact | None = None

    @property
    def is_proven(self) -> bool:
        return self.state is MailProof.PROVEN


def contact_of(organisation: Organisation) -> CompanyContact | None:
    """The address that was given last."""
    return db.session.scalar(
        select(CompanyContact)
        .where(CompanyContact.organisation_id == organisation.id)
        .order_by(CompanyContact.made_at.desc(), CompanyContact.id.desc())
        .limit(1)
    )


def proof_of(organisation: Organisation) -> ContactProof:
    """What stands behind the contact's address now."""
    contact = contact_of(organisation)
    if contact is None:
        return ContactProof(MailProof.NONE)
    if is_free_mail(contact.domain):
        return ContactProof(MailProof.FREE, contact.domain, contact)
    holder = db.session.scalar(
        select(OrganisationDomain.organisation_id).where(
            OrganisationDomain.domain == contact.domain
        )
    )
    if holder is not None and holder != organisation.id:
        return ContactProof(MailProof.TAKEN, contact.domain, contact)
    state = MailProof.SENT if contact.proven_at is None else MailProof.PROVEN
    return ContactProof(state, contact.domain, contact)


def documents_of(organisation: Organisation) -> Sequence[CompanyDocument]:
    """The files that lie before the officer, oldest first."""
    return db.session.scalars(
        select(CompanyDocument)
        .where(
            CompanyDocument.organisation_id == organisation.id,
            CompanyDocument.removed_at.is_(None),
        )
        .order_by(CompanyDocument.uploaded_at, CompanyDocument.id)
    ).all()


def document_of(organisation: Organisation, document_id: uuid.UUID) -> CompanyDocument:
    """One of those. Raises NotVisible."""
    found = db.session.get(CompanyDocument, document_id)
    if found is None or found.organisation_id != organisation.id or found.removed_at is not None:
        raise NotVisible(str(document_id))
    return found
