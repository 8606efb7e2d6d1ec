"""Sections as the page of their course lists them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import false, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Person
from app.catalog.models import CourseVersion
from app.kernel import clock
from app.kernel.database import db
from app.learning import policies
from app.learning.models import Enrolment, Offering, PlaceRequest, Section, SectionStaff
from app.learning.queries.sections import is_open_to_enrol
from app.learning.rules import LIVE_REQUESTS, RequestState, Way


@dataclass(frozen=True)
class OpenSection:
    """A section as the course page lists it."""

    section: Section
    enrolled_count: int
    waiting_count: int
    is_mine: bool
    request: PlaceRequest | None
    """What she has asked for and waits for."""
    turn: int
    """Her place in the line, from 1; 0 when she does not wait."""
    may_enrol: bool
    reason: str
    """Why she cannot get in by herself: ``school``, ``full``, ``closed``, ``roster`` or empty."""

    @property
    def places_left(self) -> int:
        """A place that was given up belongs to whoever waits."""
        if self.waiting_count:
            return 0
        return max(0, self.section.capacity - self.enrolled_count)

    @property
    def may_wait(self) -> bool:
        return self.reason == "full" and self.request is None and not self.is_mine


def sections_of_course(person: Person | None, course_id: uuid.UUID) -> list[OpenSection]:
    """The sections of a course that are not over, and what PERSON (or nobody) may do there."""
    today = clock.now().astimezone(clock.TAIPEI).date()
    sections = db.session.scalars(
        select(Section)
        .join(Offering)
        .join(CourseVersion)
        .where(CourseVersion.course_id == course_id, Offering.ends_on >= today)
        .order_by(Offering.starts_on, Section.code)
        .options(
            contains_eager(Section.offering)
            .contains_eager(Offering.course_version)
            .load_only(CourseVersion.course_id, CourseVersion.number, CourseVersion.title),
            contains_eager(Section.offering).joinedload(Offering.lead),
            joinedload(Section.school),
            selectinload(Section.staff).joinedload(SectionStaff.person),
        )
    ).all()
    ids = [section.id for section in sections]
    counts, mine = _taken(ids, person)
    waiting: dict[uuid.UUID, list[PlaceRequest]] = {}
    for row in _live_requests(ids):
        waiting.setdefault(row.section_id, []).append(row)
    return [
        _open(person, section, counts.get(section.id, 0), waiting.get(section.id, []), mine)
        for section in sections
    ]


def _open(
    person: Person | None,
    section: Section,
    count: int,
    requests: list[PlaceRequest],
    mine: set[uuid.UUID],
) -> OpenSection:
    line = [row for row in requests if row.state is RequestState.WAITING]
    request = next((r for r in requests if person is not None and r.person_id == person.id), None)
    reason = ""
    if not is_open_to_enrol(section):
        reason = "closed"
    elif person is not None and not policies.can_enrol(person, section):
        reason = "school"
    elif section.way is Way.ROSTER:
        reason = "roster"
    elif section.way is Way.SELF and (line or count >= section.capacity):
        reason = "full"
    return OpenSection(
        section=section,
        enrolled_count=count,
        waiting_count=len(line),
        is_mine=section.id in mine,
        request=request,
        turn=line.index(request) + 1 if request in line else 0,
        may_enrol=(
            person is not None and not reason and section.id not in mine and request is None
        ),
        reason=reason,
    )


def taken_counts(section_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many places of each section are taken."""
    return {
        section_id: count
        for section_id, count in db.session.execute(
            select(Enrolment.section_id, func.count())
            .where(Enrolment.section_id.in_(section_ids), Enrolment.withdrawn_at.is_(None))
            .group_by(Enrolment.section_id)
        )
    }


def _taken(
    section_ids: Collection[uuid.UUID], person: Person | None
) -> tuple[dict[uuid.UUID, int], set[uuid.UUID]]:
    """How many places of each section are taken, and in which sections PERSON has one."""
    hers = Enrolment.person_id == person.id if person is not None else false()
    rows = db.session.execute(
        select(Enrolment.section_id, func.count(), func.bool_or(hers))
        .where(Enrolment.section_id.in_(section_ids), Enrolment.withdrawn_at.is_(None))
        .group_by(Enrolment.section_id)
    ).all()
    return {row[0]: row[1] for row in rows}, {row[0] for row in rows if row[2]}


def _live_requests(section_ids: Collection[uuid.UUID]) -> list[PlaceRequest]:
    return list(
        db.session.scalars(
            select(PlaceRequest)
            .where(PlaceRequest.section_id.in_(section_ids), PlaceRequest.state.in_(LIVE_REQUESTS))
            .order_by(PlaceRequest.turn)
        )
    )
