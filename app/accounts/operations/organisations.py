"""Making organisations."""

import re
from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from app.accounts import queries
from app.accounts.events import OrganisationMade
from app.accounts.models import Organisation, OrganisationDomain
from app.accounts.rules import (
    ROLES_OF,
    OrganisationKind,
    Role,
    Standing,
    is_free_mail,
    is_tax_id,
)
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation

__all__ = ["OrganisationInvalid", "add_domain", "create_organisation"]


class OrganisationInvalid(Refused):
    """The words of the message say what is wrong with which value."""


@operation
def create_organisation(
    *,
    slug: str,
    kind: OrganisationKind,
    name: LocalizedText,
    tax_id: str | None = None,
    county: str | None = None,
    industry: str | None = None,
    domains: Sequence[tuple[str, Role]] = (),
) -> Organisation:
    """A new organisation, verified by whoever may call this, with mail DOMAINS that prove roles.

    Raises OrganisationInvalid.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 60:
        raise OrganisationInvalid(
            _l("A short name has small Latin letters, digits and single hyphens, at most 60.")
        )
    if queries.organisation_by_slug(slug) is not None:
        raise OrganisationInvalid(
            _l("There is already an organisation with the short name %(slug)s.", slug=slug)
        )
    if tax_id is not None and not is_tax_id(tax_id):
        raise OrganisationInvalid(
            _l("%(number)s is not a valid unified business number.", number=tax_id)
        )
    made = Organisation(
        slug=slug,
        kind=kind,
        name=name,
        tax_id=tax_id,
        county=county,
        industry=industry,
        standing=Standing.APPROVED,
        verified_at=clock.now(),
    )
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError:
        raise OrganisationInvalid(
            _l("There is already an organisation with this short name or number.")
        ) from None
    audit.record(None, "created organisation", "organisation", made.id, slug=slug)
    publish(OrganisationMade(made.id))
    for domain, role in domains:
        add_domain(made, domain, role)
    return made


@operation
def add_domain(organisation: Organisation, domain: str, role: Role) -> OrganisationDomain:
    """Let verified mail of DOMAIN prove ROLE in ORGANISATION. Raises OrganisationInvalid."""
    domain = domain.strip().lower().removeprefix("@")
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain):
        raise OrganisationInvalid(_l("%(domain)s is not a mail domain.", domain=domain))
    if is_free_mail(domain):
        raise OrganisationInvalid(
            _l("Anybody can have an address of %(domain)s: it proves nothing.", domain=domain)
        )
    if role not in ROLES_OF[OrganisationKind(organisation.kind)]:
        raise OrganisationInvalid(_l("This kind of organisation does not have that role."))
    made = OrganisationDomain(organisation_id=organisation.id, domain=domain, role=role)
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError:
        raise OrganisationInvalid(
            _l("%(domain)s already belongs to an organisation.", domain=domain)
        ) from None
    return made
