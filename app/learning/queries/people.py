"""The people of a section, for those who may see them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, with_expression

from app.accounts.models import Membership, Person
from app.accounts.queries.people import Listed, listed
from app.accounts.rules import Role
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning import policies
from app.learning.models import (
    Attendance,
    Enrolment,
    LiveSession,
    PlaceRequest,
    RosterInvitation,
    Section,
    SectionStaff,
)
from app.learning.queries.groups import group_names
from app.learning.queries.sections import SECTION_PARTS, STAFF_PARTS
from app.learning.rules import LIVE_REQUESTS, RequestState, StaffRole

SORTS = {
    "name": (Person.name, Person.handle),
    "email": (Person.email,),
    "since": (Enrolment.enrolled_at,),
    "group": (group_names(), Person.name),
}


@dataclass(frozen=True)
class SectionDesk:
    """A section as somebody works on it who may see its people."""

    section: Section
    may_manage: bool
    """Settings, rosters, decisions, extensions; teaching assistants may not."""


def section_desk(person: Person, code: str) -> SectionDesk:
    """The section CODE for its staff and its school's department office. Raises NotVisible."""
    section = db.session.scalar(_by_code(), {"code": code})
    if section is None or not policies.can_see_people(person, section):
        raise NotVisible(code)
    return SectionDesk(section, policies.can_manage_section(person, section))


@cache
def _by_code() -> Select[Section]:
    return (
        select(Section)
        .where(Section.code == bindparam("code"))
        .options(*SECTION_PARTS, *STAFF_PARTS)
    )


def section_managed_by(person: Person, code: str) -> SectionDesk:
    """The section CODE for those who manage it. Raises NotVisible."""
    desk = section_desk(person, code)
    if not desk.may_manage:
        raise NotVisible(code)
    return desk


def students_of(
    section: Section,
    *,
    state: str = "enrolled",
    search: str = "",
    sort: str = "name",
    descending: bool = False,
    page: int | None = 1,
) -> Listed[Enrolment]:
    """Enrolments of SECTION. STATE: ``enrolled``, ``completed`` or ``withdrawn``."""
    statement = _students(state, sort if sort in SORTS else "name", descending)
    count = None if search else _how_many(state)
    if search:
        number = select(Membership.person_id).where(
            Membership.organisation_id == section.school_id,
            Membership.student_number.icontains(search, autoescape=True),
        )
        statement = statement.where(
            or_(
                Person.name.icontains(search, autoescape=True),
                Person.email.icontains(search, autoescape=True),
                group_names().icontains(search, autoescape=True),
                Person.id.in_(number),
            )
        )
    values = {"section_id": section.id, "school_id": section.school_id}
    return listed(statement, page, values, count)


@lru_cache
def _how_many(state: str) -> Select[Any]:
    return select(func.count()).select_from(Enrolment).where(*_in_state(state))


def _in_state(state: str) -> list[ColumnElement[bool]]:
    """Which enrolments of ``section_id`` a list of those in STATE shows."""
    shown = [Enrolment.section_id == bindparam("section_id")]
    if state == "withdrawn":
        return [*shown, Enrolment.withdrawn_at.is_not(None)]
    if state == "completed":
        shown.append(Enrolment.completed_at.is_not(None))
    return [*shown, Enrolment.withdrawn_at.is_(None)]


@lru_cache
def _students(state: str, sort: str, descending: bool) -> Select[Enrolment]:
    """Enrolments of the section ``section_id`` of the school ``school_id``.

    What a list shows of groups and numbers is loaded with the rows: one statement however many
    there are. Built once.
    """
    number = (
        select(func.max(Membership.student_number))
        .where(
            Membership.person_id == Enrolment.person_id,
            Membership.organisation_id == bindparam("school_id"),
            Membership.ended_at.is_(None),
        )
        .correlate(Enrolment)
        .scalar_subquery()
    )
    statement = (
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(*_in_state(state))
        .options(
            contains_eager(Enrolment.person).load_only(Person.name, Person.email),
            with_expression(Enrolment.group_names, group_names()),
            with_expression(Enrolment.student_number, number),
        )
    )
    return statement.order_by(
        *(c.desc() if descending else c.asc() for c in SORTS[sort]), Enrolment.id
    )


def requests_of(section: Section) -> Sequence[PlaceRequest]:
    """Who asks and who waits, in the order in which they come in."""
    return db.session.scalars(_live_requests(), {"section_id": section.id}).all()


@cache
def _live_requests() -> Select[PlaceRequest]:
    return (
        select(PlaceRequest)
        .where(
            PlaceRequest.section_id == bindparam("section_id"),
            PlaceRequest.state.in_(LIVE_REQUESTS),
        )
        .order_by(PlaceRequest.turn.nulls_first(), PlaceRequest.requested_at)
        .options(joinedload(PlaceRequest.person))
    )


def requests_to_decide(person: Person) -> list[tuple[Section, int]]:
    """The sections that PERSON manages in which students wait for approval, and how many do."""
    offices = person.organisations_as(Role.DEPARTMENT_OFFICE)
    if not offices and not policies.teaches_somewhere(person):
        return []
    teaches = select(SectionStaff.section_id).where(
        SectionStaff.person_id == person.id,
        SectionStaff.ended_at.is_(None),
        SectionStaff.role == StaffRole.INSTRUCTOR,
    )
    counts = {
        section_id: count
        for section_id, count in db.session.execute(
            select(PlaceRequest.section_id, func.count())
            .join(Section, Section.id == PlaceRequest.section_id)
            .where(
                PlaceRequest.state == RequestState.ASKED,
                or_(Section.school_id.in_(offices), Section.id.in_(teaches)),
            )
            .group_by(PlaceRequest.section_id)
        )
    }
    if not counts:
        return []
    sections = db.session.scalars(
        select(Section)
        .where(Section.id.in_(counts))
        .order_by(Section.code)
        .options(*SECTION_PARTS, *STAFF_PARTS)
    ).all()
    return [(s, counts[s.id]) for s in sections if policies.can_manage_section(person, s)]


def request_in(section: Section, request_id: uuid.UUID) -> PlaceRequest:
    """One of SECTION's requests. Raises NotVisible."""
    found = db.session.get(PlaceRequest, request_id)
    if found is None or found.section_id != section.id:
        raise NotVisible(str(request_id))
    return found


def student_in(section: Section, person_id: uuid.UUID) -> Enrolment:
    """The enrolment of somebody who takes SECTION now. Raises NotVisible."""
    found = db.session.scalar(
        select(Enrolment)
        .where(
            Enrolment.section_id == section.id,
            Enrolment.person_id == person_id,
            Enrolment.withdrawn_at.is_(None),
        )
        .options(
            joinedload(Enrolment.person).selectinload(Person.memberships),
            with_expression(Enrolment.group_names, group_names()),
        )
    )
    if found is None:
        raise NotVisible(str(person_id))
    return found


def section_counts(section: Section) -> dict[str, int]:
    """How many are enrolled, completed and withdrawn, wait, ask, and are expected by a roster."""
    return dict(db.session.execute(_counts(), {"section_id": section.id}).one()._mapping)


@cache
def _counts() -> Select[Any]:
    section_id: Any = bindparam("section_id")
    gone = Enrolment.withdrawn_at.is_not(None)
    enrolments = (
        select(
            func.count().filter(~gone).label("enrolled"),
            func.count(Enrolment.completed_at).filter(~gone).label("completed"),
            func.count().filter(gone).label("withdrawn"),
        )
        .where(Enrolment.section_id == section_id)
        .subquery()
    )
    requests = (
        select(
            func.count().filter(PlaceRequest.state == RequestState.WAITING).label("waiting"),
            func.count().filter(PlaceRequest.state == RequestState.ASKED).label("asked"),
        )
        .where(PlaceRequest.section_id == section_id)
        .subquery()
    )
    invited = (
        select(func.count().label("expected"))
        .where(RosterInvitation.section_id == section_id, RosterInvitation.came_at.is_(None))
        .subquery()
    )
    # Each has one row.
    return (
        select(enrolments, requests, invited)
        .select_from(enrolments)
        .join(requests, true())
        .join(invited, true())
    )


def student_number(enrolment: Enrolment, school_id: uuid.UUID) -> str:
    """Her number at the school, or empty; memberships are loaded."""
    return next(
        (
            m.student_number
            for m in enrolment.person.live_memberships
            if m.organisation_id == school_id and m.student_number
        ),
        "",
    )


def session_in(section: Section, session_id: uuid.UUID) -> LiveSession:
    """One of SECTION's live sessions. Raises NotVisible."""
    found = db.session.get(LiveSession, session_id)
    if found is None or found.section_id != section.id:
        raise NotVisible(str(session_id))
    return found


def attendance_of(session_ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], str]:
    """Who was there, by (session, person)."""
    return {
        (row.session_id, row.person_id): row.presence.value
        for row in db.session.scalars(
            select(Attendance).where(Attendance.session_id.in_(session_ids))
        )
    }


__all__ = [
    "SectionDesk",
    "attendance_of",
    "request_in",
    "requests_of",
    "requests_to_decide",
    "section_counts",
    "section_desk",
    "section_managed_by",
    "session_in",
    "student_in",
    "student_number",
    "students_of",
]
