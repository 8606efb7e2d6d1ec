"""Quotas of sections and courses, and what of them is used."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Person
from app.catalog.models import Course, CourseVersion
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning.models import Offering, Section
from app.operations.models import LabQuota, LabRun
from app.operations.rules.quotas import WEEK_DAYS, Limits, Places


@dataclass(frozen=True)
class QuotaRow:
    """A quota, what it is of, and how many servers take from it now."""

    quota: LabQuota
    name: str
    taken: int


def quotas_over(section: Section) -> Sequence[LabQuota]:
    """The section's own, then its course's."""
    course_id = _course_id_of(section.id)
    return db.session.scalars(
        select(LabQuota)
        .where(or_(LabQuota.section_id == section.id, LabQuota.course_id == course_id))
        .order_by(LabQuota.section_id.is_(None))
    ).all()


def limits_of(quota: LabQuota) -> Limits:
    return Limits(quota.memory_mb, quota.idle_minutes, quota.weekly_hours)


def places_of(quota: LabQuota, person: Person) -> Places | None:
    """Its places, and how many others than PERSON have; None without a limit."""
    if quota.servers_at_once is None:
        return None
    taken = db.session.scalar(_live(quota).where(LabRun.person_id != person.id))
    return Places(quota.servers_at_once, taken or 0)


def hours_used(person: Person, quota: LabQuota) -> float:
    """Hours of her servers in the last seven days that count for QUOTA."""
    now = clock.now()
    since = now - timedelta(days=WEEK_DAYS)
    span = func.extract(
        "epoch",
        func.coalesce(LabRun.ended_at, now) - func.greatest(LabRun.ready_at, since),
    )
    seconds = db.session.scalar(
        select(func.coalesce(func.sum(span), 0))
        .where(
            LabRun.person_id == person.id,
            LabRun.section_id.in_(_sections(quota)),
            LabRun.ready_at.is_not(None),
            func.coalesce(LabRun.ended_at, now) > since,
        )
    )  # fmt: skip
    return float(seconds or 0) / 3600


def all_quotas() -> list[QuotaRow]:
    """Every quota with what is taken, by name."""
    quotas = db.session.scalars(
        select(LabQuota).options(joinedload(LabQuota.course), joinedload(LabQuota.section))
    ).all()
    by_section: dict[uuid.UUID, int] = {}
    for section_id, count in db.session.execute(
        select(LabRun.section_id, func.count())
        .where(LabRun.ended_at.is_(None), LabRun.section_id.is_not(None))
        .group_by(LabRun.section_id)
    ):
        if section_id is not None:
            by_section[section_id] = count
    courses: dict[uuid.UUID, int] = {}
    for section_id, course_id in db.session.execute(
        _with_courses(select(Section.id, CourseVersion.course_id)).where(Section.id.in_(by_section))
    ):
        courses[course_id] = courses.get(course_id, 0) + by_section[section_id]
    rows = []
    for quota in quotas:
        if quota.section is not None:
            rows.append(QuotaRow(quota, quota.section.code, by_section.get(quota.section.id, 0)))
        elif quota.course is not None:
            rows.append(QuotaRow(quota, quota.course.slug, courses.get(quota.course.id, 0)))
    return sorted(rows, key=lambda row: row.name)


def quota_by_id(quota_id: uuid.UUID) -> LabQuota:
    """Raises NotVisible."""
    found = db.session.get(LabQuota, quota_id)
    if found is None:
        raise NotVisible(str(quota_id))
    return found


def course_or_section(name: str) -> Course | Section | None:
    """What a section's code or a course's name in addresses means."""
    section = db.session.scalar(select(Section).where(Section.code == name))
    return section or db.session.scalar(select(Course).where(Course.slug == name))


def quota_of(target: Course | Section) -> LabQuota | None:
    key = LabQuota.section_id if isinstance(target, Section) else LabQuota.course_id
    return db.session.scalar(select(LabQuota).where(key == target.id))


def section_of_last_run(person: Person) -> tuple[Section | None, str | None]:
    """Where she worked last: for a server that is not started from a lesson."""
    found = db.session.scalar(
        select(LabRun)
        .join(LabRun.section)
        .options(contains_eager(LabRun.section))
        .where(LabRun.person_id == person.id)
        .order_by(LabRun.asked_at.desc())
        .limit(1)
    )
    return (found.section, found.lab_slug) if found else (None, None)


def _live(quota: LabQuota) -> Any:
    return select(func.count(LabRun.id)).where(
        LabRun.ended_at.is_(None), LabRun.section_id.in_(_sections(quota))
    )


def _sections(quota: LabQuota) -> Any:
    if quota.section_id is not None:
        return select(Section.id).where(Section.id == quota.section_id)
    return _with_courses(select(Section.id)).where(CourseVersion.course_id == quota.course_id)


def _course_id_of(section_id: uuid.UUID) -> uuid.UUID | None:
    return db.session.scalar(
        _with_courses(select(CourseVersion.course_id)).where(Section.id == section_id)
    )


def _with_courses(statement: Any) -> Any:
    return (
        statement.select_from(Section)
        .join(Offering, Offering.id == Section.offering_id)
        .join(CourseVersion, CourseVersion.id == Offering.course_version_id)
    )
