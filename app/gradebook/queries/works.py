"""From what people did to what the engine of grades takes: the one place where states are told."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from quicktions import Fraction

from app.gradebook.queries.books import Book, Column
from app.gradebook.queries.sources import HandedIn, QuizResults, SetByHand, Sources
from app.gradebook.rules import (
    Item,
    LatePolicy,
    Override,
    Work,
    Works,
    WorkState,
    after_lateness,
)
from app.gradebook.rules.entries import COURSE, Entry
from app.gradebook.rules.work import NOTHING
from app.learning.rules.due import Grant, terms_for
from app.quizzes.rules import keep

__all__ = ["Done", "done_again", "done_by", "held", "late_policies"]

THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class Done:
    """What one person did in a section."""

    person_id: uuid.UUID
    works: Works
    submissions: Mapping[str, str]
    """The submission that counts, by item key."""
    so_far: Mapping[str, Decimal]
    """Points that are there while others of the same work are waited for."""
    revisions: Mapping[str, int]
    stale_at: datetime | None
    """When time alone makes some of it missing."""


def done_by(book: Book, sources: Sources, now: datetime) -> Iterator[Done]:
    """What everybody of SOURCES did at the instant NOW."""
    usual = {column.key: _dates(book, column.key, ()) for column in book.columns}
    late = late_policies(book)
    for person_id in sources.people:
        grants = sources.extensions.get(person_id, ())
        dates = {c.key: _dates(book, c.key, grants) for c in book.columns} if grants else usual
        person = _Person(
            book,
            now,
            dates,
            usual,
            late,
            sources.labs.get(person_id, {}),
            sources.quizzes.get(person_id, {}),
            sources.entries.get(person_id, {}),
        )
        yield person.done(person_id)


def late_policies(book: Book) -> dict[str, LatePolicy | None]:
    """What holds for late work, by item."""
    return {item.key: _late_policy(book, item) for item in book.scheme.items}


def done_again(
    rows: Iterable[tuple[uuid.UUID, Mapping[str, Any], datetime | None]],
    entries: Mapping[uuid.UUID, Mapping[str, SetByHand]],
    keys: Sequence[str],
) -> Iterator[Done]:
    """What people did, from ROWS of kept grades: (person, cells, when they are stale).

    As ``done_by`` says it when nothing is stale, without reading all work again.
    """
    for person_id, cells, stale_at in rows:
        mine = entries.get(person_id, {})
        works: dict[str, Work] = {}
        submissions: dict[str, str] = {}
        so_far: dict[str, Decimal] = {}
        for key in keys:
            cell = cells.get(key)
            if cell is None:
                works[key] = NOTHING
                continue
            state = WorkState(cell["s"])
            raw = cell.get("r") or cell.get("p")
            is_graded = state is WorkState.GRADED and raw
            work = Work(state, Decimal(raw) if is_graded else None, cell.get("l", 0))
            if state is WorkState.WAITING and cell.get("r", "" if cell.get("o") else raw):
                so_far[key] = Decimal(cell.get("r") or raw)
            if "u" in cell:
                submissions[key] = cell["u"]
            set_here = mine.get(key)
            if set_here is not None:
                _set(work, set_here.entry)
            works[key] = work
        course = mine.get(COURSE)
        yield Done(
            person_id,
            _works(works, course),
            submissions,
            so_far,
            {key: row.revision for key, row in mine.items()},
            stale_at,
        )


def _set(work: Work, entry: Entry) -> None:
    """What somebody set beside the points."""
    work.adjustment = entry.adjustment
    if entry.override is not None and not entry.is_excused:
        work.override = Override(entry.override, entry.reason)


def _works(works: Mapping[str, Work], course: SetByHand | None) -> Works:
    override = None
    if course is not None and course.entry.override is not None:
        override = Override(course.entry.override, course.entry.reason)
    return Works(works, override, course is not None and course.entry.is_incomplete)


def _dates(book: Book, key: str, grants: Iterable[Grant]) -> tuple[datetime | None, ...]:
    """(due, when nothing can come any more) of an item."""
    plan = book.plans.get(key)
    if plan is None:
        return None, book.section.closed_at
    terms = terms_for(key, plan.due_at, plan.closes_at, grants)
    ends = [at for at in (terms.due_at or terms.closes_at, book.section.closed_at) if at]
    return terms.due_at, min(ends, default=None)


def _late_policy(book: Book, item: Item) -> LatePolicy | None:
    category = next(c for c in book.scheme.categories if c.key == item.category)
    return item.late or category.late or book.scheme.late


class _Person:
    """One person's items, one after the other."""

    def __init__(
        self,
        book: Book,
        now: datetime,
        dates: Mapping[str, tuple[datetime | None, ...]],
        usual: Mapping[str, tuple[datetime | None, ...]],
        late: Mapping[str, LatePolicy | None],
        labs: Mapping[str, Iterable[HandedIn]],
        quizzes: Mapping[str, QuizResults],
        entries: Mapping[str, SetByHand],
    ) -> None:
        self.book, self.now, self.dates, self.usual, self.late = book, now, dates, usual, late
        self.labs, self.quizzes, self.entries = labs, quizzes, entries
        self.submissions: dict[str, str] = {}
        self.so_far: dict[str, Decimal] = {}
        self.stale_at: datetime | None = None

    def done(self, person_id: uuid.UUID) -> Done:
        works = {column.key: self._work(column) for column in self.book.columns}
        return Done(
            person_id,
            _works(works, self.entries.get(COURSE)),
            self.submissions,
            self.so_far,
            {key: row.revision for key, row in self.entries.items()},
            self.stale_at,
        )

    def _work(self, column: Column) -> Work:
        if column.kind == "lab":
            state, points, late = self._lab(column)
        elif column.kind == "quiz":
            state, points, late = self._quiz(column)
        else:
            state, points, late = WorkState.NOT_DUE, None, 0
        row = self.entries.get(column.key)
        if row is None:
            return Work(state, points, late, self.dates is not self.usual)
        entry = row.entry
        if entry.points is not None:
            state, points = WorkState.GRADED, entry.points
        if entry.is_excused:
            state, points = WorkState.EXCUSED, None
        work = Work(state, points, late, self.dates is not self.usual)
        _set(work, entry)
        return work

    def _nothing(self, key: str) -> tuple[WorkState, None, int]:
        """Nothing came: whether there is time."""
        end = self.dates[key][1]
        if end is None:
            return WorkState.NOT_DUE, None, 0
        if end <= self.now:
            return WorkState.MISSING, None, 0
        self.stale_at = end if self.stale_at is None else min(self.stale_at, end)
        return WorkState.NOT_DUE, None, 0

    def _lab(self, column: Column) -> tuple[WorkState, Decimal | None, int]:
        """Of several submissions the one counts that leaves most after lateness."""
        handed_in = self.labs.get(column.slug)
        if not handed_in:
            return self._nothing(column.key)
        due = self.dates[column.key][0]
        graded = [row for row in handed_in if row.score is not None]
        if not graded:
            newest = max(handed_in, key=lambda row: row.number)
            self.submissions[column.key] = newest.submission
            return WorkState.WAITING, None, _late(newest.at, due)
        best = graded[0]
        if len(graded) > 1:
            best = max(graded, key=lambda row: (self._left(column, row, due), -row.number))
        points = _scaled(Decimal(str(best.score)), best.max_score, column.points)
        self.submissions[column.key] = best.submission
        if best.pending:
            self.so_far[column.key] = points
            return WorkState.WAITING, None, _late(best.at, due)
        return WorkState.GRADED, points, _late(best.at, due)

    def _left(self, column: Column, row: HandedIn, due: datetime | None) -> Fraction:
        points = Fraction(_scaled(Decimal(str(row.score)), row.max_score, column.points))
        policy, late = self.late.get(column.key), _late(row.at, due)
        if policy is None or not late:
            return points
        found = after_lateness(policy, late, points, Fraction(column.points))
        return points if found is None else found[2]

    def _quiz(self, column: Column) -> tuple[WorkState, Decimal | None, int]:
        """A quiz is late when its first attempt was: those who began in time may improve."""
        found = self.quizzes.get(column.slug)
        kept = keep(column.keep, found.results) if found else None
        if found is None or kept is None:
            return self._nothing(column.key)
        late = _late(found.first_at, self.dates[column.key][0])
        points = _scaled(kept.score, kept.max_score, column.points)
        if kept.waiting:
            self.so_far[column.key] = points
            return WorkState.WAITING, None, late
        return WorkState.GRADED, points, late


def _late(at: float, due: datetime | None) -> int:
    return max(0, int(at - due.timestamp())) if due is not None else 0


def _scaled(points: Decimal, out_of: float | Decimal | None, worth: Decimal) -> Decimal:
    """POINTS as if they were of WORTH: an earlier version of the item may have had others."""
    was = worth if out_of is None else Decimal(str(out_of))
    if was == worth or not was:
        return points
    return (points * worth / was).quantize(THOUSANDTH)


def held(book: Book, works: Works, keys: Iterable[str]) -> Works:
    """WORKS as somebody may know them who is not to know her points of the items KEYS."""
    hidden = {
        key: Work(WorkState.HELD)
        for key in keys
        if works.by_item[key].state not in (WorkState.NOT_DUE, WorkState.MISSING)
        or works.by_item[key].override is not None
    }
    if not hidden:
        return works
    return Works({**works.by_item, **hidden}, works.override, works.is_incomplete)
