"""Clusters, courses and their immutable versions."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.rules import ItemKind
from app.kernel import clock
from app.kernel.database import Model
from app.kernel.localized import Localized, LocalizedText
from app.labs.models import LabVersion


class Cluster(Model):
    """A thematic course cluster."""

    __tablename__ = "clusters"

    slug: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[LocalizedText] = mapped_column(Localized)
    summary: Mapped[LocalizedText] = mapped_column(Localized)
    industry: Mapped[str] = mapped_column(String(60))
    body_html: Mapped[LocalizedText] = mapped_column(Localized)
    picture_blob: Mapped[str | None] = mapped_column(String(64))
    picture_type: Mapped[str | None] = mapped_column(String(60))
    picture_alt: Mapped[LocalizedText | None] = mapped_column(Localized)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)

    courses: Mapped[list["Course"]] = relationship(
        back_populates="cluster", order_by="Course.position"
    )


class Course(Model):
    """A course of a cluster; what it says is in its versions."""

    __tablename__ = "courses"

    cluster_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clusters.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]

    cluster: Mapped[Cluster] = relationship(back_populates="courses")


class CourseVersion(Model):
    """What a course was at one time. Never changed: a correction is the next version."""

    __tablename__ = "course_versions"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        UniqueConstraint("course_id", "digest"),
    )

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    title: Mapped[LocalizedText] = mapped_column(Localized)
    summary: Mapped[LocalizedText] = mapped_column(Localized)
    description_html: Mapped[LocalizedText] = mapped_column(Localized)
    level: Mapped[str] = mapped_column(String(30))
    hours: Mapped[int]
    languages: Mapped[list[str]] = mapped_column(JSONB, default=list)
    outcomes: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    prerequisites: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    picture_blob: Mapped[str | None] = mapped_column(String(64))
    picture_type: Mapped[str | None] = mapped_column(String(60))
    picture_alt: Mapped[LocalizedText | None] = mapped_column(Localized)
    published_at: Mapped[datetime] = mapped_column(default=clock.now)

    course: Mapped[Course] = relationship()
    modules: Mapped[list["Module"]] = relationship(order_by="Module.position")

    @property
    def items(self) -> list["CourseItem"]:
        """All lessons and labs in teaching order."""
        return [item for module in self.modules for item in module.items]

    def item(self, kind: ItemKind, slug: str) -> "CourseItem | None":
        return next((i for i in self.items if i.kind is kind and i.slug == slug), None)


class Module(Model):
    __tablename__ = "modules"
    __table_args__ = (UniqueConstraint("course_version_id", "slug"),)

    course_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_versions.id"))
    slug: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    title: Mapped[LocalizedText] = mapped_column(Localized)

    items: Mapped[list["CourseItem"]] = relationship(
        order_by="CourseItem.position", back_populates="module"
    )


class CourseItem(Model):
    """A lesson or a lab in its place in a course version."""

    __tablename__ = "course_items"
    __table_args__ = (UniqueConstraint("module_id", "position"),)

    module_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("modules.id"))
    position: Mapped[int]
    kind: Mapped[ItemKind]
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[LocalizedText] = mapped_column(Localized)
    minutes: Mapped[int]
    body_html: Mapped[LocalizedText | None] = mapped_column(Localized, deferred=True)
    lab_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("lab_versions.id"), index=True
    )

    module: Mapped[Module] = relationship(back_populates="items")
    lab_version: Mapped[LabVersion | None] = relationship()

    @property
    def key(self) -> str:
        """What names the item across versions of its course, as ``lab:quality-inspection``."""
        return f"{self.kind.value}:{self.slug}"


class Picture(Model):
    """A picture that a course version's lessons show, served under its own hash."""

    __tablename__ = "pictures"
    __table_args__ = (UniqueConstraint("course_version_id", "name"),)

    course_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_versions.id"))
    name: Mapped[str] = mapped_column(String(160))
    blob: Mapped[str] = mapped_column(String(64), index=True)
    content_type: Mapped[str] = mapped_column(String(60))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
