"""Clusters, for those who edit them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from app.accounts.models import Organisation
from app.accounts.rules import OrganisationKind
from app.catalog.models import Cluster, ClusterRules, Course, CourseVersion
from app.kernel.database import db

__all__ = [
    "CourseInCluster",
    "EditedCluster",
    "cluster_rows",
    "courses_elsewhere",
    "courses_of",
    "organisations_to_name",
    "rules_of",
]


@dataclass(frozen=True)
class EditedCluster:
    """A cluster as those who edit it list it."""

    cluster: Cluster
    course_count: int
    rules_number: int
    """0 while no rules are set: then every course is required."""


@dataclass(frozen=True)
class CourseInCluster:
    """A course with its newest title; VERSION_NUMBER is 0 while it is not published."""

    course: Course
    title: str
    version_number: int


def cluster_rows() -> list[EditedCluster]:
    """All clusters, also those without a course."""
    courses = (
        select(func.count(Course.id))
        .where(Course.cluster_id == Cluster.id, Course.withdrawn_at.is_(None))
        .correlate(Cluster)
        .scalar_subquery()
    )
    rules = (
        select(func.coalesce(func.max(ClusterRules.number), 0))
        .where(ClusterRules.cluster_id == Cluster.id)
        .correlate(Cluster)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Cluster, courses, rules).order_by(Cluster.position, Cluster.slug)
    )
    return [EditedCluster(cluster, count, number) for cluster, count, number in rows]


def courses_of(cluster_id: uuid.UUID) -> list[CourseInCluster]:
    """The courses of a cluster in their order, also those that are not published yet."""
    return _listed(
        db.session.scalars(
            select(Course)
            .where(Course.cluster_id == cluster_id, Course.withdrawn_at.is_(None))
            .order_by(Course.position, Course.slug)
        ).all()
    )


def courses_elsewhere(cluster_id: uuid.UUID) -> list[CourseInCluster]:
    """The courses of every other cluster."""
    return _listed(
        db.session.scalars(
            select(Course)
            .join(Cluster, Cluster.id == Course.cluster_id)
            .where(Course.cluster_id != cluster_id, Course.withdrawn_at.is_(None))
            .order_by(Cluster.position, Course.position, Course.slug)
            .options(joinedload(Course.cluster))
        ).all()
    )


def _listed(courses: Sequence[Course]) -> list[CourseInCluster]:
    newest = {
        version.course_id: version
        for version in db.session.scalars(
            select(CourseVersion)
            .where(CourseVersion.course_id.in_([course.id for course in courses]))
            .ext(distinct_on(CourseVersion.course_id))
            .order_by(CourseVersion.course_id, CourseVersion.number.desc())
        )
    }
    return [
        CourseInCluster(
            course,
            str(newest[course.id].title) if course.id in newest else course.slug,
            newest[course.id].number if course.id in newest else 0,
        )
        for course in courses
    ]


def organisations_to_name() -> Sequence[Organisation]:
    """Companies and associations that a cluster's partners may be."""
    kinds = (OrganisationKind.COMPANY, OrganisationKind.ASSOCIATION)
    return db.session.scalars(
        select(Organisation).where(Organisation.kind.in_(kinds)).order_by(Organisation.slug)
    ).all()


def rules_of(cluster_id: uuid.UUID) -> Sequence[ClusterRules]:
    """Every version of a cluster's rules, the newest first, those to come too."""
    return db.session.scalars(
        select(ClusterRules)
        .where(ClusterRules.cluster_id == cluster_id)
        .order_by(ClusterRules.number.desc())
        .options(joinedload(ClusterRules.made_by))
    ).all()
