"""What the public page of a cluster says: its courses, who teaches them, what they prove."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.accounts.models import Organisation, Person
from app.catalog import queries as catalog
from app.catalog.models import Cluster, CourseVersion
from app.catalog.rules import ItemKind
from app.catalog.rules.completion import Completion
from app.kernel import clock
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.labs.models import LabVersion
from app.learning.models import Offering, Section
from app.learning.queries.clusters import (
    ClusterFrame,
    ClusterProgress,
    cluster_frames,
    cluster_standings,
    titles_of,
)
from app.learning.queries.sections import is_open_to_enrol
from app.learning.rules import Way

__all__ = ["ClusterCourse", "ClusterPage", "Partner", "cluster_page"]


@dataclass(frozen=True)
class ClusterCourse:
    """A course as its cluster's page lists it."""

    version: CourseVersion
    lab_count: int
    schools: tuple[Organisation, ...]
    """Where it is taught now or soon."""
    open_at: tuple[Organisation, ...]
    """Where students can enrol now, or ask for a place."""


@dataclass(frozen=True)
class Partner:
    """Who stands behind a cluster. ORGANISATION is there when it is known here and verified."""

    name: LocalizedText
    url: str
    organisation: Organisation | None


@dataclass(frozen=True)
class ClusterPage:
    """Everything that the page says, loaded in a constant number of statements."""

    cluster: Cluster
    frame: ClusterFrame
    courses: tuple[ClusterCourse, ...]
    skills: tuple[LocalizedText, ...]
    partners: tuple[Partner, ...]
    titles: Mapping[str, CourseVersion]
    progress: ClusterProgress | None = field(default=None)
    """Of who reads it, when she takes a course of it."""

    @property
    def schools(self) -> tuple[Organisation, ...]:
        found = {school.id: school for course in self.courses for school in course.schools}
        return tuple(sorted(found.values(), key=lambda school: school.slug))

    @property
    def hours(self) -> int:
        return sum(course.version.hours for course in self.courses)

    @property
    def credits(self) -> float:
        return sum(course.version.credits or 0 for course in self.courses)

    @property
    def lab_count(self) -> int:
        return sum(course.lab_count for course in self.courses)

    @property
    def rules(self) -> Completion:
        return self.frame.current[1]


def cluster_page(person: Person | None, slug: str) -> ClusterPage | None:
    """The page of the cluster SLUG as PERSON (or nobody) reads it; None when there is none."""
    cluster = catalog.cluster(slug)
    if cluster is None:
        return None
    (frame,) = cluster_frames(slug)
    versions = catalog.latest_versions(cluster.id)
    sections = _sections(version.course_id for version in versions)
    titles = {version.course.slug: version for version in versions}
    elsewhere = set(frame.current[1].courses) - titles.keys()
    progress = cluster_standings(person, slug) if person is not None else []
    if progress:
        elsewhere |= set(progress[0].rules.courses) - titles.keys()
    return ClusterPage(
        cluster=cluster,
        frame=frame,
        courses=tuple(_course(v, sections.get(v.course_id, ())) for v in versions),
        skills=_skills(versions),
        partners=_partners(cluster.partners),
        titles={**titles, **titles_of(elsewhere)},
        progress=progress[0] if progress else None,
    )


def _course(version: CourseVersion, sections: Sequence[Section]) -> ClusterCourse:
    schools = {section.school.id: section.school for section in sections}
    open_at = {
        section.school.id: section.school
        for section in sections
        if is_open_to_enrol(section) and section.way is not Way.ROSTER
    }
    return ClusterCourse(
        version,
        sum(item.kind is ItemKind.LAB for item in version.items),
        tuple(schools.values()),
        tuple(open_at.values()),
    )


def _sections(course_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Section]]:
    """Sections that are not over, by course."""
    today = clock.now().astimezone(clock.TAIPEI).date()
    found: dict[uuid.UUID, list[Section]] = {}
    rows = db.session.scalars(
        select(Section)
        .join(Offering, Offering.id == Section.offering_id)
        .join(CourseVersion, CourseVersion.id == Offering.course_version_id)
        .join(Organisation, Organisation.id == Section.school_id)
        .where(CourseVersion.course_id.in_(list(course_ids)), Offering.ends_on >= today)
        .order_by(Organisation.slug, Section.code)
        .options(
            contains_eager(Section.offering).contains_eager(Offering.course_version),
            contains_eager(Section.school),
        )
    )
    for section in rows:
        found.setdefault(section.offering.course_version.course_id, []).append(section)
    return found


def _skills(versions: Sequence[CourseVersion]) -> tuple[LocalizedText, ...]:
    """What the labs give evidence of, each skill once, in the order of the courses."""
    ids = [item.lab_version_id for version in versions for item in version.items]
    by_id = {
        lab_id: skills
        for lab_id, skills in db.session.execute(
            select(LabVersion.id, LabVersion.skills).where(
                LabVersion.id.in_([lab_id for lab_id in ids if lab_id is not None])
            )
        )
    }
    found: dict[str, LocalizedText] = {}
    for lab_id in ids:
        for skill in by_id.get(lab_id, ()) if lab_id is not None else ():
            found.setdefault(skill["slug"], LocalizedText(skill["title"]))
    return tuple(found.values())


def _partners(rows: Sequence[Mapping[str, Any]]) -> tuple[Partner, ...]:
    slugs = [row["organisation"] for row in rows if row["organisation"]]
    known = {
        organisation.slug: organisation
        for organisation in db.session.scalars(
            select(Organisation).where(Organisation.slug.in_(slugs))
        )
    }
    return tuple(
        Partner(LocalizedText(row["name"]), row["url"], known.get(row["organisation"]))
        for row in rows
    )
