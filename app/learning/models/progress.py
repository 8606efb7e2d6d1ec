"""When items open, what each person has done of them, and what she marked."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.catalog.rules import ItemKind
from app.kernel import clock
from app.kernel.database import Model


class ItemPlan(Model):
    """Dates and release condition of an item in an offering. The key lasts across versions."""

    __tablename__ = "item_plans"
    __table_args__ = (
        UniqueConstraint("offering_id", "item_key"),
        CheckConstraint(
            "opens_at < due_at AND opens_at < closes_at AND due_at <= closes_at",
            name="opens_before_it_is_due",
        ),
    )

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offerings.id"))
    item_key: Mapped[str] = mapped_column(String(120))
    opens_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    condition: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """As app.learning.rules.conditions says."""


class ItemProgress(Model):
    """What a person has done of one lesson or lab of a section; written by the rooms above too."""

    __tablename__ = "item_progress"
    __table_args__ = (UniqueConstraint("section_id", "person_id", "kind", "slug"),)

    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[ItemKind]
    slug: Mapped[str] = mapped_column(String(80))
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_opened_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    score: Mapped[float | None]
    max_score: Mapped[float | None]


class Bookmark(Model):
    """An item that a person wants to find again."""

    __tablename__ = "bookmarks"
    __table_args__ = (UniqueConstraint("person_id", "section_id", "item_key"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    section_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sections.id"), index=True)
    item_key: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
