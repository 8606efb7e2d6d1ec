"""Pages and how she is called on them."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.portfolio import rules
from app.portfolio.models import (
    PortfolioBlock,
    PortfolioFile,
    PortfolioPage,
    PortfolioProfile,
    PortfolioShare,
)
from app.portfolio.rules import Link, SeenBy

__all__ = [
    "PageWords",
    "ProfileWords",
    "Stale",
    "TooMany",
    "change_page",
    "change_profile",
    "create_page",
    "delete_page",
    "expect",
    "lock",
]


class Stale(Refused):
    message = _l(
        "This was changed in another window since you opened it. Load the page again; what you"
        " typed here is not saved yet."
    )


class TooMany(Refused):
    """There is room for a certain number of a thing, and it is taken."""

    def __init__(self, message: LazyText) -> None:
        super().__init__(message)


@dataclass(frozen=True)
class PageWords:
    title: LocalizedText
    lede: LocalizedText | None = None
    contact: SeenBy = SeenBy.COMPANIES
    picture: SeenBy = SeenBy.EVERYBODY


@dataclass(frozen=True)
class ProfileWords:
    name: LocalizedText
    headline: LocalizedText | None = None
    place: LocalizedText | None = None
    email: str | None = None
    links: tuple[Link, ...] = ()
    picture: PortfolioFile | None = None


def expect(found: int, expected: int | None) -> None:
    """Raise Stale when what is EXPECTED is not what was FOUND; None expects nothing."""
    if expected is not None and expected != found:
        raise Stale


@operation
def create_page(person: Person, words: PageWords) -> PortfolioPage:
    """An empty page that nobody but PERSON sees. Raises TooMany."""
    # One at a time for a person: the count and the address are hers alone.
    db.session.scalar(select(Person.id).where(Person.id == person.id).with_for_update())
    taken = set(
        db.session.scalars(select(PortfolioPage.slug).where(PortfolioPage.person_id == person.id))
    )
    if len(taken) >= rules.MOST_PAGES:
        raise TooMany(
            _l("A portfolio has at most %(most)s pages. Delete one first.", most=rules.MOST_PAGES)
        )
    page = PortfolioPage(
        person_id=person.id,
        slug=rules.slug_from(words.title.in_language("en"), taken),
        title=words.title,
        lede=words.lede,
        contact=words.contact,
        picture=words.picture,
    )
    db.session.add(page)
    db.session.flush()
    audit.record(person.id, "portfolio.created", "portfolio_page", page.id)
    return page


@operation
def change_page(page: PortfolioPage, words: PageWords, *, revision: int | None = None) -> int:
    """Other words on PAGE; its address stays. The new revision. Raises Stale."""
    lock(page)
    expect(page.revision, revision)
    page.title, page.lede = words.title, words.lede
    page.contact, page.picture = words.contact, words.picture
    page.revision += 1
    page.changed_at = clock.now()
    return page.revision


@operation
def delete_page(person: Person, page: PortfolioPage) -> None:
    """PAGE with its parts and everything by which others saw it. Files stay hers."""
    audit.record(person.id, "portfolio.deleted", "portfolio_page", page.id)
    db.session.delete(page)


@operation
def change_profile(person: Person, words: ProfileWords, *, revision: int | None = None) -> int:
    """How she is called on all her pages. The new revision. Raises Stale."""
    db.session.scalar(select(Person.id).where(Person.id == person.id).with_for_update())
    profile = db.session.scalar(
        select(PortfolioProfile).where(PortfolioProfile.person_id == person.id)
    )
    if profile is None:
        expect(0, revision)
        profile = PortfolioProfile(person_id=person.id, revision=0)
        db.session.add(profile)
    else:
        expect(profile.revision, revision)
    profile.name, profile.headline, profile.place = words.name, words.headline, words.place
    profile.email = words.email
    profile.links = [{"label": link.label, "url": link.url} for link in words.links]
    profile.picture_id = words.picture.id if words.picture else None
    profile.revision += 1
    profile.changed_at = clock.now()
    db.session.flush()
    return profile.revision


def lock(row: PortfolioPage | PortfolioBlock | PortfolioShare) -> None:
    """Let nobody else change ROW until the end of the transaction, and know what it says now."""
    kind = type(row)
    db.session.execute(select(kind.id).where(kind.id == row.id).with_for_update())
    db.session.refresh(row, [column.name for column in kind.__table__.columns])
