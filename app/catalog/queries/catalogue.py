"""Reading the catalogue. It is public: nothing here depends on who asks."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.catalog.models import Cluster, Course, CourseItem, CourseVersion, Module, Picture
from app.kernel.database import db

__all__ = [
    "ClusterRow", "cluster", "clusters", "course_version", "course_versions", "file_item",
    "latest_version", "latest_versions", "newest_version", "picture_type",
]  # fmt: skip


@dataclass(frozen=True)
class ClusterRow:
    """A cluster and how many courses it has."""

    cluster: Cluster
    course_count: int


def clusters() -> list[ClusterRow]:
    """All clusters with a course, in their order."""
    rows = db.session.execute(
        select(Cluster, func.count(Course.id))
        .join(Course)
        .where(Course.withdrawn_at.is_(None), Course.id.in_(select(CourseVersion.course_id)))
        .group_by(Cluster.id)
        .order_by(Cluster.position, Cluster.slug)
    )
    return [ClusterRow(cluster, count) for cluster, count in rows]


def cluster(slug: str) -> Cluster | None:
    return db.session.scalar(select(Cluster).where(Cluster.slug == slug))


def _latest() -> Subquery:
    return (
        select(CourseVersion.course_id, func.max(CourseVersion.number).label("number"))
        .group_by(CourseVersion.course_id)
        .subquery()
    )


def latest_versions(cluster_id: uuid.UUID) -> list[CourseVersion]:
    """The newest version of each course of a cluster, modules and items loaded."""
    newest = _latest()
    return list(
        db.session.scalars(
            select(CourseVersion)
            .join(Course, Course.id == CourseVersion.course_id)
            .join(
                newest,
                (newest.c.course_id == CourseVersion.course_id)
                & (newest.c.number == CourseVersion.number),
            )
            .where(Course.cluster_id == cluster_id, Course.withdrawn_at.is_(None))
            .order_by(Course.position)
            .options(
                joinedload(CourseVersion.course),
                selectinload(CourseVersion.modules).selectinload(Module.items),
            )
        )
    )


def newest_version(slug: str) -> CourseVersion | None:
    """The newest version of the course SLUG, with its course and cluster."""
    return db.session.scalar(
        select(CourseVersion)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug == slug, Course.withdrawn_at.is_(None))
        .order_by(CourseVersion.number.desc())
        .limit(1)
        .options(contains_eager(CourseVersion.course).joinedload(Course.cluster))
    )


def latest_version(slug: str) -> CourseVersion | None:
    """The newest version of the course SLUG, with its modules and items."""
    return db.session.scalar(
        select(CourseVersion)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug == slug, Course.withdrawn_at.is_(None))
        .order_by(CourseVersion.number.desc())
        .limit(1)
        .options(
            joinedload(CourseVersion.course).joinedload(Course.cluster),
            selectinload(CourseVersion.modules)
            .selectinload(Module.items)
            .joinedload(CourseItem.lab_version),
        )
    )


def course_version(version_id: uuid.UUID) -> CourseVersion | None:
    """A course version with its modules and items."""
    return db.session.scalar(
        select(CourseVersion)
        .where(CourseVersion.id == version_id)
        .options(
            joinedload(CourseVersion.course).joinedload(Course.cluster),
            selectinload(CourseVersion.modules)
            .selectinload(Module.items)
            .joinedload(CourseItem.lab_version),
        )
    )


def picture_type(blob: str) -> str | None:
    """The content type of a published picture, or None when BLOB is not a picture of anything."""
    return (
        db.session.scalar(select(Picture.content_type).where(Picture.blob == blob).limit(1))
        or db.session.scalar(
            select(Cluster.picture_type).where(Cluster.picture_blob == blob).limit(1)
        )
        or db.session.scalar(
            select(CourseVersion.picture_type).where(CourseVersion.picture_blob == blob).limit(1)
        )
    )


def course_versions(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, CourseVersion]:
    """Course versions by id, with their modules and items, in a constant number of statements."""
    found = db.session.scalars(
        select(CourseVersion)
        .where(CourseVersion.id.in_(ids))
        .options(
            joinedload(CourseVersion.course),
            selectinload(CourseVersion.modules)
            .selectinload(Module.items)
            .joinedload(CourseItem.lab_version),
        )
    )
    return {version.id: version for version in found}


def file_item(blob: str, name: str) -> CourseItem | None:
    """An item of some published version that places the file BLOB under NAME."""
    return db.session.scalar(
        select(CourseItem)
        .where(CourseItem.file_blob == blob, CourseItem.file_name == name)
        .limit(1)
    )
