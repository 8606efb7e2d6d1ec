"""Frameworks, their versions, and the skills that stand in them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText


class Framework(Model):
    """A framework of competencies; what it says is in its versions."""

    __tablename__ = "skill_frameworks"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_is_an_address"),
        CheckConstraint(
            "retired_by_id IS NULL OR retired_at IS NOT NULL", name="retired_when_by_somebody"
        ),
    )

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    case_id: Mapped[str] = mapped_column(String(200), unique=True)
    """The identifier of its CFDocument."""
    title: Mapped[LocalizedText] = mapped_column(Localized)
    text: Mapped[LocalizedText] = mapped_column(Localized)
    publisher: Mapped[str] = mapped_column(String(300))
    licence: Mapped[str] = mapped_column(String(300))
    source_url: Mapped[str] = mapped_column(String(1000))
    levels: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """``{"number", "title", "text"}`` each, from the lowest; empty: there is only one."""
    industries: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    elsewhere: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """Frameworks of others that it points at: ``{"title", "url", "text"}`` each."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]
    retired_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)

    versions: Mapped[list["FrameworkVersion"]] = relationship(
        back_populates="framework", order_by="FrameworkVersion.number"
    )

    @property
    def highest_level(self) -> int:
        return max((int(row["number"]) for row in self.levels), default=1)

    def level_title(self, number: int) -> LocalizedText:
        """What a level is called; empty where the framework names none."""
        return next(
            (LocalizedText(row["title"]) for row in self.levels if row["number"] == number),
            LocalizedText({}),
        )


class FrameworkVersion(Model):
    """What a framework was at one time, as a whole CASE package. Never changed."""

    __tablename__ = "skill_framework_versions"
    __table_args__ = (
        UniqueConstraint("framework_id", "number"),
        CheckConstraint("number > 0", name="numbers_begin_at_one"),
    )

    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("skill_frameworks.id"))
    number: Mapped[int]
    version: Mapped[str] = mapped_column(String(80))
    """As its publisher calls it."""
    digest: Mapped[str] = mapped_column(String(64))
    package: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    """As text: JSONB would write numbers in another way than they came."""
    item_count: Mapped[int]
    imported_at: Mapped[datetime] = mapped_column(default=clock.now)
    imported_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """None: it came with the house, or an operator brought it."""

    framework: Mapped[Framework] = relationship(back_populates="versions")
    imported_by: Mapped[Person | None] = relationship()


class Skill(Model):
    """A node of a framework as its newest version has it; it lasts across versions."""

    __tablename__ = "skills"
    __table_args__ = (
        UniqueConstraint("framework_id", "case_id"),
        UniqueConstraint("framework_id", "code"),
        Index(None, "parent_id"),
    )

    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("skill_frameworks.id"))
    case_id: Mapped[str] = mapped_column(String(200), index=True)
    code: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """Its address: the code in the programme's framework, ``FRAMEWORK:CODE`` in others."""
    title: Mapped[LocalizedText] = mapped_column(Localized)
    text: Mapped[LocalizedText] = mapped_column(Localized)
    kind: Mapped[str] = mapped_column(String(80))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("skills.id"))
    position: Mapped[int]
    is_claimed: Mapped[bool] = mapped_column(Boolean)
    """Whether somebody can show it: it is a leaf of the tree."""
    aliases: Mapped[list[str]] = mapped_column(JSONB, default=list)
    """What labs called it before it had a code."""
    industries: Mapped[list[str]] = mapped_column(JSONB, default=list)
    links: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    """``{"kind", "url", "title"}`` each, into frameworks of others."""
    retired_at: Mapped[datetime | None]
    """Since when the newest version does not have it; what was shown stays shown."""

    framework: Mapped[Framework] = relationship()
    parent: Mapped["Skill | None"] = relationship(remote_side="Skill.id")

    @property
    def identifier_url(self) -> str:
        """Its address in the CASE service, below the site's own."""
        return f"/ims/case/v1p1/CFItems/{self.case_id}"
