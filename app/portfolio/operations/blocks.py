"""The parts of a page and their order."""

import uuid
from dataclasses import dataclass, field

from sqlalchemy import select

from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.portfolio import rules
from app.portfolio.models import PortfolioBlock, PortfolioFile, PortfolioPage
from app.portfolio.operations.pages import TooMany, expect, lock
from app.portfolio.rules import BlockKind, Content, SeenBy

__all__ = ["BlockWords", "add_block", "change_block", "delete_block", "move_block"]


@dataclass(frozen=True)
class BlockWords:
    heading: LocalizedText | None = None
    body: LocalizedText | None = None
    content: Content = field(default_factory=Content)
    seen_by: SeenBy = SeenBy.EVERYBODY


@operation
def add_block(
    page: PortfolioPage, kind: BlockKind, words: BlockWords | None = None
) -> PortfolioBlock:
    """A part at the end of PAGE. Raises TooMany."""
    order = _locked(page)
    if len(order) >= rules.MOST_BLOCKS:
        raise TooMany(
            _l("A page has at most %(most)s parts. Delete one first.", most=rules.MOST_BLOCKS)
        )
    block = PortfolioBlock(
        page_id=page.id, kind=kind, position=max((b.position for b in order), default=-1) + 1
    )
    _write(block, page, words or BlockWords())
    db.session.add(block)
    db.session.flush()
    db.session.expire(page, ["blocks"])
    return block


@operation
def change_block(block: PortfolioBlock, words: BlockWords, *, revision: int | None = None) -> int:
    """Other words and contents of a part. The new revision.

    Raises Stale, and NotVisible when a file of somebody else's is named.
    """
    lock(block)
    expect(block.revision, revision)
    _write(block, block.page, words)
    block.revision += 1
    return block.revision


@operation
def move_block(block: PortfolioBlock, to: int) -> list[PortfolioBlock]:
    """Put BLOCK at place TO of its page (0 is the first); the new order."""
    page = block.page
    order = rules.moved(_locked(page), block, to)
    for place, one in enumerate(order):
        one.position = place
    page.changed_at = clock.now()
    db.session.flush()
    db.session.expire(page, ["blocks"])
    return order


@operation
def delete_block(block: PortfolioBlock) -> None:
    page = block.page
    page.changed_at = clock.now()
    db.session.delete(block)
    db.session.flush()
    db.session.expire(page, ["blocks"])


def _locked(page: PortfolioPage) -> list[PortfolioBlock]:
    """The parts of PAGE in order, while nobody else changes it."""
    db.session.execute(
        select(PortfolioPage.id).where(PortfolioPage.id == page.id).with_for_update()
    )
    return list(
        db.session.scalars(
            select(PortfolioBlock)
            .where(PortfolioBlock.page_id == page.id)
            .order_by(PortfolioBlock.position, PortfolioBlock.id)
            .execution_options(populate_existing=True)
        )
    )


def _write(block: PortfolioBlock, page: PortfolioPage, words: BlockWords) -> None:
    _check_files(page, words.content)
    block.heading, block.body = words.heading, words.body
    block.content = words.content.as_json()
    block.seen_by = words.seen_by
    block.changed_at = page.changed_at = clock.now()


def _check_files(page: PortfolioPage, content: Content) -> None:
    """Files in a part are its author's own: nobody shows what is somebody else's."""
    wanted = {uuid.UUID(use.id) for use in content.files}
    if not wanted:
        return
    hers = set(
        db.session.scalars(
            select(PortfolioFile.id).where(
                PortfolioFile.id.in_(wanted), PortfolioFile.person_id == page.person_id
            )
        )
    )
    if hers != wanted:
        raise NotVisible(next(iter(wanted - hers)))
