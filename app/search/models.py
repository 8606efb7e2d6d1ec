"""What can be found."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText


class SearchDocument(Model):
    """One thing that can be found, as ``rules.Document`` says; a copy, made again at any time."""

    __tablename__ = "search_documents"
    __table_args__ = (Index(None, "vector", postgresql_using="gin"),)

    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    course: Mapped[str | None] = mapped_column(String(80))
    title: Mapped[LocalizedText] = mapped_column(Localized)
    texts: Mapped[dict[str, str]] = mapped_column(JSONB, deferred=True)
    """Headings and body by language, as they are shown."""
    path: Mapped[str] = mapped_column(String(500))
    audience: Mapped[list[str]] = mapped_column(ARRAY(Text))
    plain: Mapped[str] = mapped_column(Text, deferred=True)
    """Everything that is searched, normalised: where runs and phrases are looked for exactly."""
    vector: Mapped[Any] = mapped_column(TSVECTOR, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
