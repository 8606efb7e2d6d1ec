"""A company in good standing, and one that is not any more."""

import uuid

from app.accounts.models import Membership, Organisation, Person
from app.accounts.queries import organisation_by_slug
from app.accounts.rules import Proof, Role
from app.accounts.rules.companies import Standing
from app.kernel import clock
from app.kernel.database import db


def approved(person: Person, slug: str) -> Organisation:
    """The company SLUG is approved, and PERSON represents it."""
    organisation = organisation_by_slug(slug)
    assert organisation is not None
    organisation.standing, organisation.verified_at = Standing.APPROVED, clock.now()
    if not {Role.OWNER, Role.HR, Role.REPRESENTATIVE} & person.roles_in(organisation.id):
        db.session.add(
            Membership(
                person_id=person.id,
                organisation_id=organisation.id,
                role=Role.REPRESENTATIVE,
                proven_by=Proof.INVITATION,
            )
        )
    db.session.commit()
    return organisation


def suspend(organisation_id: uuid.UUID) -> None:
    organisation = db.session.get_one(Organisation, organisation_id)
    organisation.standing, organisation.verified_at = Standing.SUSPENDED, None
    db.session.commit()
