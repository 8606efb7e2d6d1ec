"""Points from a file, and one change for many: what it would do, then doing it."""

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.accounts.models import Person
from app.gradebook import queries
from app.gradebook.operations.cells import CellEdit, Outcome, set_cells
from app.gradebook.queries import Book, GridRow, Scope
from app.gradebook.rules.bulk import Act
from app.gradebook.rules.cells import NO_CELL
from app.gradebook.rules.cells import Cell as Shown
from app.gradebook.rules.entries import EMPTY, Entry, Typed, Way
from app.gradebook.rules.importing import Import, Known, read_table
from app.gradebook.rules.work import WorkState
from app.kernel.transaction import operation

__all__ = ["Plan", "Planned", "apply_plan", "plan_bulk", "plan_import"]


@dataclass(frozen=True)
class Planned:
    """One cell that would change."""

    name: str
    number: str
    key: str
    before: str
    """What the cell shows now."""
    edit: CellEdit
    was_set: bool = False
    """Whether that was set by hand."""
    computed: str = ""
    """What it comes to by itself, where that is known; lateness and curves not counted."""


@dataclass(frozen=True)
class Plan:
    """What a file or a change for many would do; nothing is written."""

    planned: tuple[Planned, ...]
    same: int
    """Cells that hold already what is wanted."""

    @property
    def name(self) -> str:
        """Names exactly this plan: what was looked at is what is done."""
        made_of = [
            (str(row.edit.person_id), row.key, row.edit.revision, row.edit.entry.as_json())
            for row in self.planned
        ]
        return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def plan_import(book: Book, content: bytes, *, reason: str) -> tuple[Plan, Import]:
    """What CONTENT would do to BOOK, cell by cell; and what of it cannot be used."""
    rows = queries.people_in(Scope((book,)), queries.Asked())
    read = read_table(content, _known(book, rows))
    by_id = {str(row.person_id): row for row in rows}
    there = queries.entries_of(book.section)
    planned, same = [], 0
    for cell in read.cells:
        row = by_id[cell.person]
        shown = _shown(row, cell.key)
        if _is_same(shown, cell.typed):
            same += 1
            continue
        edit = _edit(there, row.person_id, cell.key, cell.typed, reason)
        planned.append(Planned(row.name, row.number, cell.key, _words(shown), edit))
    return Plan(tuple(planned), same), read


def _known(book: Book, rows: Sequence[GridRow]) -> Known:
    numbers: dict[str, list[str]] = defaultdict(list)
    mails: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.number:
            numbers[row.number.lower()].append(str(row.person_id))
        mails[row.email.lower()].append(str(row.person_id))
    titles: dict[str, list[str]] = defaultdict(list)
    for column in book.columns:
        texts = {column.title} if isinstance(column.title, str) else set(column.title.values())
        for name in {column.key.lower(), *(text.lower() for text in texts)}:
            titles[name].append(column.key)
    return Known(numbers, mails, titles)


def _shown(row: GridRow, key: str) -> Shown:
    cell = row.cells.get(key)
    return NO_CELL if cell is None else Shown.from_json(cell)


def _is_same(shown: Shown, wanted: Typed) -> bool:
    if wanted.is_excused:
        return shown.state is WorkState.EXCUSED
    if shown.state is WorkState.EXCUSED:
        return False
    # What is there so far of waiting work is the same as well: an export comes back unchanged.
    return shown.shown != "" and Decimal(shown.shown) == wanted.value


def _words(shown: Shown) -> str:
    return "EX" if shown.state is WorkState.EXCUSED else shown.shown


def _edit(
    there: dict[uuid.UUID, dict[str, queries.SetByHand]],
    person_id: uuid.UUID,
    key: str,
    wanted: Typed,
    reason: str,
) -> CellEdit:
    found = there.get(person_id, {}).get(key)
    was, revision = (found.entry, found.revision) if found else (EMPTY, 0)
    return CellEdit(person_id, key, was.typed(key, wanted, reason), revision)


def plan_bulk(
    book: Book, rows: Sequence[GridRow], key: str, act: Act, *, points: Decimal, reason: str
) -> Plan:
    """What ACT would do to the column KEY of ROWS, who are of BOOK's section."""
    there = queries.entries_of(book.section, [row.person_id for row in rows])
    planned, same = [], 0
    for row in rows:
        shown = _shown(row, key)
        found = there.get(row.person_id, {}).get(key)
        was, revision = (found.entry, found.revision) if found else (EMPTY, 0)
        entry = _after(act, shown, was, key, points, reason)
        if entry == was:
            same += 1
            continue
        edit = CellEdit(row.person_id, key, entry, revision)
        was_set = shown.is_set or was.is_excused or bool(was.adjustment)
        planned.append(
            Planned(row.name, row.number, key, _words(shown), edit, was_set, _computed(shown, was))
        )
    return Plan(tuple(planned), same)


def _computed(shown: Shown, was: Entry) -> str:
    """What a cell comes to by itself; empty where what people set hides it."""
    return "" if was.is_excused or was.points is not None else shown.raw


def _after(act: Act, shown: Shown, was: Entry, key: str, points: Decimal, reason: str) -> Entry:
    if act is Act.EXCUSE:
        return replace(was, is_excused=True)
    if act is Act.COUNT:
        return replace(was, is_excused=False)
    if act is Act.CLEAR:
        return replace(was.typed(key, Typed(), ""), adjustment=Decimal(0))
    if act is Act.SET:
        return was.typed(key, Typed(points), reason)
    if act is Act.ADD:
        is_graded = shown.state is WorkState.GRADED
        return replace(was, adjustment=was.adjustment + points) if is_graded else was
    nothing = shown.state in (WorkState.MISSING, WorkState.NOT_DUE) and not shown.is_set
    return was.typed(key, Typed(Decimal(0)), reason) if nothing else was


@operation
def apply_plan(grader: Person, book: Book, plan: Plan, *, way: Way, reason: str) -> Outcome:
    """Do what PLAN says, but for cells that somebody changed since: those are conflicts."""
    return set_cells(grader, book, [row.edit for row in plan.planned], way=way, reason=reason)
