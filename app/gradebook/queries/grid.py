"""The grid: who stands in it, in which order, and a window of its rows."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Exists, Numeric, Select, and_, cast, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB

from app.accounts.models import Membership, Person
from app.gradebook.models import GradeChange, GradeEntry, StudentGrade
from app.gradebook.queries.books import Book, Column
from app.gradebook.rules.entries import Way
from app.kernel.database import db
from app.learning.models import Enrolment, Section

__all__ = [
    "STATES", "WINDOW", "Asked", "GridRow", "Open", "Scope", "all_rows", "count_rows",
    "open_columns", "people_in", "row_of", "rows", "summary",
]  # fmt: skip

WINDOW = 50
MOST = 100
STATES = ("missing", "late", "waiting", "failed", "falling", "conflict", "risk")
BY_SQL = {
    "name": (Person.name, Person.handle),
    "total": (StudentGrade.percent,),
    "missing": (StudentGrade.missing_count,),
}


@dataclass(frozen=True)
class Asked:
    """Which rows somebody wants to see, and in which order."""

    search: str = ""
    state: str = ""
    """One of STATES, or empty for everybody."""
    sort: str = "name"
    """``name``, ``number``, ``total``, ``missing`` or the key of a column."""
    descending: bool = False
    section: str = ""
    """A section's code, ``all`` that she teaches of the offering, or empty: the page's own."""
    school: str = ""
    """A school's slug: her sections there, of the course and what is taught together with it."""
    columns: str = ""
    """``attention``: only columns in which something waits, is missing or in conflict."""


@dataclass(frozen=True)
class Scope:
    """The sections that a grid shows, with their books."""

    books: tuple[Book, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The course's, then every section's own, with its code where there are several."""
        first, *others = self.books
        several = bool(others)
        found = [
            replace(c, title=f"{c.title} · {first.section.code}")
            if several and c.kind == "manual"
            else c
            for c in first.columns
        ]
        for book in others:
            found += [
                replace(c, title=f"{c.title} · {book.section.code}")
                for c in book.columns
                if c.kind == "manual"
            ]
        return tuple(found)

    @property
    def section_ids(self) -> list[uuid.UUID]:
        return [book.section.id for book in self.books]

    @property
    def codes(self) -> dict[uuid.UUID, str]:
        return {book.section.id: book.section.code for book in self.books}


@dataclass(frozen=True, slots=True)
class GridRow:
    """One student's row."""

    person_id: uuid.UUID
    section_id: uuid.UUID
    name: str
    email: str
    number: str
    percent: Decimal | None
    rounded: Decimal | None
    mark: str | None
    is_passed: bool | None
    is_incomplete: bool
    missing: int
    late: int
    waiting: int
    cells: Mapping[str, Any] = field(default_factory=dict)
    is_falling: bool = False
    has_conflict: bool = False
    """A number set by hand stands, and another score came since."""


SCORED = (Way.AUTOGRADED, Way.REGRADED, Way.MANUAL_GRADING, Way.QUIZ)


def _conflict() -> Exists:
    """Whether a number set by hand stands for somebody, and a score came after it was set."""
    later = exists().where(
        GradeChange.section_id == GradeEntry.section_id,
        GradeChange.person_id == GradeEntry.person_id,
        GradeChange.item_key == GradeEntry.item_key,
        GradeChange.at > GradeEntry.changed_at,
        GradeChange.way.in_(SCORED),
    )
    return (
        exists()
        .where(
            GradeEntry.section_id == StudentGrade.section_id,
            GradeEntry.person_id == StudentGrade.person_id,
            GradeEntry.override.is_not(None),
            later,
        )
        .correlate(StudentGrade)
    )


def _statement(scope: Scope, asked: Asked) -> Select[Any]:
    number = (
        select(func.min(Membership.student_number))
        .where(
            Membership.person_id == Person.id,
            Membership.organisation_id == Section.school_id,
            Membership.ended_at.is_(None),
        )
        .scalar_subquery()
    )
    kept = StudentGrade
    columns: tuple[Any, ...] = (
        Person.id,
        Enrolment.section_id,
        Person.name,
        Person.email,
        func.coalesce(number, "").label("number"),
        kept.percent,
        kept.rounded,
        kept.mark,
        kept.is_passed,
        kept.is_incomplete,
        kept.missing_count,
        kept.late_count,
        kept.waiting_count,
        kept.cells,
        kept.is_falling,
        _conflict(),
    )
    statement: Select[Any] = (
        select(*columns)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Section, Section.id == Enrolment.section_id)
        .join(
            kept,
            and_(kept.section_id == Enrolment.section_id, kept.person_id == Enrolment.person_id),
        )
        .where(Enrolment.section_id.in_(scope.section_ids), Enrolment.withdrawn_at.is_(None))
    )
    if asked.search:
        statement = statement.where(
            or_(
                Person.name.icontains(asked.search, autoescape=True),
                Person.email.icontains(asked.search, autoescape=True),
                number.icontains(asked.search, autoescape=True),
            )
        )
    conditions = {
        "missing": kept.missing_count > 0,
        "late": kept.late_count > 0,
        "waiting": kept.waiting_count > 0,
        "failed": kept.is_passed.is_(False),
        "falling": kept.is_falling,
        "conflict": _conflict(),
        "risk": or_(kept.missing_count >= 2, kept.is_passed.is_(False)),
    }
    if asked.state in conditions:
        statement = statement.where(conditions[asked.state])
    return statement


def _ordered(scope: Scope, asked: Asked) -> Select[Any]:
    statement = _statement(scope, asked)
    if asked.sort == "number":
        order: tuple[Any, ...] = (statement.selected_columns.number,)
    elif asked.sort in BY_SQL:
        order = BY_SQL[asked.sort]
    else:
        order = (cast(StudentGrade.cells[asked.sort]["p"].astext, Numeric),)
    # Whoever has nothing comes last, whichever way the numbers run.
    return statement.order_by(
        *((c.desc() if asked.descending else c.asc()).nulls_last() for c in order),
        Person.name,
        Person.id,
    )


def rows(scope: Scope, asked: Asked, first: int = 0, count: int = WINDOW) -> list[GridRow]:
    """COUNT rows (at most MOST) from FIRST (0-based) on, in one statement."""
    statement = _ordered(scope, asked).offset(max(first, 0)).limit(min(count, MOST))
    return [GridRow(*row) for row in db.session.execute(statement)]


def all_rows(scope: Scope, asked: Asked) -> Iterator[GridRow]:
    """Every row, a few hundred in memory at a time."""
    result = db.session.execute(
        _ordered(scope, asked), execution_options={"yield_per": 200, "stream_results": True}
    )
    for row in result:
        yield GridRow(*row)


def row_of(scope: Scope, people: Sequence[uuid.UUID]) -> list[GridRow]:
    """The rows of PEOPLE."""
    statement = _statement(scope, Asked()).where(Person.id.in_(people))
    return [GridRow(*row) for row in db.session.execute(statement)]


def people_in(scope: Scope, asked: Asked) -> list[GridRow]:
    """Everybody whom ASKED names, by name."""
    statement = _ordered(scope, replace(asked, sort="name", descending=False))
    return [GridRow(*row) for row in db.session.execute(statement)]


def count_rows(scope: Scope, asked: Asked) -> int:
    """How many rows there are."""
    inner = _statement(scope, asked).with_only_columns(Person.id).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def summary(scope: Scope) -> dict[str, Any]:
    """How many students are in which state, and the mean of their percents, in one statement."""
    kept = StudentGrade
    counts = db.session.execute(
        select(
            func.count().label("people"),
            func.count().filter(kept.missing_count > 0).label("missing"),
            func.count().filter(kept.late_count > 0).label("late"),
            func.count().filter(kept.waiting_count > 0).label("waiting"),
            func.count().filter(kept.is_passed.is_(False)).label("failed"),
            func.count().filter(kept.is_falling).label("falling"),
            func.count().filter(_conflict()).label("conflict"),
            func.count()
            .filter(or_(kept.missing_count >= 2, kept.is_passed.is_(False)))
            .label("risk"),
            func.avg(kept.percent).label("mean"),
        )
        .join(
            Enrolment,
            and_(kept.section_id == Enrolment.section_id, kept.person_id == Enrolment.person_id),
        )
        .where(Enrolment.section_id.in_(scope.section_ids), Enrolment.withdrawn_at.is_(None))
    ).one()
    return dict(counts._mapping)


@dataclass(frozen=True)
class Open:
    """What of a column needs attention: numbers of students."""

    waiting: int
    missing: int
    conflicts: int


def open_columns(scope: Scope) -> dict[str, Open]:
    """Columns in which something waits for points, is missing or in conflict, in one statement."""
    cell = func.jsonb_each(StudentGrade.cells).table_valued("key", "value").lateral()
    state = cast(cell.c.value, JSONB)["s"].astext
    conflict = and_(
        cast(cell.c.value, JSONB).has_key("o"),
        exists()
        .where(
            GradeChange.section_id == GradeEntry.section_id,
            GradeChange.person_id == GradeEntry.person_id,
            GradeChange.item_key == GradeEntry.item_key,
            GradeChange.at > GradeEntry.changed_at,
            GradeChange.way.in_(SCORED),
            GradeEntry.section_id == StudentGrade.section_id,
            GradeEntry.person_id == StudentGrade.person_id,
            GradeEntry.item_key == cell.c.key,
        )
        .correlate(StudentGrade, cell),
    )
    counts = (
        func.count().filter(state == "waiting"),
        func.count().filter(and_(state == "missing", ~cast(cell.c.value, JSONB).has_key("o"))),
        func.count().filter(conflict),
    )
    rows = db.session.execute(
        select(cell.c.key, *counts)
        .select_from(StudentGrade)
        .join(
            Enrolment,
            and_(
                Enrolment.section_id == StudentGrade.section_id,
                Enrolment.person_id == StudentGrade.person_id,
            ),
        )
        .join(cell, true())
        .where(Enrolment.section_id.in_(scope.section_ids), Enrolment.withdrawn_at.is_(None))
        .group_by(cell.c.key)
    )
    return {key: Open(*found) for key, *found in rows if any(found)}
