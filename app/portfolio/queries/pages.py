"""Her pages, and a page as somebody reaches it. Missing and hidden ones look the same."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Membership, Organisation, Person
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.portfolio import policies
from app.portfolio.models import (
    PortfolioBlock,
    PortfolioFile,
    PortfolioPage,
    PortfolioProfile,
    PortfolioShare,
)
from app.portfolio.rules import Audience
from app.privacy import queries as privacy
from app.privacy.rules import PORTFOLIO_TO_COMPANY

__all__ = [
    "Reached", "companies", "my_block", "my_file", "my_files", "my_page", "my_pages", "my_share",
    "page_at", "page_by_token", "profile_of", "public_pages_of", "shown_to",
]  # fmt: skip


@dataclass(frozen=True)
class Reached:
    """A page that somebody may read, and as whom she does."""

    page: PortfolioPage
    share: PortfolioShare

    @property
    def audience(self) -> Audience:
        return self.share.audience


def my_pages(person: Person) -> Sequence[PortfolioPage]:
    """Hers, oldest first, with whom each is shown to."""
    return db.session.scalars(
        select(PortfolioPage)
        .where(PortfolioPage.person_id == person.id)
        .order_by(PortfolioPage.made_at, PortfolioPage.id)
        .options(selectinload(PortfolioPage.shares).joinedload(PortfolioShare.organisation))
    ).all()


def my_page(person: Person, page_id: uuid.UUID) -> PortfolioPage:
    """A page of hers, whole. Raises NotVisible."""
    page = db.session.scalar(
        select(PortfolioPage)
        .where(PortfolioPage.id == page_id, PortfolioPage.person_id == person.id)
        .options(
            joinedload(PortfolioPage.person),
            selectinload(PortfolioPage.blocks),
            selectinload(PortfolioPage.shares).joinedload(PortfolioShare.organisation),
        )
    )
    if page is None:
        raise NotVisible(page_id)
    return page


def my_block(person: Person, page_id: uuid.UUID, block_id: uuid.UUID) -> PortfolioBlock:
    """A part of a page of hers. Raises NotVisible."""
    block = db.session.scalar(
        select(PortfolioBlock)
        .join(PortfolioBlock.page)
        .where(
            PortfolioBlock.id == block_id,
            PortfolioPage.id == page_id,
            PortfolioPage.person_id == person.id,
        )
        .options(contains_eager(PortfolioBlock.page))
    )
    if block is None:
        raise NotVisible(block_id)
    return block


def my_share(person: Person, page_id: uuid.UUID, share_id: uuid.UUID) -> PortfolioShare:
    """A way in which a page of hers is or was shown. Raises NotVisible."""
    share = db.session.scalar(
        select(PortfolioShare)
        .join(PortfolioShare.page)
        .where(
            PortfolioShare.id == share_id,
            PortfolioPage.id == page_id,
            PortfolioPage.person_id == person.id,
        )
    )
    if share is None:
        raise NotVisible(share_id)
    return share


def my_files(person: Person) -> Sequence[PortfolioFile]:
    """Hers, newest first."""
    return db.session.scalars(
        select(PortfolioFile)
        .where(PortfolioFile.person_id == person.id)
        .order_by(PortfolioFile.added_at.desc(), PortfolioFile.id)
    ).all()


def my_file(person: Person, file_id: uuid.UUID) -> PortfolioFile:
    """A file of hers. Raises NotVisible."""
    file = db.session.scalar(
        select(PortfolioFile).where(
            PortfolioFile.id == file_id, PortfolioFile.person_id == person.id
        )
    )
    if file is None:
        raise NotVisible(file_id)
    return file


def profile_of(person_id: uuid.UUID) -> PortfolioProfile | None:
    """What she says of herself on all pages; None while she has not said anything."""
    return db.session.scalar(
        select(PortfolioProfile)
        .where(PortfolioProfile.person_id == person_id)
        .options(joinedload(PortfolioProfile.picture))
    )


def companies() -> Sequence[Organisation]:
    """The verified companies, by slug: whom a page can be shown to by name."""
    rows = db.session.scalars(
        select(Organisation)
        .where(Organisation.kind == "company", Organisation.verified_at.is_not(None))
        .order_by(Organisation.slug)
    ).all()
    return [row for row in rows if policies.can_be_named(row)]


def page_by_token(token: str) -> Reached:
    """The page behind a link. Raises NotVisible."""
    share = db.session.scalar(
        _shared().where(PortfolioShare.audience == Audience.LINK, PortfolioShare.token == token)
    )
    if share is None:
        raise NotVisible(token)
    return Reached(share.page, share)


def page_at(reader: Person | None, handle: str, slug: str) -> Reached:
    """A page by its address, as READER may see it: as one of a named company, or as anybody.

    Raises NotVisible when there is none, or none for her.
    """
    shares = db.session.scalars(
        _shared()
        .where(
            Person.handle == handle,
            PortfolioPage.slug == slug,
            or_(PortfolioShare.audience == Audience.PUBLIC, _company_of(reader)),
        )
        .order_by(PortfolioShare.started_at.desc(), PortfolioShare.id)
    ).all()
    named = [share for share in shares if share.audience is Audience.COMPANY]
    share = next(
        (share for share in named if _consents(share)),
        next((share for share in shares if share.audience is Audience.PUBLIC), None),
    )
    if share is None:
        raise NotVisible(slug)
    return Reached(share.page, share)


def _consents(share: PortfolioShare) -> bool:
    return privacy.has_consented(
        share.page.person_id, PORTFOLIO_TO_COMPANY.name, share.organisation_id
    )


def public_pages_of(handle: str) -> list[Reached]:
    """The pages that everybody sees, oldest first. Raises NotVisible when there is none."""
    shares = db.session.scalars(
        _shared()
        .where(Person.handle == handle, PortfolioShare.audience == Audience.PUBLIC)
        .order_by(PortfolioPage.made_at, PortfolioPage.id)
    ).all()
    if not shares:
        raise NotVisible(handle)
    return [Reached(share.page, share) for share in shares]


def shown_to(reader: Person) -> list[Reached]:
    """The pages that READER's companies are shown by name, newest first."""
    shares = db.session.scalars(
        _shared()
        .where(_company_of(reader))
        .order_by(PortfolioShare.started_at.desc(), PortfolioShare.id)
    ).all()
    agreed = {
        organisation_id: privacy.consented_people(PORTFOLIO_TO_COMPANY.name, organisation_id)
        for organisation_id in {share.organisation_id for share in shares}
    }
    return [
        Reached(share.page, share)
        for share in shares
        if share.page.person_id in agreed[share.organisation_id]
    ]


def _shared() -> Select[PortfolioShare]:
    """Shares that hold now, of people who are here, with their pages whole."""
    now = clock.now()
    return (
        select(PortfolioShare)
        .join(PortfolioShare.page)
        .join(PortfolioPage.person)
        .where(
            PortfolioShare.ended_at.is_(None),
            or_(PortfolioShare.until.is_(None), PortfolioShare.until > now),
            Person.suspended_at.is_(None),
        )
        .options(
            contains_eager(PortfolioShare.page).contains_eager(PortfolioPage.person),
            contains_eager(PortfolioShare.page).selectinload(PortfolioPage.blocks),
            joinedload(PortfolioShare.organisation),
        )
    )


def _company_of(reader: Person | None) -> ColumnElement[bool]:
    """Shares for a verified company that READER is of."""
    if reader is None:
        return PortfolioShare.id.is_(None)
    return exists().where(
        PortfolioShare.audience == Audience.COMPANY,
        Organisation.id == PortfolioShare.organisation_id,
        Organisation.kind == "company",
        Organisation.verified_at.is_not(None),
        Membership.organisation_id == PortfolioShare.organisation_id,
        Membership.person_id == reader.id,
        Membership.ended_at.is_(None),
        Membership.role.in_(policies.COMPANY_ROLES),
    )
