"""What a person shows of herself: pages, their parts, files, and whom each page is shown to."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText
from app.portfolio import rules
from app.portfolio.rules import Audience, BlockKind, SeenBy


class PortfolioFile(Model):
    """A file of hers. A picture is kept as it is drawn, without what the camera wrote into it."""

    __tablename__ = "portfolio_files"
    __table_args__ = (CheckConstraint("size > 0", name="something_is_there"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    blob: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    """Bytes."""
    width: Mapped[int | None]
    """Pixels; None when it is no picture."""
    height: Mapped[int | None]
    added_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def is_picture(self) -> bool:
        return self.width is not None


class PortfolioProfile(Model):
    """How she is called on her pages, and how she can be reached."""

    __tablename__ = "portfolio_profiles"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    name: Mapped[LocalizedText] = mapped_column(Localized)
    headline: Mapped[LocalizedText | None] = mapped_column(Localized)
    place: Mapped[LocalizedText | None] = mapped_column(Localized)
    email: Mapped[str | None] = mapped_column(String(254))
    """The address that she shows, if any; her account's is never shown by itself."""
    links: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    picture_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("portfolio_files.id", ondelete="SET NULL"), index=True
    )
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    picture: Mapped[PortfolioFile | None] = relationship()


class PortfolioPage(Model):
    """A page of a portfolio. Nobody but her sees it until it is shared."""

    __tablename__ = "portfolio_pages"
    __table_args__ = (
        UniqueConstraint("person_id", "slug"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_is_an_address"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    slug: Mapped[str] = mapped_column(String(60))
    title: Mapped[LocalizedText] = mapped_column(Localized)
    lede: Mapped[LocalizedText | None] = mapped_column(Localized)
    contact: Mapped[SeenBy] = mapped_column(default=SeenBy.COMPANIES)
    """Who of its readers sees her mail address and place."""
    picture: Mapped[SeenBy] = mapped_column(default=SeenBy.EVERYBODY)
    revision: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    person: Mapped[Person] = relationship()
    blocks: Mapped[list["PortfolioBlock"]] = relationship(
        back_populates="page",
        order_by="(PortfolioBlock.position, PortfolioBlock.id)",
        cascade="all, delete-orphan",
    )
    shares: Mapped[list["PortfolioShare"]] = relationship(
        back_populates="page",
        order_by="PortfolioShare.started_at.desc()",
        cascade="all, delete-orphan",
    )

    @property
    def live_shares(self) -> list["PortfolioShare"]:
        now = clock.now()
        return [row for row in self.shares if rules.is_live(row.ended_at, row.until, now)]


class PortfolioBlock(Model):
    """A part of a page."""

    __tablename__ = "portfolio_blocks"

    page_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("portfolio_pages.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[BlockKind]
    position: Mapped[int]
    heading: Mapped[LocalizedText | None] = mapped_column(Localized)
    body: Mapped[LocalizedText | None] = mapped_column(Localized)
    """Markdown."""
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """As ``rules.Content.as_json`` writes it."""
    seen_by: Mapped[SeenBy] = mapped_column(default=SeenBy.EVERYBODY)
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    page: Mapped[PortfolioPage] = relationship(back_populates="blocks")

    @property
    def holds(self) -> rules.Content:
        return rules.content_from(self.content)


class PortfolioShare(Model):
    """A page is shown to somebody, from an instant until another. It ends; it is not changed."""

    __tablename__ = "portfolio_shares"
    __table_args__ = (
        CheckConstraint("(audience = 'link') = (token IS NOT NULL)", name="link_has_a_token"),
        CheckConstraint(
            "(audience = 'company') = (organisation_id IS NOT NULL)", name="company_is_named"
        ),
        CheckConstraint("audience = 'public' OR NOT is_indexed", name="only_public_is_found"),
        Index(
            "one_live_company_share",
            "page_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("audience = 'company' AND ended_at IS NULL"),
        ),
        Index(
            "one_live_public_share",
            "page_id",
            unique=True,
            postgresql_where=text("audience = 'public' AND ended_at IS NULL"),
        ),
    )

    page_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("portfolio_pages.id", ondelete="CASCADE"), index=True
    )
    audience: Mapped[Audience]
    token: Mapped[str | None] = mapped_column(String(60), unique=True)
    """Of a link: 192 bits that nobody guesses. It is hers to copy again, so it is kept."""
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    label: Mapped[str] = mapped_column(String(80), default="")
    """Her own note on who got the link."""
    is_indexed: Mapped[bool] = mapped_column(default=False)
    """Whether search engines may list it."""
    until: Mapped[datetime | None]
    """The first instant at which it does not hold any more."""
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    page: Mapped[PortfolioPage] = relationship(back_populates="shares")
    organisation: Mapped[Organisation | None] = relationship()
