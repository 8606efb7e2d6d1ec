"""An organisation signs up: applying, proving the domain of its mail, applying again."""

import re
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.accounts import policies, queries
from app.accounts.events import CompanyApplied, OrganisationMade
from app.accounts.models import CompanyContact, CompanyStep, Membership, Organisation, Person
from app.accounts.operations.company_contacts import lock, mail_link, set_contact
from app.accounts.operations.memberships import add_membership
from app.accounts.operations.organisations import OrganisationInvalid
from app.accounts.operations.throttling import Limit, take
from app.accounts.rules import (
    APPLICANT_KINDS,
    OrganisationKind,
    Proof,
    Role,
    Standing,
    Step,
    after,
    ascii_domain,
    is_tax_id,
    mail_domain,
    normalise_email,
    normalise_name,
    slug_stem,
)
from app.kernel import audit, clock
from app.kernel.config import Config
from app.kernel.counties import COUNTIES
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.industries import INDUSTRIES
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation

__all__ = [
    "AlreadyApplied",
    "Application",
    "ConfirmFirst",
    "StepNotPossible",
    "TaxIdTaken",
    "apply_again",
    "apply_for",
    "note_application",
]

APPLICATIONS = Limit("company:person", count=5, seconds=24 * 3600)
RESERVED_SLUGS = frozenset({"apply", "approvals", "contact", "new", "mine"})


@dataclass(frozen=True)
class Application:
    """What somebody says of the organisation that she signs up."""

    kind: OrganisationKind
    chinese: str
    english: str
    tax_id: str | None
    county: str | None
    industry: str | None
    website: str | None
    contact_email: str


class AlreadyApplied(Refused):
    """``organisation``: hers, with the same number, which waits already."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        super().__init__(
            _l("You have applied with this unified business number already; nothing was added.")
        )


class TaxIdTaken(Refused):
    """``organisation``: which holds the number."""

    def __init__(self, organisation: Organisation | None = None) -> None:
        self.organisation = organisation
        super().__init__(
            _l(
                "An approved organisation has this unified business number. "
                "If it is yours, ask its owner to let you join."
            )
        )


class ConfirmFirst(Refused):
    message = _l("Confirm your own mail address first: open the link in the mail we sent you.")


class StepNotPossible(Refused):
    message = _l("Somebody has decided meanwhile. Look at the page as it is now.")


def apply_for(config: Config, person: Person, said: Application) -> Organisation:
    """Sign an organisation up; PERSON is its first owner, and it waits for an officer.

    Raises ConfirmFirst, OrganisationInvalid, TaxIdTaken, AlreadyApplied or TooManyTries.
    """
    if not policies.can_be_applied_for(person):
        raise ConfirmFirst
    said = _checked(said)
    take((APPLICATIONS, str(person.id)))
    return _apply(config, person, said)


@operation
def _apply(config: Config, person: Person, said: Application) -> Organisation:
    # Whoever presses the button twice waits here, and then finds the first application.
    db.session.scalar(select(Person.id).where(Person.id == person.id).with_for_update())
    _require_free_number(person, said.tax_id)
    made = Organisation(slug=_free_slug(said), standing=Standing.WAITING, **_columns(said))
    db.session.add(made)
    db.session.flush()
    publish(OrganisationMade(made.id))
    add_membership(person, made.id, Role.OWNER, Proof.APPLICATION)
    contact = note_application(person, made, said.contact_email)
    if contact.proven_at is None:
        mail_link(config, person, made, contact)
    return made


@operation
def note_application(person: Person, organisation: Organisation, email: str) -> CompanyContact:
    """The first line of its history, and the address that was given."""
    contact = set_contact(person, organisation, email)
    note_step(organisation, Step.APPLIED, person, said=_facts(organisation, contact))
    audit.record(
        person.id,
        "applied for organisation",
        "organisation",
        organisation.id,
        slug=organisation.slug,
    )
    publish(CompanyApplied(organisation.id, person.id))
    return contact


@operation
def apply_again(
    config: Config, person: Person, organisation: Organisation, said: Application
) -> None:
    """Change what was applied with, after it came back or was refused; it waits anew.

    Raises OrganisationInvalid, StepNotPossible, TaxIdTaken.
    """
    said = _checked(said)
    lock(organisation)
    if after(Standing(organisation.standing), Step.APPLIED) is None:
        raise StepNotPossible
    _require_free_number(person, said.tax_id, besides=organisation.id)
    for name, value in _columns(said).items():
        setattr(organisation, name, value)
    organisation.standing = Standing.WAITING
    contact = queries.contact_of(organisation)
    if contact is None or contact.email != normalise_email(said.contact_email):
        contact = set_contact(person, organisation, said.contact_email)
        if contact.proven_at is None:
            mail_link(config, person, organisation, contact)
    note_step(organisation, Step.APPLIED, person, said=_facts(organisation, contact))
    audit.record(person.id, "applied again", "organisation", organisation.id)
    publish(CompanyApplied(organisation.id, person.id))


def _checked(said: Application) -> Application:
    """SAID in one spelling. Raises OrganisationInvalid."""
    if said.kind not in APPLICANT_KINDS:
        raise OrganisationInvalid(_l("Schools are entered by operators. Please write to them."))
    if said.tax_id is None and said.kind == OrganisationKind.COMPANY:
        raise OrganisationInvalid(_l("A company has a unified business number of eight digits."))
    if said.tax_id is not None and not is_tax_id(said.tax_id):
        raise OrganisationInvalid(
            _l("%(number)s is not a valid unified business number.", number=said.tax_id)
        )
    if said.county is not None and said.county not in COUNTIES:
        raise OrganisationInvalid(_l("Choose a county of the list."))
    if said.industry is not None and said.industry not in INDUSTRIES:
        raise OrganisationInvalid(_l("Choose an industry of the list."))
    if said.website is not None and not is_web_address(said.website):
        raise OrganisationInvalid(
            _l("A website's address begins with https:// or http:// and names a host.")
        )
    chinese, english = normalise_name(said.chinese), normalise_name(said.english)
    if not chinese and not english:
        raise OrganisationInvalid(_l("An organisation needs a name."))
    if ascii_domain(mail_domain(said.contact_email)) is None:
        raise OrganisationInvalid(
            _l("%(domain)s is not a mail domain.", domain=mail_domain(said.contact_email))
        )
    return Application(
        said.kind,
        chinese,
        english,
        said.tax_id,
        said.county,
        said.industry,
        said.website,
        normalise_email(said.contact_email),
    )


def is_web_address(text: str) -> bool:
    """An address of the web that may stand in a link: no script, no spaces, no user's name."""
    return len(text) <= 300 and bool(
        re.fullmatch(
            r"https?://[^\s/@:?#\"'<>\\]+\.[^\s/@:?#\"'<>\\]+(:\d+)?([/?#][^\s\"'<>\\]*)?", text
        )
    )


def _columns(said: Application) -> dict[str, Any]:
    return {
        "kind": said.kind,
        "name": LocalizedText({"zh-Hant-TW": said.chinese, "en": said.english}),
        "tax_id": said.tax_id,
        "county": said.county,
        "industry": said.industry,
        "website": said.website,
    }


def _require_free_number(
    person: Person, tax_id: str | None, *, besides: uuid.UUID | None = None
) -> None:
    """Of approved organisations one has a number. Of applications several may, so that nobody
    keeps the true holder out by applying first; but each person once."""
    if tax_id is None:
        return
    for found in db.session.scalars(
        select(Organisation).where(Organisation.tax_id == tax_id, Organisation.id != besides)
        if besides
        else select(Organisation).where(Organisation.tax_id == tax_id)
    ):
        if found.standing in (Standing.APPROVED, Standing.SUSPENDED):
            raise TaxIdTaken(found)
        if _owns(person, found):
            raise AlreadyApplied(found)


def _owns(person: Person, organisation: Organisation) -> bool:
    return bool(
        db.session.scalar(
            select(func.count()).where(
                Membership.person_id == person.id,
                Membership.organisation_id == organisation.id,
                Membership.role == Role.OWNER,
                Membership.ended_at.is_(None),
            )
        )
    )


def _free_slug(said: Application) -> str:
    stem = slug_stem(said.english, said.tax_id)
    taken = set(
        db.session.scalars(
            select(Organisation.slug).where(Organisation.slug.startswith(stem, autoescape=True))
        )
    )
    taken |= RESERVED_SLUGS
    if stem not in taken:
        return stem
    return next(slug for n in range(2, 10_000) if (slug := f"{stem}-{n}") not in taken)


def _facts(organisation: Organisation, contact: CompanyContact) -> dict[str, Any]:
    """What was applied with, for the history. No address: only its domain."""
    return {
        "name": dict(organisation.name),
        "kind": str(organisation.kind),
        "tax_id": organisation.tax_id,
        "county": organisation.county,
        "industry": organisation.industry,
        "website": organisation.website,
        "domain": contact.domain,
    }


def note_step(
    organisation: Organisation,
    step: Step,
    by: Person | None,
    *,
    reason: str = "",
    said: dict[str, Any] | None = None,
) -> CompanyStep:
    """The next line of its history. The caller holds the lock on the organisation."""
    last = db.session.scalar(
        select(func.max(CompanyStep.number)).where(CompanyStep.organisation_id == organisation.id)
    )
    made = CompanyStep(
        organisation_id=organisation.id,
        number=(last or 0) + 1,
        step=step,
        reason=reason,
        by_id=by.id if by else None,
        at=clock.now(),
        said=said or {},
    )
    db.session.add(made)
    db.session.flush()
    return made
