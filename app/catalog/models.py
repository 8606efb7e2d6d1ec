"""Clusters, courses and their immutable versions."""

import uuid
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.catalog.rules import ItemForm, ItemKind, NodeKind
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
    body_markdown: Mapped[LocalizedText | None] = mapped_column(Localized, deferred=True)
    """What BODY_HTML was made of; None until the cluster is loaded again."""
    picture_blob: Mapped[str | None] = mapped_column(String(64))
    picture_type: Mapped[str | None] = mapped_column(String(60))
    picture_alt: Mapped[LocalizedText | None] = mapped_column(Localized)
    outcomes: Mapped[list[dict[str, str]]] = mapped_column(
        JSONB, default=list, server_default=text("'[]'")
    )
    """What students can do afterwards, each in its languages."""
    partners: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, server_default=text("'[]'")
    )
    """Who stands behind it, as ``rules.partners`` says."""
    loaded_digest: Mapped[str | None] = mapped_column(String(64))
    """Of the ``cluster.yaml`` that was loaded last: the same file again changes nothing."""
    revision: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """Counts every save, so that two people do not overwrite each other."""
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    courses: Mapped[list["Course"]] = relationship(
        back_populates="cluster", order_by="Course.position"
    )
    rules: Mapped[list["ClusterRules"]] = relationship(
        back_populates="cluster", order_by="ClusterRules.number"
    )


class ClusterRules(Model):
    """When the cluster is completed, for who begins from an instant on. Never changed: other rules
    are the next version, and who began before keeps hers (docs/decisions/0013)."""

    __tablename__ = "cluster_rules"
    __table_args__ = (UniqueConstraint("cluster_id", "number"),)

    cluster_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clusters.id"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """As ``rules.completion`` says."""
    digest: Mapped[str] = mapped_column(String(64))
    holds_from: Mapped[datetime] = mapped_column(default=clock.now)
    note: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    """None when they came with files."""

    cluster: Mapped[Cluster] = relationship(back_populates="rules")
    made_by: Mapped[Person | None] = relationship()


class Course(Model):
    """A course of a cluster; what it says is in its versions."""

    __tablename__ = "courses"

    cluster_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clusters.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    """The school that leads it: her instructors write it."""

    cluster: Mapped[Cluster] = relationship(back_populates="courses")
    school: Mapped[Organisation | None] = relationship()
    editors: Mapped[list["CourseEditor"]] = relationship(
        back_populates="course", order_by="CourseEditor.added_at"
    )


class CourseVersion(Model):
    """What a course was at one time. Never changed: a correction is the next version."""

    __tablename__ = "course_versions"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        Index(None, "course_id", "digest"),
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
    published_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    """None when it was loaded from files."""
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")
    """What changed, in its author's words."""
    credits: Mapped[float | None]

    course: Mapped[Course] = relationship()
    published_by: Mapped[Person | None] = relationship()
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
    """A lesson, a lab or a quiz in its place in a course version."""

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
    form: Mapped[ItemForm] = mapped_column(default=ItemForm.TEXT, server_default="text")
    file_name: Mapped[str | None] = mapped_column(String(200))
    file_blob: Mapped[str | None] = mapped_column(String(64), index=True)
    url: Mapped[str | None] = mapped_column(String(2000))
    quiz: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    """A quiz with its questions and their keys, as app.questions says; only for quizzes."""

    module: Mapped[Module] = relationship(back_populates="items")
    lab_version: Mapped[LabVersion | None] = relationship()

    @cached_property
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


class CourseSource(Model):
    """What a course version was made of (``rules.documents``): for editing, comparing, exporting.

    Never changed; a row of its own because the first versions were published without one.
    """

    __tablename__ = "course_sources"

    course_version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("course_versions.id"), unique=True
    )
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)


class CourseEditor(Model):
    """Somebody who may write a course beside the instructors of the school that leads it."""

    __tablename__ = "course_editors"
    __table_args__ = (
        Index(
            "one_live_place_among_the_editors",
            "course_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("courses.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    added_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    course: Mapped[Course] = relationship(back_populates="editors")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class CourseDraft(Model):
    """What the editors of a course are writing: one for each course, always there once begun."""

    __tablename__ = "course_drafts"

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("courses.id"), unique=True)
    base_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_versions.id"))
    """The version that it was begun from or last published as."""
    revision: Mapped[int] = mapped_column(default=1)
    """Counts every save; a field remembers the revision that last changed it."""
    pictures: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    """Addresses in the blob store by file name."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    course: Mapped[Course] = relationship()
    base_version: Mapped[CourseVersion | None] = relationship()
    nodes: Mapped[list["DraftNode"]] = relationship(
        back_populates="draft", order_by="DraftNode.position", cascade="all, delete-orphan"
    )


class DraftNode(Model):
    """A part of a draft: the course itself, a module, an item of a module, or a question pool."""

    __tablename__ = "draft_nodes"
    __table_args__ = (
        CheckConstraint(
            "(kind IN ('course', 'module', 'pool')) = (parent_id IS NULL)", name="in_a_module"
        ),
        Index("one_course_node", "draft_id", unique=True, postgresql_where=text("kind = 'course'")),
    )
    # The database takes a module's items away with it: fewer rows are left to delete than planned.
    __mapper_args__ = {"confirm_deleted_rows": False}  # noqa: RUF012

    draft_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("course_drafts.id", ondelete="CASCADE"), index=True
    )
    parent_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("draft_nodes.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[NodeKind]
    position: Mapped[int] = mapped_column(default=0)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    stamps: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """For each field that was saved: ``[revision, handle of who, instant in ISO 8601]``."""
    removed_at: Mapped[datetime | None]
    """Taken out of the outline; it can be put back until the draft is begun anew."""

    draft: Mapped[CourseDraft] = relationship(back_populates="nodes")


class ReviewComment(Model):
    """What somebody says about a draft or one part of it, open until it is resolved."""

    __tablename__ = "review_comments"
    __table_args__ = (
        CheckConstraint("length(words) BETWEEN 1 AND 4000", name="words_are_few"),
        CheckConstraint("(resolved_at IS NULL) = (resolved_by_id IS NULL)", name="resolved_by_one"),
    )

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    node_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("draft_nodes.id", ondelete="SET NULL"), index=True
    )
    about: Mapped[str] = mapped_column(String(200), default="")
    """The title of the part when this was written."""
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    words: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    resolved_by: Mapped[Person | None] = relationship(foreign_keys=[resolved_by_id])


class CourseImport(Model):
    """A package from elsewhere: what it would give, and once it was taken, what it gave."""

    __tablename__ = "course_imports"
    __table_args__ = (
        CheckConstraint("(imported_at IS NULL) = (course_id IS NULL)", name="taken_into_a_course"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    course_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("courses.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    blob: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    """folder, cartridge or nbgrader."""
    title: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(20), default="")
    """In which its texts were taken, or seem to be."""
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """As ``imports.report`` writes it."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    imported_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    course: Mapped[Course | None] = relationship()
