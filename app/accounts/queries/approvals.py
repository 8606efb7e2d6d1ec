"""Lists of organisations: the public directory, the officers' queue and what to look at there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import (
    CompanyContact,
    CompanyDocument,
    CompanyStep,
    Organisation,
    OrganisationDomain,
    Person,
)
from app.accounts.queries.companies import proof_of
from app.accounts.queries.people import listed
from app.accounts.rules import APPLICANT_KINDS, Standing, ascii_domain, is_free_mail, looks_like
from app.kernel.database import db
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.paging import Listed, one_page

__all__ = [
    "QueueRow",
    "approvals",
    "counts_by_standing",
    "directory",
    "doubts_about",
    "how_many_wait",
]

CHINESE = Organisation.name["zh-Hant-TW"].astext
ENGLISH = Organisation.name["en"].astext


def _named(search: str) -> ColumnElement[bool]:
    return or_(
        CHINESE.icontains(search, autoescape=True),
        ENGLISH.icontains(search, autoescape=True),
        Organisation.slug.icontains(search, autoescape=True),
        Organisation.tax_id == search,
    )


def directory(
    *, search: str = "", kind: str = "", industry: str = "", county: str = "", page: int | None = 1
) -> Listed[Organisation]:
    """Approved organisations that are no schools, by their Chinese name."""
    statement = select(Organisation).where(
        Organisation.standing == Standing.APPROVED, Organisation.kind.in_(APPLICANT_KINDS)
    )
    if search:
        statement = statement.where(_named(search))
    for column, wanted in (
        (Organisation.kind, kind),
        (Organisation.industry, industry),
        (Organisation.county, county),
    ):
        if wanted:
            statement = statement.where(column == wanted)
    return listed(
        statement.order_by(func.coalesce(CHINESE, ENGLISH), Organisation.slug),
        page,
    )


@dataclass(frozen=True)
class QueueRow:
    """One organisation in the officers' queue, with what happened last and who is its contact."""

    organisation: Organisation
    at: datetime
    contact: Person | None
    domain: str | None
    is_proven: bool
    document_count: int


def approvals(
    *, standing: str = "", search: str = "", kind: str = "", page: int | None = 1
) -> Listed[QueueRow]:
    """Whoever can sign up. Those that wait come first, the longest waiting on top; then the others,
    the latest change on top. Two statements, however many rows."""
    last, contact = aliased(CompanyStep), aliased(CompanyContact)
    at = func.coalesce(last.at, Organisation.created_at)
    newest_step = (
        select(func.max(CompanyStep.number))
        .where(CompanyStep.organisation_id == Organisation.id)
        .correlate(Organisation)
        .scalar_subquery()
    )
    newest_contact = (
        select(CompanyContact.id)
        .where(CompanyContact.organisation_id == Organisation.id)
        .correlate(Organisation)
        .order_by(CompanyContact.made_at.desc(), CompanyContact.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    documents = (
        select(func.count())
        .where(
            CompanyDocument.organisation_id == Organisation.id,
            CompanyDocument.removed_at.is_(None),
        )
        .correlate(Organisation)
        .scalar_subquery()
    )
    waits = Organisation.standing == Standing.WAITING
    statement = (
        select(
            Organisation,
            at.label("at"),
            Person,
            contact.domain,
            contact.proven_at,
            documents.label("document_count"),
        )
        .select_from(Organisation)
        .outerjoin(last, and_(last.organisation_id == Organisation.id, last.number == newest_step))
        .outerjoin(contact, contact.id == newest_contact)
        .outerjoin(Person, Person.id == contact.person_id)
        .where(Organisation.kind.in_(APPLICANT_KINDS))
        .order_by(waits.desc(), case((waits, at), else_=None), at.desc(), Organisation.slug)
    )
    if standing:
        statement = statement.where(Organisation.standing == standing)
    if kind:
        statement = statement.where(Organisation.kind == kind)
    if search:
        statement = statement.where(_named(search))
    chosen, total, page = one_page(statement, page)
    rows = [
        QueueRow(
            organisation,
            when,
            person,
            domain,
            proven_at is not None and not is_free_mail(domain),
            count,
        )
        for organisation, when, person, domain, proven_at, count in db.session.execute(chosen)
    ]
    return Listed(rows, total, page)


def how_many_wait() -> int:
    """How many organisations wait for an officer."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Organisation.standing == Standing.WAITING, Organisation.kind.in_(APPLICANT_KINDS)
            )
        )
        or 0
    )


def counts_by_standing() -> dict[Standing, int]:
    """How many organisations are in each standing; none is left out."""
    rows = db.session.execute(
        select(Organisation.standing, func.count())
        .where(Organisation.kind.in_(APPLICANT_KINDS))
        .group_by(Organisation.standing)
    )
    found = {standing: count for standing, count in rows}
    return {standing: found.get(standing, 0) for standing in Standing}


def doubts_about(organisation: Organisation) -> Sequence[LazyText]:
    """What an officer should look at before she decides: each a fact of the database."""
    return [*_doubts_about_number(organisation), *_doubts_about_mail(organisation)]


def _doubts_about_number(organisation: Organisation) -> Sequence[LazyText]:
    found = []
    if organisation.tax_id is None:
        found.append(_l("It has no unified business number."))
    others = db.session.scalars(
        select(Organisation).where(
            Organisation.id != organisation.id,
            or_(
                and_(Organisation.tax_id.is_not(None), Organisation.tax_id == organisation.tax_id),
                Organisation.name["zh-Hant-TW"].astext == organisation.name.get("zh-Hant-TW", ""),
                func.lower(ENGLISH) == organisation.name.get("en", "").lower(),
            ),
        )
    )
    for other in others:
        if other.tax_id == organisation.tax_id and other.tax_id is not None:
            found.append(_l("%(slug)s has the same unified business number.", slug=other.slug))
        else:
            found.append(_l("%(slug)s has the same name.", slug=other.slug))
    return found


def _doubts_about_mail(organisation: Organisation) -> Sequence[LazyText]:
    domain = proof_of(organisation).domain
    if domain is None:
        return []
    found = []
    if "xn--" in domain:
        found.append(
            _l(
                "The mail’s domain has other letters than Latin ones: %(shown)s is %(domain)s.",
                shown=domain.encode().decode("idna"),
                domain=domain,
            )
        )
    for known in db.session.scalars(
        select(OrganisationDomain.domain).where(
            OrganisationDomain.organisation_id != organisation.id
        )
    ):
        if looks_like(domain, known):
            found.append(_l("%(domain)s could be taken for %(known)s.", domain=domain, known=known))
    host = ascii_domain(urlsplit(organisation.website or "").hostname or "")
    if host is not None and not is_free_mail(domain) and not _same_house(host, domain):
        found.append(
            _l("Its website is at %(host)s, its mail at %(domain)s.", host=host, domain=domain)
        )
    return found


def _same_house(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}") or domain.endswith(f".{host}")
