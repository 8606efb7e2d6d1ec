"""To whom a page is shown, and taking it back."""

import secrets
import uuid
from datetime import date, datetime

from sqlalchemy import select

from app.accounts.models import Organisation, Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.portfolio import policies, rules
from app.portfolio.models import PortfolioPage, PortfolioShare
from app.portfolio.operations.pages import TooMany, lock
from app.portfolio.rules import Audience
from app.privacy import operations as privacy
from app.privacy import queries as consents
from app.privacy.rules import PORTFOLIO_TO_COMPANY

__all__ = [
    "AlreadyOver", "ConsentMissing", "end_share", "end_shares_to", "give_link", "publish",
    "show_to_company",
]  # fmt: skip

TOKEN_BYTES = 24


class AlreadyOver(Refused):
    message = _l("That day is over already. Choose today or a later day.")


class ConsentMissing(Refused):
    message = _l("A company sees nothing of you without your consent. Read the notice and tick it.")


@operation
def give_link(
    person: Person, page: PortfolioPage, *, label: str = "", until: date | None = None
) -> PortfolioShare:
    """A new link of its own: who has it sees PAGE, until it is taken back.

    Raises AlreadyOver, TooMany.
    """
    return _share(
        person,
        page,
        PortfolioShare(
            audience=Audience.LINK,
            token=secrets.token_urlsafe(TOKEN_BYTES),
            label=label,
            until=_until(until),
        ),
    )


@operation
def publish(
    person: Person, page: PortfolioPage, *, is_indexed: bool = False, until: date | None = None
) -> PortfolioShare:
    """Everybody sees PAGE; search engines list it where she wants that. Publishing it again
    replaces what was said before. Raises AlreadyOver."""
    for share in _live(page, Audience.PUBLIC):
        _end(person.id, share)
    db.session.flush()
    return _share(
        person,
        page,
        PortfolioShare(audience=Audience.PUBLIC, is_indexed=is_indexed, until=_until(until)),
    )


@operation
def show_to_company(
    person: Person,
    page: PortfolioPage,
    organisation: Organisation,
    *,
    consents_now: bool = False,
    until: date | None = None,
) -> PortfolioShare:
    """The people of a verified company see PAGE, as long as PERSON consents to that company.

    CONSENTS_NOW: she has just agreed to the notice. Naming a company again replaces the last day.
    Raises AlreadyOver, ConsentMissing, TooMany, NotVisible.
    """
    if not policies.can_be_named(organisation):
        raise NotVisible(organisation.slug)
    if consents_now:
        privacy.consent(person, PORTFOLIO_TO_COMPANY.name, organisation.id)
    elif not consents.has_consented(person.id, PORTFOLIO_TO_COMPANY.name, organisation.id):
        raise ConsentMissing
    for share in _live(page, Audience.COMPANY):
        if share.organisation_id == organisation.id:
            _end(person.id, share)
    db.session.flush()
    return _share(
        person,
        page,
        PortfolioShare(
            audience=Audience.COMPANY, organisation_id=organisation.id, until=_until(until)
        ),
    )


@operation
def end_share(person: Person, share: PortfolioShare) -> None:
    """From the next request on nobody sees the page by SHARE. Ending it twice changes nothing."""
    lock(share)
    if share.ended_at is None:
        _end(person.id, share)


@operation
def end_shares_to(person_id: uuid.UUID, organisation_id: uuid.UUID) -> None:
    """She withdrew her consent to a company: consenting again later does not bring pages back."""
    for share in db.session.scalars(
        select(PortfolioShare)
        .join(PortfolioShare.page)
        .where(
            PortfolioPage.person_id == person_id,
            PortfolioShare.organisation_id == organisation_id,
            PortfolioShare.ended_at.is_(None),
        )
    ):
        _end(person_id, share)


def _end(person_id: uuid.UUID, share: PortfolioShare) -> None:
    share.ended_at = clock.now()
    audit.record(
        person_id,
        "portfolio.taken-back",
        "portfolio_page",
        share.page_id,
        share=str(share.id),
    )


def _share(person: Person, page: PortfolioPage, share: PortfolioShare) -> PortfolioShare:
    db.session.execute(
        select(PortfolioPage.id).where(PortfolioPage.id == page.id).with_for_update()
    )
    if len(_live(page)) >= rules.MOST_SHARES:
        raise TooMany(
            _l(
                "A page is shown in at most %(most)s ways at a time. Take one back first.",
                most=rules.MOST_SHARES,
            )
        )
    share.page_id = page.id
    db.session.add(share)
    db.session.flush()
    db.session.expire(page, ["shares"])
    audit.record(
        person.id, "portfolio.shown", "portfolio_page", page.id, audience=share.audience.value
    )
    return share


def _live(page: PortfolioPage, audience: Audience | None = None) -> list[PortfolioShare]:
    """Shares that nobody has ended; also those whose last day is over."""
    asked = select(PortfolioShare).where(
        PortfolioShare.page_id == page.id, PortfolioShare.ended_at.is_(None)
    )
    if audience is not None:
        asked = asked.where(PortfolioShare.audience == audience)
    return list(db.session.scalars(asked))


def _until(day: date | None) -> datetime | None:
    if day is None:
        return None
    if day < clock.now().astimezone(clock.TAIPEI).date():
        raise AlreadyOver
    return rules.end_of_day(day)
