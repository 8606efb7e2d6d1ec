"""Labs and their immutable versions."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText
from app.labs.rules import FileRole


class Lab(Model):
    """A lab of a course, by name; everything else is in its versions."""

    __tablename__ = "labs"
    __table_args__ = (
        UniqueConstraint("course_slug", "slug"),
        CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]*$'", name="slug_is_a_folder_name"),
    )

    course_slug: Mapped[str] = mapped_column(String(80))
    slug: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    versions: Mapped[list["LabVersion"]] = relationship(
        back_populates="lab", order_by="LabVersion.number"
    )


class LabVersion(Model):
    """What a lab was at one time. Never changed: a correction is the next version."""

    __tablename__ = "lab_versions"
    __table_args__ = (
        UniqueConstraint("lab_id", "number"),
        UniqueConstraint("lab_id", "digest"),
    )

    lab_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("labs.id"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    title: Mapped[LocalizedText] = mapped_column(Localized)
    summary: Mapped[LocalizedText] = mapped_column(Localized)
    description_html: Mapped[LocalizedText | None] = mapped_column(Localized)
    environment: Mapped[str] = mapped_column(String(30))
    minutes: Mapped[int]
    limits: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    skills: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    data: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    hints: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    max_score: Mapped[float]
    notebooks: Mapped[list[str]] = mapped_column(JSONB)
    """Names of the notebooks that students get, without ``.ipynb``."""
    roads: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Where each test is judged: notebook → grade id → ``{"road": "separate" | "shared", …}``.

    Planned once, from the instructor's own solution; None until then. A plan is never changed.
    """
    published_at: Mapped[datetime] = mapped_column(default=clock.now)

    lab: Mapped[Lab] = relationship(back_populates="versions")
    files: Mapped[list["LabFile"]] = relationship(order_by="LabFile.path")
    cells: Mapped[list["LabCell"]] = relationship(order_by="LabCell.position")


class LabFile(Model):
    """A file of a lab version. Sources hold solutions and hidden tests: for graders only."""

    __tablename__ = "lab_files"
    __table_args__ = (UniqueConstraint("lab_version_id", "role", "path"),)

    lab_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lab_versions.id"))
    role: Mapped[FileRole]
    path: Mapped[str] = mapped_column(String(200))
    blob: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]


class LabCell(Model):
    """A graded cell of a lab version."""

    __tablename__ = "lab_cells"
    __table_args__ = (UniqueConstraint("lab_version_id", "notebook", "grade_id"),)

    lab_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lab_versions.id"))
    notebook: Mapped[str] = mapped_column(String(120))
    grade_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    points: Mapped[float]
    position: Mapped[int]
