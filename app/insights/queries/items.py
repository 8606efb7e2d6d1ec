"""Figures about the items of a section: how scores lie, and how far everybody is."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Text, and_, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB

from app.accounts.models import Person
from app.gradebook import queries as gradebook
from app.gradebook.models import StudentGrade
from app.gradebook.queries import Book, Column
from app.insights import policies
from app.insights.rules.distribution import Bin, Summary, bins, summary
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning import queries as learning
from app.learning.models import Enrolment

__all__ = ["ItemReport", "SectionReport", "book_seen_by", "item_report", "section_report", "takes"]


@dataclass(frozen=True)
class ItemReport:
    """One item: how many are how far with it, and how the points of graded work lie."""

    column: Column
    states: Mapping[str, int] = field(default_factory=dict)
    """How many people by state, as ``gradebook.rules.WorkState`` has it."""
    points: Sequence[float] = ()
    """Of graded work, before lateness, curves and overrides."""

    @property
    def worth(self) -> float:
        return float(self.column.points)

    @property
    def summary(self) -> Summary | None:
        """None for fewer than five."""
        return summary(self.points)

    @property
    def bins(self) -> list[Bin]:
        return bins(self.points, self.worth) if self.worth > 0 else []

    @property
    def difficulty(self) -> float | None:
        """Mean share of the points, 0 to 1."""
        found = self.summary
        return found.mean / self.worth if found and self.worth > 0 else None


@dataclass(frozen=True)
class SectionReport:
    book: Book
    items: tuple[ItemReport, ...]
    percents: Sequence[float]
    """Everybody's course grade so far who has one."""

    @property
    def summary(self) -> Summary | None:
        return summary(self.percents)

    @property
    def bins(self) -> list[Bin]:
        return bins(self.percents, 100)


def book_seen_by(person: Person, code: str) -> Book:
    """The book of the section CODE for who may see its figures. Raises NotVisible."""
    section = learning.section_by_code(code)
    if section is None or not policies.can_see_insights(person, section):
        raise NotVisible(code)
    return gradebook.book_of(section)


def takes(section_id: uuid.UUID) -> Any:
    """Joins a kept grade to its person's place in the section, who takes it now."""
    return and_(
        Enrolment.section_id == section_id,
        StudentGrade.section_id == section_id,
        Enrolment.person_id == StudentGrade.person_id,
        Enrolment.withdrawn_at.is_(None),
    )


def section_report(book: Book) -> SectionReport:
    """Every item of BOOK, whose grades are up to date, in two statements."""
    percents = db.session.scalars(
        select(StudentGrade.percent)
        .join(Enrolment, takes(book.section.id))
        .where(StudentGrade.percent.is_not(None))
    )
    return SectionReport(book, _reports(book, None), [float(p) for p in percents if p is not None])


def item_report(book: Book, key: str) -> ItemReport:
    """One item. Raises NotVisible when the section has none of that key."""
    if key not in book.by_key:
        raise NotVisible(key)
    (found,) = _reports(book, key)
    return found


def _reports(book: Book, key: str | None) -> tuple[ItemReport, ...]:
    """Cells by item, state and points, with how many have the same: the database counts."""
    cells = func.jsonb_each(StudentGrade.cells).table_valued(
        column("key", Text), column("value", JSONB), joins_implicitly=True
    )
    state = cells.c.value["s"].astext
    points = func.coalesce(cells.c.value["r"].astext, cells.c.value["p"].astext)
    statement = (
        select(cells.c.key, state, cast(points, Text), func.count())
        .select_from(StudentGrade)
        .join(Enrolment, takes(book.section.id))
        .group_by(cells.c.key, state, points)
    )
    if key is not None:
        statement = statement.where(cells.c.key == key)
    states: dict[str, dict[str, int]] = {}
    values: dict[str, list[float]] = {}
    for item, name, won, count in db.session.execute(statement):
        mine = states.setdefault(item, {})
        mine[name] = mine.get(name, 0) + count
        if name == "graded" and won is not None:
            values.setdefault(item, []).extend([float(won)] * count)
    return tuple(
        ItemReport(c, states.get(c.key, {}), values.get(c.key, []))
        for c in book.columns
        if key in (None, c.key)
    )
