"""Versions of data sets, and files that are only arriving."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.datasets.rules import PLACE, Access, address
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText


class DataSet(Model):
    """One version of a data set. Never changed: other content is the next version."""

    __tablename__ = "data_sets"
    __table_args__ = (
        UniqueConstraint("name", "number"),
        CheckConstraint("name ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="name_is_a_folder_name"),
        CheckConstraint("number > 0", name="numbers_begin_at_one"),
    )

    name: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[LocalizedText] = mapped_column(Localized)
    description: Mapped[LocalizedText | None] = mapped_column(Localized)
    licence: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(1000))
    """Where the data come from."""
    access: Mapped[Access]
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """``{"path", "digest", "size", "rows"}`` each; rows of tables, without their heading."""
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes of all files."""
    kept_at: Mapped[datetime] = mapped_column(default=clock.now)
    kept_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """None: it came with a folder of courses, or an operator put it there."""

    kept_by: Mapped[Person | None] = relationship()

    @property
    def address(self) -> str:
        return address(self.name, self.number)

    @property
    def place(self) -> str:
        """Its folder in labs and in grading."""
        return f"{PLACE}/{self.address}"

    @property
    def rows(self) -> int | None:
        """Rows of all its tables together; None without tables."""
        counts = [file["rows"] for file in self.files if file.get("rows") is not None]
        return sum(counts) if counts else None

    def digest_of(self, path: str) -> str | None:
        """The digest of one file; None when there is none of that name."""
        return next((file["digest"] for file in self.files if file["path"] == path), None)


class DataUpload(Model):
    """A file that somebody sends in pieces. Whoever sends it again goes on where it stopped."""

    __tablename__ = "data_uploads"
    __table_args__ = (
        CheckConstraint("received BETWEEN 0 AND size", name="received_is_within"),
        Index(
            "one_upload_of_a_file",
            "person_id",
            "file_name",
            "size",
            "mark",
            unique=True,
            postgresql_where=text("kept_at IS NULL"),
        ),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    mark: Mapped[str] = mapped_column(String(40))
    """What tells two files of one name and size apart: when it was changed last, in the browser."""
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    kept_at: Mapped[datetime | None]
