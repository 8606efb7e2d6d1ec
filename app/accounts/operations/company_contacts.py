"""The mail address whose domain speaks for an organisation: given, proven by a link."""

import uuid
from datetime import timedelta

from sqlalchemy import select

from app.accounts import policies, queries
from app.accounts.models import CompanyContact, Organisation, Person
from app.accounts.operations import links
from app.accounts.operations.organisations import OrganisationInvalid
from app.accounts.operations.throttling import Limit, take
from app.accounts.rules import ascii_domain, mail_domain, normalise_email
from app.kernel import audit, clock, mail
from app.kernel.config import Config
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.i18n import speaking
from app.kernel.transaction import operation

__all__ = ["prove_contact", "send_proof"]

PROOF_MAILS = Limit("company:mail", count=5, seconds=3600)
PROOF_MAILS_BY_PERSON = Limit("company:mails-of-person", count=10, seconds=24 * 3600)
PROOF_LASTS = timedelta(hours=48)
PURPOSE = "company-contact"


def send_proof(config: Config, person: Person, organisation: Organisation, email: str) -> None:
    """Give a contact's address for an organisation, or mail its link again.

    Raises OrganisationInvalid or TooManyTries.
    """
    email = normalise_email(email)
    if ascii_domain(mail_domain(email)) is None:
        raise OrganisationInvalid(_l("%(domain)s is not a mail domain.", domain=mail_domain(email)))
    take((PROOF_MAILS, email), (PROOF_MAILS_BY_PERSON, str(person.id)))
    _change_contact(config, person, organisation, email)


@operation
def _change_contact(config: Config, person: Person, organisation: Organisation, email: str) -> None:
    lock(organisation)
    contact = queries.contact_of(organisation)
    if contact is not None and contact.email == email and contact.person_id == person.id:
        if contact.proven_at is None:
            mail_link(config, person, organisation, contact)
        return
    made = set_contact(person, organisation, email)
    if made.proven_at is None:
        mail_link(config, person, organisation, made)
    audit.record(person.id, "changed contact", "organisation", organisation.id)


@operation
def prove_contact(config: Config, person: Person, token: str) -> Organisation:
    """PERSON, signed in, opened the link: the address is hers, and its domain is proven.

    The link is worth nothing to others: whoever gave the address has to open it, and still belong
    to the organisation. Raises LinkInvalid or LinkExpired.
    """
    data = links.unseal(config, PURPOSE, token)
    contact = db.session.scalar(
        select(CompanyContact)
        .where(CompanyContact.id == uuid.UUID(data["contact"]))
        .with_for_update()
    )
    if contact is None or contact.person_id != person.id:
        raise links.LinkInvalid
    organisation = contact.organisation
    if not policies.acts_for(person, organisation):
        raise links.LinkInvalid
    if contact.proven_at is None:
        contact.proven_at = clock.now()
        audit.record(
            person.id, "proved contact", "organisation", organisation.id, domain=contact.domain
        )
    return organisation


def lock(organisation: Organisation) -> None:
    """Wait for whoever decides on it or changes its owners, and see what came of it."""
    db.session.scalar(
        select(Organisation)
        .where(Organisation.id == organisation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def set_contact(person: Person, organisation: Organisation, email: str) -> CompanyContact:
    """The address that counts from now on. Her own proven address needs no second mail."""
    domain = ascii_domain(mail_domain(email))
    assert domain is not None
    is_hers = person.email_verified_at is not None and person.email == email
    contact = CompanyContact(
        organisation_id=organisation.id,
        person_id=person.id,
        email=email,
        domain=domain,
        made_at=clock.now(),
        proven_at=clock.now() if is_hers else None,
    )
    db.session.add(contact)
    db.session.flush()
    return contact


def mail_link(
    config: Config, person: Person, organisation: Organisation, contact: CompanyContact
) -> None:
    token = links.seal(config, PURPOSE, {"contact": str(contact.id)}, lasting=PROOF_LASTS)
    with speaking(person.locale):
        mail.send(
            to=contact.email,
            subject=_("Confirm the mail address of your organisation"),
            text=_(
                "%(person)s gave this address at Banyan as the contact of %(organisation)s.\n\n"
                "Open this link within 48 hours, signed in as %(person)s, to show that the address "
                "is yours:\n%(url)s\n\n"
                "If it was not you, ignore this mail: without the link nothing happens.",
                person=person.name,
                organisation=str(organisation.name),
                url=f"{config.site_url}/company/contact/{token}",
            ),
        )
