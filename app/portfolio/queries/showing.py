"""A page as its readers see it: made anew at every request, from what holds at that moment."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.portfolio import rules
from app.portfolio.models import PortfolioBlock, PortfolioFile, PortfolioPage, PortfolioProfile
from app.portfolio.queries.facts import Facts, facts_of
from app.portfolio.queries.pages import profile_of
from app.portfolio.rules import CHOOSING, Audience, BlockKind, Link

__all__ = ["Item", "Shown", "ShownBlock", "ShownFile", "ShownProfile", "show", "visible_file"]


@dataclass(frozen=True)
class Item:
    """A thing that she chose, with what of it she shows."""

    fact: Any
    shows: frozenset[str]


@dataclass(frozen=True)
class ShownFile:
    file: PortfolioFile
    words: str


@dataclass(frozen=True)
class ShownBlock:
    id: uuid.UUID
    kind: BlockKind
    heading: LocalizedText | None
    body: LocalizedText | None
    items: tuple[Item, ...]
    links: tuple[Link, ...]
    files: tuple[ShownFile, ...]
    role: str
    begun: str
    ended: str

    @property
    def is_empty(self) -> bool:
        return not (self.body or self.items or self.links or self.files)


@dataclass(frozen=True)
class ShownProfile:
    """How she is called to these readers. ``email`` and ``place`` are None where hidden."""

    name: LocalizedText
    headline: LocalizedText | None
    place: LocalizedText | None
    email: str | None
    links: tuple[Link, ...]
    picture: PortfolioFile | None


@dataclass(frozen=True)
class Shown:
    page: PortfolioPage
    audience: Audience
    profile: ShownProfile
    blocks: tuple[ShownBlock, ...]
    changed_at: datetime


def show(page: PortfolioPage, audience: Audience) -> Shown:
    """PAGE as AUDIENCE sees it. What they do not see is not read.

    The number of statements does not depend on how much the page shows.
    """
    blocks = [block for block in page.blocks if rules.may_see(block.seen_by, audience)]
    facts = facts_of(page.person_id, blocks)
    files = _files(page.person_id, blocks)
    shown = tuple(_block(block, facts, files) for block in blocks)
    profile = profile_of(page.person_id)
    return Shown(
        page,
        audience,
        _profile(page, profile, audience),
        tuple(block for block in shown if not block.is_empty),
        max([page.changed_at, *([profile.changed_at] if profile else [])]),
    )


def visible_file(
    page: PortfolioPage, audience: Audience, file_id: uuid.UUID
) -> PortfolioFile | None:
    """A file of PAGE that AUDIENCE sees on it; None when there is none, or it is not shown."""
    wanted = str(file_id)
    profile = profile_of(page.person_id)
    if profile and profile.picture_id == file_id and rules.may_see(page.picture, audience):
        return profile.picture
    for block in page.blocks:
        if rules.may_see(block.seen_by, audience) and any(
            use.id == wanted for use in block.holds.files
        ):
            return db.session.scalar(
                select(PortfolioFile).where(
                    PortfolioFile.id == file_id, PortfolioFile.person_id == page.person_id
                )
            )
    return None


def _profile(
    page: PortfolioPage, profile: PortfolioProfile | None, audience: Audience
) -> ShownProfile:
    if profile is None:
        name = LocalizedText({"zh-Hant-TW": page.person.name})
        return ShownProfile(name, None, None, None, (), None)
    reachable = rules.may_see(page.contact, audience)
    return ShownProfile(
        name=profile.name,
        headline=profile.headline,
        place=profile.place if reachable else None,
        email=profile.email if reachable else None,
        links=rules.links_from(profile.links),
        picture=profile.picture if rules.may_see(page.picture, audience) else None,
    )


def _files(person_id: uuid.UUID, blocks: Sequence[PortfolioBlock]) -> dict[str, PortfolioFile]:
    wanted = {uuid.UUID(use.id) for block in blocks for use in block.holds.files}
    if not wanted:
        return {}
    return {
        str(file.id): file
        for file in db.session.scalars(
            select(PortfolioFile).where(
                PortfolioFile.id.in_(wanted), PortfolioFile.person_id == person_id
            )
        )
    }


def _block(block: PortfolioBlock, facts: Facts, files: Mapping[str, PortfolioFile]) -> ShownBlock:
    holds = block.holds
    offered = facts.by_ref(block.kind) if block.kind in CHOOSING else {}
    return ShownBlock(
        id=block.id,
        kind=block.kind,
        heading=block.heading,
        body=block.body,
        items=tuple(
            Item(offered[one.ref], frozenset(one.shows))
            for one in holds.chosen
            if one.ref in offered
        ),
        links=holds.links,
        files=tuple(ShownFile(files[use.id], use.words) for use in holds.files if use.id in files),
        role=holds.role,
        begun=holds.begun,
        ended=holds.ended,
    )
