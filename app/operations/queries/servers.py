"""Servers that run, and starts that failed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager

from app.accounts import queries as accounts
from app.accounts.models import Membership, Person
from app.accounts.rules import Role
from app.catalog.models import CourseItem, CourseVersion, Module
from app.catalog.rules import ItemKind
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.localized import LocalizedText
from app.kernel.paging import Listed, one_page
from app.learning.models import Offering, Section
from app.operations.models import LabRun
from app.operations.rules import Ending, RunState


@dataclass(frozen=True)
class Shown:
    """A server with the words for where it belongs; those are None when nobody knows."""

    run: LabRun
    course: LocalizedText | None
    section: str | None
    lab: LocalizedText | None


@dataclass(frozen=True)
class Totals:
    """All servers together."""

    count: int
    starting: int
    memory_bytes: int
    cpu_percent: float
    process_count: int


SERVER_SORTS: dict[str, Any] = {
    "person": Person.name,
    "course": Section.code,
    "since": LabRun.asked_at,
    "memory": LabRun.memory_bytes,
    "cpu": LabRun.cpu_percent,
    "processes": LabRun.process_count,
    "disk": LabRun.disk_bytes,
    "activity": LabRun.active_at,
}


def servers(
    *,
    search: str = "",
    state: str = "",
    sort: str = "since",
    descending: bool = True,
    page: int | None = 1,
) -> Listed[Shown]:
    """Page PAGE of the servers that run now; None means all of them."""
    statement = _shown().where(LabRun.ended_at.is_(None))
    if search:
        statement = statement.where(_matches(search))
    if state in {one.value for one in RunState}:
        statement = statement.where(LabRun.state == RunState(state))
    column = SERVER_SORTS.get(sort, LabRun.asked_at)
    order = (column.desc() if descending else column.asc()).nulls_last()
    return _listed(statement.order_by(order, LabRun.id), page)


def failures(*, search: str = "", page: int | None = 1) -> Listed[Shown]:
    """Starts that failed, the newest first. SEARCH also finds a number that a student reads out."""
    statement = _shown().where(LabRun.ending == Ending.FAILED)
    if search:
        number = search.strip().upper()
        statement = statement.where(or_(LabRun.reference == number, _matches(search)))
    return _listed(statement.order_by(LabRun.ended_at.desc(), LabRun.id), page)


def totals() -> Totals:
    """What all servers that run take together."""
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(LabRun.state == RunState.STARTING),
            func.coalesce(func.sum(LabRun.memory_bytes), 0),
            func.coalesce(func.sum(LabRun.cpu_percent), 0.0),
            func.coalesce(func.sum(LabRun.process_count), 0),
        ).where(LabRun.ended_at.is_(None))
    ).one()
    return Totals(row[0], row[1], int(row[2] or 0), float(row[3] or 0), int(row[4] or 0))


def run_live(run_id: uuid.UUID) -> LabRun:
    """A server that runs, by its number. Raises NotVisible."""
    found = db.session.scalar(
        select(LabRun)
        .join(LabRun.person)
        .options(contains_eager(LabRun.person))
        .where(LabRun.id == run_id, LabRun.ended_at.is_(None))
    )
    if found is None:
        raise NotVisible(str(run_id))
    return found


def live_run_of(person_id: uuid.UUID) -> LabRun | None:
    """Her server, if one runs or starts."""
    return db.session.scalar(
        select(LabRun).where(LabRun.person_id == person_id, LabRun.ended_at.is_(None))
    )


def last_failure_of(person_id: uuid.UUID) -> LabRun | None:
    """How her last server ended, when it never came up."""
    found = db.session.scalar(
        select(LabRun)
        .where(LabRun.person_id == person_id)
        .order_by(LabRun.asked_at.desc())
        .limit(1)
    )
    return found if found is not None and found.ending is Ending.FAILED else None


def operators() -> Sequence[Person]:
    """Who runs the installation."""
    hers = select(Membership.person_id).where(
        Membership.role == Role.OPERATOR, Membership.ended_at.is_(None)
    )
    return db.session.scalars(
        select(Person).where(Person.id.in_(hers), Person.suspended_at.is_(None)).order_by(Person.id)
    ).all()


def live_runs() -> Sequence[LabRun]:
    """All that run or start, with their people."""
    return db.session.scalars(
        select(LabRun)
        .join(LabRun.person)
        .options(contains_eager(LabRun.person))
        .where(LabRun.ended_at.is_(None))
        .order_by(LabRun.id)
    ).all()


def shown_run(run_id: uuid.UUID) -> Shown:
    """A server with the words for where it belongs. Raises NotVisible."""
    row = db.session.execute(_shown().where(LabRun.id == run_id)).first()
    if row is None:
        raise NotVisible(str(run_id))
    return Shown(*row)


def _shown() -> Any:
    return (
        select(LabRun, CourseVersion.title, Section.code, CourseItem.title)
        .join(LabRun.person)
        .outerjoin(Section, Section.id == LabRun.section_id)
        .outerjoin(Offering, Offering.id == Section.offering_id)
        .outerjoin(CourseVersion, CourseVersion.id == Offering.course_version_id)
        .outerjoin(
            CourseItem,
            and_(
                CourseItem.kind == ItemKind.LAB,
                CourseItem.slug == LabRun.lab_slug,
                CourseItem.module_id.in_(
                    select(Module.id)
                    .where(Module.course_version_id == Offering.course_version_id)
                    .correlate(Offering)
                ),
            ),
        )
        .options(contains_eager(LabRun.person))
    )


def _matches(search: str) -> Any:
    return or_(
        *accounts.named_like(search),
        Section.code.icontains(search, autoescape=True),
        LabRun.lab_slug.icontains(search, autoescape=True),
    )


def _listed(statement: Any, page: int | None) -> Listed[Shown]:
    chosen, total, page = one_page(statement, page)
    rows = [Shown(*row) for row in db.session.execute(chosen).unique()]
    return Listed(rows, total, page)
