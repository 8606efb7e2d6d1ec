"""Clusters as learners meet them: their page, and what remains for each student."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, null, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalog.models import Cluster, ClusterRules, Course, CourseVersion
from app.catalog.rules.completion import Completion, completion_of
from app.kernel.database import NOW, db
from app.kernel.localized import LocalizedText
from app.learning.models import Enrolment, ItemProgress, Offering, RecognitionRequest, Section
from app.learning.queries.releases import held_here
from app.learning.rules import RecognitionState
from app.learning.rules.clusters import (
    CourseFact,
    Remaining,
    Standing,
    best_for_her,
    distance,
    remaining,
)

__all__ = [
    "Affected",
    "ClusterFrame",
    "ClusterProgress",
    "RulesInForce",
    "affected_by",
    "cluster_frames",
    "cluster_progress",
    "cluster_standings",
    "standings_of_people",
    "titles_of",
]


@dataclass(frozen=True)
class RulesInForce:
    """A version of a cluster's rules that holds now for who begins."""

    number: int
    rules: Completion
    holds_from: datetime
    note: str


@dataclass(frozen=True)
class ClusterFrame:
    """A cluster, its courses in their order, and the versions of its rules that hold now."""

    id: uuid.UUID
    slug: str
    title: LocalizedText
    slugs: tuple[str, ...]
    """Of its courses that are not withdrawn and published."""
    rows: tuple[RulesInForce, ...]

    @cached_property
    def versions(self) -> list[tuple[int, Completion]]:
        """Every version that holds. 0 is what held before the first: every course is required."""
        return [
            (0, Completion(required=self.slugs)),
            *((row.number, row.rules) for row in self.rows),
        ]

    @property
    def current(self) -> tuple[int, Completion]:
        return self.versions[-1]

    @cached_property
    def counted(self) -> set[str]:
        """The courses that count: those of the cluster and those that its rules name."""
        return {*self.slugs, *(slug for _n, rules in self.versions for slug in rules.courses)}

    def number_at(self, instant: datetime) -> int:
        """Which version held at INSTANT."""
        return max((row.number for row in self.rows if row.holds_from <= instant), default=0)

    def row(self, number: int) -> RulesInForce | None:
        return next((row for row in self.rows if row.number == number), None)


@dataclass(frozen=True)
class _Fact:
    """One enrolment that counts."""

    slug: str
    enrolled_at: datetime
    completed_at: datetime | None
    credits: float
    recognised: float | None
    share: float | None


@dataclass(frozen=True)
class ClusterProgress:
    """How far a student is with a cluster of which she takes or took a course."""

    frame: ClusterFrame
    standing: Standing
    began: int
    """The version of the rules under which she began."""
    completed: frozenset[str]
    running: frozenset[str]
    recognised: frozenset[str]
    """Courses for which her school has recognised credit."""

    @property
    def cluster(self) -> ClusterFrame:
        return self.frame

    @property
    def remaining(self) -> Remaining:
        return self.standing.remaining

    @property
    def rules(self) -> Completion:
        """The rules by which she stands best."""
        return dict(self.frame.versions)[self.standing.number]

    @property
    def is_by_newer(self) -> bool:
        """Whether rules that came after she began are better for her."""
        return self.standing.number > self.began

    @property
    def is_by_older(self) -> bool:
        """Whether she keeps rules that are not the newest."""
        return self.standing.number < self.frame.current[0]


def cluster_frames(slug: str | None = None) -> list[ClusterFrame]:
    """All clusters (or the one SLUG) in their order, with courses and rules, in one statement."""
    return _frames(slug, None)[0]


def cluster_standings(person: Person, slug: str | None = None) -> list[ClusterProgress]:
    """What remains in each cluster (or the one SLUG) of which PERSON takes or took a course, in
    one statement."""
    frames, facts = _frames(slug, person)
    found = [_progress(frame, facts) for frame in frames]
    return [progress for progress in found if progress is not None]


def standings_of_people(
    frame: ClusterFrame, people: Collection[uuid.UUID]
) -> dict[uuid.UUID, ClusterProgress]:
    """Where each of PEOPLE stands in FRAME's cluster, in one statement; who takes or took none of
    its courses is left out."""
    facts: dict[uuid.UUID, list[_Fact]] = {}
    statement = _facts().where(
        Course.slug.in_(frame.counted), Enrolment.person_id.in_(list(people))
    )
    for person_id, *fields in db.session.execute(statement):
        facts.setdefault(person_id, []).append(_Fact(*fields))
    found = {person_id: _progress(frame, rows) for person_id, rows in facts.items()}
    return {person_id: row for person_id, row in found.items() if row is not None}


@cache
def _frames_and_facts(*, of_somebody: bool, of_one: bool) -> Select[Any]:
    """Of the cluster ``slug``, or of all; with the facts of the person ``person_id``, or none.

    Built once: putting it together takes longer than asking it.
    """
    courses = (
        select(func.array_agg(aggregate_order_by(Course.slug, Course.position, Course.slug)))
        .where(
            Course.cluster_id == Cluster.id,
            Course.withdrawn_at.is_(None),
            Course.id.in_(select(CourseVersion.course_id)),
        )
        .correlate(Cluster)
        .scalar_subquery()
    )
    row = func.jsonb_build_array(
        ClusterRules.number, ClusterRules.document, ClusterRules.holds_from, ClusterRules.note
    )
    rules = (
        select(func.jsonb_agg(aggregate_order_by(row, ClusterRules.number)))
        .where(ClusterRules.cluster_id == Cluster.id, ClusterRules.holds_from <= NOW)
        .correlate(Cluster)
        .scalar_subquery()
    )
    hers: ColumnElement[Any] = null()
    if of_somebody:
        known = _facts().where(Enrolment.person_id == bindparam("person_id")).subquery()
        fields = [known.c[name] for name in _Fact.__dataclass_fields__]
        document = select(func.jsonb_agg(func.jsonb_build_array(*fields))).scalar_subquery()
        is_first = func.row_number().over(order_by=(Cluster.position, Cluster.slug)) == 1
        hers = case((is_first, document))
    statement = select(Cluster.id, Cluster.slug, Cluster.title, courses, rules, hers).order_by(
        Cluster.position, Cluster.slug
    )
    return statement.where(Cluster.slug == bindparam("slug")) if of_one else statement


def _frames(slug: str | None, person: Person | None) -> tuple[list[ClusterFrame], list[_Fact]]:
    """Clusters, and the facts of PERSON: they come as one document beside the first cluster, so
    that a page that shows one line of them asks the database once."""
    statement = _frames_and_facts(of_somebody=person is not None, of_one=slug is not None)
    values = {"slug": slug, "person_id": person.id if person else None}
    rows = db.session.execute(statement, {key: value for key, value in values.items() if value})
    frames: list[ClusterFrame] = []
    facts: list[Any] = []
    for cluster_id, cluster_slug, title, slugs, versions, document in rows:
        frames.append(
            ClusterFrame(
                cluster_id,
                cluster_slug,
                title,
                tuple(slugs or ()),
                tuple(
                    RulesInForce(number, completion_of(text), datetime.fromisoformat(start), note)
                    for number, text, start, note in versions or ()
                ),
            )
        )
        facts = document or facts
    return frames, [
        _Fact(
            course,
            datetime.fromisoformat(enrolled),
            datetime.fromisoformat(completed) if completed else None,
            credits,
            recognised,
            share,
        )
        for course, enrolled, completed, credits, recognised, share in facts
    ]


def cluster_progress(person: Person) -> tuple[list[ClusterProgress], dict[str, CourseVersion]]:
    """What remains, and the courses that are spoken of by slug: a constant number of statements."""
    found = cluster_standings(person)
    return found, titles_of({slug for row in found for slug in row.frame.counted})


def titles_of(slugs: Collection[str]) -> dict[str, CourseVersion]:
    """The newest version of courses by slug, in one statement."""
    rows = db.session.scalars(
        select(CourseVersion)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug.in_(slugs))
        .ext(distinct_on(CourseVersion.course_id))
        .order_by(CourseVersion.course_id, CourseVersion.number.desc())
        .options(joinedload(CourseVersion.course))
    )
    return {version.course.slug: version for version in rows}


def _facts() -> Select[Any]:
    """Person and fields of a fact for every enrolment that counts: what was recognised counts
    even if she withdrew later."""
    recognised = (
        select(func.max(RecognitionRequest.credits))
        .where(
            RecognitionRequest.enrolment_id == Enrolment.id,
            RecognitionRequest.state == RecognitionState.RECOGNISED,
        )
        .correlate(Enrolment)
        .scalar_subquery()
    )
    share = (
        select(func.sum(ItemProgress.score) / func.nullif(func.sum(ItemProgress.max_score), 0))
        .where(
            ItemProgress.section_id == Enrolment.section_id,
            ItemProgress.person_id == Enrolment.person_id,
            ItemProgress.score.is_not(None),
            # What a student is not to know yet is not to be inferred from what remains for her.
            ~held_here(ItemProgress.section_id, ItemProgress.kind, ItemProgress.slug),
        )
        .correlate(Enrolment)
        .scalar_subquery()
    )
    return (
        select(
            Enrolment.person_id,
            Course.slug,
            Enrolment.enrolled_at,
            Enrolment.completed_at,
            Offering.credits,
            recognised.label("recognised"),
            share.label("share"),
        )
        .join(Section, Section.id == Enrolment.section_id)
        .join(Offering, Offering.id == Section.offering_id)
        .join(CourseVersion, CourseVersion.id == Offering.course_version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(or_(Enrolment.withdrawn_at.is_(None), recognised.is_not(None)))
    )


def _progress(frame: ClusterFrame, rows: Sequence[_Fact]) -> ClusterProgress | None:
    counted = frame.counted
    hers = [row for row in rows if row.slug in counted]
    if not hers:
        return None
    began = frame.number_at(min(row.enrolled_at for row in hers))
    facts = _course_facts(hers)
    completed = frozenset(fact.slug for fact in facts if fact.is_completed)
    return ClusterProgress(
        frame,
        best_for_her(frame.versions, began, facts),
        began,
        completed,
        frozenset(fact.slug for fact in facts) - completed,
        frozenset(row.slug for row in hers if row.recognised is not None),
    )


def _course_facts(rows: Sequence[_Fact]) -> list[CourseFact]:
    return [
        CourseFact(
            row.slug,
            row.completed_at is not None or row.recognised is not None,
            max(row.credits, row.recognised or 0),
            row.share,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Affected:
    """What other rules would do to those who are under way. Nobody loses by them: who began
    before keeps hers."""

    students: int
    """Who takes or took a course that counts."""
    complete_now: int
    complete_then: int
    nearer: int
    """Who would have less left, those who would be complete among them."""
    further: int
    """Who would have more left by the new rules, and keeps the old."""


def affected_by(frame: ClusterFrame, rules: Completion) -> Affected:
    """Count whom RULES, as the next version for FRAME's cluster, would touch: one statement."""
    counted = frame.counted | set(rules.courses)
    people: dict[uuid.UUID, list[_Fact]] = {}
    for person_id, *fields in db.session.execute(_facts().where(Course.slug.in_(counted))):
        people.setdefault(person_id, []).append(_Fact(*fields))
    now = then = nearer = further = 0
    following = frame.current[0] + 1
    for rows in people.values():
        facts = _course_facts(rows)
        began = frame.number_at(min(row.enrolled_at for row in rows))
        standing = best_for_her(frame.versions, began, facts)
        better = best_for_her([*frame.versions, (following, rules)], began, facts)
        now += standing.remaining.is_complete
        then += better.remaining.is_complete
        nearer += better.number == following
        further += distance(remaining(rules, facts)) > distance(standing.remaining)
    return Affected(len(people), now, then, nearer, further)
