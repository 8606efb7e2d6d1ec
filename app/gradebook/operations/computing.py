"""Keeping everybody's grade up to date."""

import gc
import json
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quicktions import Fraction
from sqlalchemy import select, text

from app.gradebook import queries
from app.gradebook.models import GradeChange, StudentGrade
from app.gradebook.operations.locking import hold_people, hold_section
from app.gradebook.queries import Book, Done
from app.gradebook.queries.sources import grants_hash
from app.gradebook.rules import CourseGrade, Scheme, WorkState, compute, number
from app.gradebook.rules.attention import is_falling
from app.gradebook.rules.cells import Cell
from app.gradebook.rules.entries import Way, plain
from app.gradebook.rules.scales import round_half_up
from app.kernel import clock
from app.kernel.database import db
from app.kernel.ids import new_id
from app.kernel.transaction import operation
from app.learning.models import Enrolment, Section

__all__ = [
    "Cause", "bring_up_to_date", "cells_of", "recompute", "recompute_by_scheme", "score_changed",
]  # fmt: skip

FEW = 100
"""Up to so many people are computed by themselves; more with their whole section."""

_KEEP = text("""
    INSERT INTO student_grades (
        id, section_id, person_id, exact, percent, rounded, mark, is_passed, is_incomplete,
        missing_count, late_count, waiting_count, is_falling, cells, scheme_number, computed_at,
        stale_at, basis, grants)
    SELECT r.id, :section_id, r.person_id, r.exact, r.percent, r.rounded, r.mark, r.is_passed,
        r.is_incomplete, r.missing_count, r.late_count, r.waiting_count, r.is_falling, r.cells,
        :scheme_number, :computed_at, r.stale_at, :basis, r.grants
    FROM json_to_recordset(CAST(:rows AS json)) AS r(
        id uuid, person_id uuid, exact text, percent numeric, rounded numeric, mark text,
        is_passed boolean, is_incomplete boolean, missing_count int, late_count int,
        waiting_count int, is_falling boolean, cells jsonb, stale_at timestamptz, grants text)
    ON CONFLICT (section_id, person_id) DO UPDATE SET
        exact = excluded.exact, percent = excluded.percent, rounded = excluded.rounded,
        mark = excluded.mark, is_passed = excluded.is_passed,
        is_incomplete = excluded.is_incomplete, missing_count = excluded.missing_count,
        late_count = excluded.late_count, waiting_count = excluded.waiting_count,
        is_falling = excluded.is_falling, cells = excluded.cells,
        scheme_number = excluded.scheme_number,
        computed_at = excluded.computed_at, stale_at = excluded.stale_at,
        basis = excluded.basis, grants = excluded.grants
""")


@dataclass(frozen=True)
class Cause:
    """What made a score change that nobody typed here."""

    item_key: str
    way: Way
    by_id: uuid.UUID | None = None
    reason: str = ""


@operation
def recompute(book: Book, people: Collection[uuid.UUID] | None = None) -> int:
    """Compute and keep the grades of PEOPLE (None: everybody); returns how many.

    Within a transaction that changed what they are made of, or whenever somebody doubts them.
    """
    if people is None:
        hold_section(book.section.id)
    else:
        hold_people(book.section.id, people)
    now = clock.now()
    with_quizzes = any(column.kind == "quiz" for column in book.columns)
    sources = queries.sources_of(book.section, people, with_quizzes=with_quizzes)
    scheme = book.scheme
    with _without_collector():
        rows = [
            _row(scheme, done, grants_hash(sources.extensions.get(done.person_id, ())))
            for done in queries.done_by(book, sources, now)
        ]
    _keep(book, rows, now)
    return len(rows)


@operation
def recompute_by_scheme(before: Book, book: Book) -> int:
    """BEFORE's section is graded as BOOK says from now on: everybody's grade anew.

    Work is not read again when nothing about it can have changed.
    """
    hold_section(book.section.id)
    now = clock.now()
    same_lateness = queries.late_policies(before) == queries.late_policies(book)
    if not same_lateness or before.by_key != book.by_key or queries.stale_people(before, now):
        return recompute(book)
    kept = db.session.execute(
        select(
            StudentGrade.person_id, StudentGrade.cells, StudentGrade.stale_at, StudentGrade.grants
        )
        .join(
            Enrolment,
            (Enrolment.section_id == StudentGrade.section_id)
            & (Enrolment.person_id == StudentGrade.person_id),
        )
        .where(StudentGrade.section_id == book.section.id, Enrolment.withdrawn_at.is_(None))
    ).all()
    entries = queries.entries_of(book.section)
    again = queries.done_again(((p, c, s) for p, c, s, _g in kept), entries, list(book.by_key))
    with _without_collector():
        rows = [_row(book.scheme, d, row.grants) for d, row in zip(again, kept, strict=True)]
    _keep(book, rows, now)
    return len(rows)


def _keep(book: Book, rows: list[dict[str, Any]], now: datetime) -> None:
    if rows:
        db.session.execute(
            _KEEP,
            {
                "section_id": book.section.id,
                "scheme_number": book.number,
                "computed_at": now,
                "basis": book.basis,
                "rows": json.dumps(rows, ensure_ascii=False),
            },
        )


@contextmanager
def _without_collector() -> Iterator[None]:
    """The traces of a whole section are made and dropped at once: looking for cycles in between
    costs a third of the time and finds none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def bring_up_to_date(book: Book) -> int:
    """Compute what is stale in BOOK, which is mostly nothing; returns how many grades."""
    stale = queries.stale_people(book, clock.now())
    return _recompute_stale(book) if stale else 0


@operation
def _recompute_stale(book: Book) -> int:
    hold_section(book.section.id)
    # Whoever was before us may have done it.
    stale = queries.stale_people(book, clock.now())
    if not stale:
        return 0
    return recompute(book, stale if len(stale) <= FEW else None)


@operation
def score_changed(section: Section, person_id: uuid.UUID, cause: Cause) -> None:
    """A work of PERSON_ID came in or was graded: her grade follows, and the cell's history."""
    book = queries.book_of(section)
    if cause.item_key not in book.by_key:
        return
    hold_people(section.id, [person_id])
    before = cells_of(section.id, [person_id]).get(person_id, {})
    if not recompute(book, [person_id]):
        return  # she does not take the section: staff try labs as well
    after = cells_of(section.id, [person_id])[person_id]
    was, now = _score(before.get(cause.item_key)), _score(after.get(cause.item_key))
    if was != now:
        db.session.add(
            GradeChange(
                section_id=section.id,
                person_id=person_id,
                item_key=cause.item_key,
                by_id=cause.by_id,
                way=cause.way,
                before=was,
                after=now,
                reason=cause.reason[:500],
                batch_id=new_id(),
            )
        )


def cells_of(
    section_id: uuid.UUID, people: Collection[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Any]]:
    """The kept cells of PEOPLE as JSON, by person and item key."""
    rows = db.session.execute(
        select(StudentGrade.person_id, StudentGrade.cells).where(
            StudentGrade.section_id == section_id, StudentGrade.person_id.in_(list(people))
        )
    )
    return {person_id: cells for person_id, cells in rows}


def _score(cell: dict[str, Any] | None) -> dict[str, Any]:
    """What a history tells of a computed score."""
    if cell is None:
        return {"state": WorkState.NOT_DUE.value}
    found = Cell.from_json(cell)
    return {"state": found.state.value} | ({"points": found.raw} if found.raw else {})


def _row(scheme: Scheme, done: Done, grants: str) -> dict[str, Any]:
    grade = compute(scheme, done.works)
    cells = {key: cell.as_json() for key, cell in _cells(grade, done)}
    works = done.works.by_item.values()
    return {
        "id": str(new_id()),
        "person_id": str(done.person_id),
        "exact": _fraction(grade.percent),
        "percent": None if grade.percent is None else str(round_half_up(grade.percent, 6)),
        "rounded": None if grade.rounded is None else str(grade.rounded),
        "mark": grade.mark.name if grade.mark else None,
        "is_passed": grade.is_passed,
        "is_incomplete": grade.is_incomplete,
        "missing_count": sum(
            1 for w in works if w.state is WorkState.MISSING and w.override is None
        ),
        "late_count": sum(1 for w in works if w.late_seconds and w.state is not WorkState.EXCUSED),
        "waiting_count": sum(1 for w in works if w.state is WorkState.WAITING),
        "is_falling": is_falling(_percents(grade, done)),
        "cells": cells,
        "stale_at": _iso(done.stale_at),
        "grants": grants,
    }


def _percents(grade: CourseGrade, done: Done) -> list[float]:
    """Of labs and quizzes that were graded, in the course's order."""
    won = {
        row.item.key: float(row.points) / float(row.item.points) * 100
        for part in grade.categories
        for row in part.items
        if row.points is not None and row.item.points
    }
    return [
        won[key]
        for key, work in done.works.by_item.items()
        if work.state is WorkState.GRADED and key in won and not key.startswith("manual:")
    ]


def _cells(grade: CourseGrade, done: Done) -> Iterator[tuple[str, Cell]]:
    shown: dict[str, tuple[str, bool]] = {
        item.item.key: ("" if item.points is None else _short(item.points), item.is_dropped)
        for category in grade.categories
        for item in category.items
    }
    for key, work in done.works.by_item.items():
        points, is_dropped = shown.get(key, ("", False))
        raw = plain(work.points if work.points is not None else done.so_far.get(key)) or ""
        cell = Cell(
            work.state,
            # What counts nothing (not in the scheme, still waiting) shows what was given.
            points or raw,
            raw,
            work.late_seconds,
            is_dropped,
            work.override is not None,
            done.revisions.get(key, 0),
            done.submissions.get(key, ""),
        )
        if cell.state is not WorkState.NOT_DUE or cell.shown or cell.revision:
            yield key, cell


def _short(points: Fraction) -> str:
    return str(points.numerator) if points.denominator == 1 else number(points)


def _fraction(value: Fraction | None) -> str | None:
    return None if value is None else f"{value.numerator}/{value.denominator}"


def _iso(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
