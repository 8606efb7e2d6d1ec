"""What a student has marked, has been given, and still needs for a cluster's credential."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalog.models import Cluster, Course, CourseItem, CourseVersion
from app.kernel.database import db
from app.learning.models import (
    Bookmark,
    Enrolment,
    ItemProgress,
    LiveSession,
    Offering,
    PlaceRequest,
    Section,
)
from app.learning.queries.sections import SectionView
from app.learning.rules import LIVE_REQUESTS
from app.learning.rules.clusters import ClusterRule, CourseFact, Remaining, remaining

__all__ = [
    "ClusterProgress",
    "Marked",
    "bookmarked_keys",
    "cluster_progress",
    "coming_sessions",
    "my_bookmarks",
    "my_requests",
]


@dataclass(frozen=True)
class ClusterProgress:
    """How far a student is with a cluster of which she takes a course."""

    cluster: Cluster
    courses: tuple[CourseVersion, ...]
    """The newest version of each course."""
    completed: frozenset[str]
    running: frozenset[str]
    remaining: Remaining

    def course(self, slug: str) -> CourseVersion:
        return next(version for version in self.courses if version.course.slug == slug)


def cluster_progress(person: Person) -> list[ClusterProgress]:
    """What remains in each cluster of which PERSON takes or took a course: every course of it is
    required as long as the cluster says nothing else. A constant number of statements."""
    rows = db.session.execute(
        select(Enrolment, Offering.credits, Course.slug, Course.cluster_id, Section.id)
        .join(Section, Section.id == Enrolment.section_id)
        .join(Offering, Offering.id == Section.offering_id)
        .join(CourseVersion, CourseVersion.id == Offering.course_version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Enrolment.person_id == person.id, Enrolment.withdrawn_at.is_(None))
    ).all()
    shares = _shares(person, [row[4] for row in rows])
    facts: dict[uuid.UUID, list[CourseFact]] = {}
    for enrolment, credit_count, slug, cluster_id, section_id in rows:
        facts.setdefault(cluster_id, []).append(
            CourseFact(
                slug,
                enrolment.completed_at is not None,
                credit_count,
                shares.get(section_id),
            )
        )
    versions = db.session.scalars(
        select(CourseVersion)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.cluster_id.in_(facts), Course.withdrawn_at.is_(None))
        .ext(distinct_on(CourseVersion.course_id))
        .order_by(CourseVersion.course_id, CourseVersion.number.desc())
        .options(joinedload(CourseVersion.course).joinedload(Course.cluster))
    ).all()
    found = []
    clusters = {version.course.cluster_id: version.course.cluster for version in versions}
    for cluster in sorted(clusters.values(), key=lambda one: (one.position, one.slug)):
        courses = tuple(
            sorted(
                (v for v in versions if v.course.cluster_id == cluster.id),
                key=lambda v: (v.course.position, v.course.slug),
            )
        )
        hers = facts[cluster.id]
        rule = ClusterRule(required=tuple(version.course.slug for version in courses))
        found.append(
            ClusterProgress(
                cluster,
                courses,
                frozenset(fact.slug for fact in hers if fact.is_completed),
                frozenset(fact.slug for fact in hers if not fact.is_completed),
                remaining(rule, hers),
            )
        )
    return found


def _shares(person: Person, section_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, float]:
    """Her share of the points by section, over what is graded."""
    rows = db.session.execute(
        select(
            ItemProgress.section_id,
            func.sum(ItemProgress.score) / func.nullif(func.sum(ItemProgress.max_score), 0),
        )
        .where(
            ItemProgress.person_id == person.id,
            ItemProgress.section_id.in_(section_ids),
            ItemProgress.score.is_not(None),
        )
        .group_by(ItemProgress.section_id)
    )
    return {section_id: share for section_id, share in rows if share is not None}


@dataclass(frozen=True)
class Marked:
    """A bookmark that leads somewhere."""

    view: SectionView
    item: CourseItem


def my_bookmarks(person: Person, views: Sequence[SectionView]) -> list[Marked]:
    """PERSON's bookmarks in VIEWS (her sections), newest first, without items that are gone."""
    by_section = {view.section.id: view for view in views}
    found = []
    for row in db.session.scalars(
        select(Bookmark)
        .where(Bookmark.person_id == person.id, Bookmark.section_id.in_(by_section))
        .order_by(Bookmark.created_at.desc())
    ):
        view = by_section[row.section_id]
        item = next((item for item in view.version.items if item.key == row.item_key), None)
        if item is not None:
            found.append(Marked(view, item))
    return found


def bookmarked_keys(person: Person, section: Section) -> set[str]:
    return set(
        db.session.scalars(
            select(Bookmark.item_key).where(
                Bookmark.person_id == person.id, Bookmark.section_id == section.id
            )
        )
    )


def my_requests(person: Person) -> Sequence[PlaceRequest]:
    """The places that PERSON has asked for and waits for."""
    return db.session.scalars(
        select(PlaceRequest)
        .where(PlaceRequest.person_id == person.id, PlaceRequest.state.in_(LIVE_REQUESTS))
        .order_by(PlaceRequest.requested_at)
        .options(
            joinedload(PlaceRequest.section).options(
                joinedload(Section.offering)
                .joinedload(Offering.course_version)
                .joinedload(CourseVersion.course),
                joinedload(Section.school),
            )
        )
    ).all()


def coming_sessions(section: Section) -> Sequence[LiveSession]:
    """Live sessions of SECTION that are not cancelled, by time."""
    return db.session.scalars(
        select(LiveSession)
        .where(LiveSession.section_id == section.id, LiveSession.cancelled_at.is_(None))
        .order_by(LiveSession.starts_at)
    ).all()
