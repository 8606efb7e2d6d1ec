"""Setting cells by hand: many at once, nothing lost, every change in the history."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.gradebook import policies, queries
from app.gradebook.models import GradeChange, GradeEntry
from app.gradebook.operations.computing import recompute
from app.gradebook.operations.locking import hold_people
from app.gradebook.queries import Book
from app.gradebook.rules.entries import COURSE, EMPTY, Entry, Way
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation
from app.learning.models import Enrolment

__all__ = [
    "CellEdit", "Conflict", "NotInTheGradebook", "Outcome", "OwnGrade", "ReasonNeeded", "set_cells",
    "write_entry",
]  # fmt: skip

MOST_REASON = 500
MOST_NOTE = 1000


class ReasonNeeded(Refused):
    message = _l("Say why this stands instead of what was computed: the student reads it.")


class OwnGrade(Refused):
    message = _l("You cannot set your own grade.")


class NotInTheGradebook(NotVisible):
    """No such student or column in this section."""


@dataclass(frozen=True)
class CellEdit:
    """What one cell is to hold, by somebody who saw its REVISION (0: nothing set by hand)."""

    person_id: uuid.UUID
    item_key: str
    entry: Entry
    revision: int


@dataclass(frozen=True)
class Conflict:
    """Somebody else changed the cell since it was read; nothing was written to it."""

    edit: CellEdit
    theirs: Entry
    revision: int
    by: str
    at: datetime | None


@dataclass(frozen=True)
class Outcome:
    """What became of edits: a batch that can be undone, and what was not written."""

    batch_id: uuid.UUID
    changes: list[GradeChange] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


@operation
def set_cells(
    grader: Person, book: Book, edits: Sequence[CellEdit], *, way: Way, reason: str = ""
) -> Outcome:
    """Write EDITS, leaving out those whose cell somebody else changed meanwhile.

    Everybody's grade who was touched is computed anew in the same transaction. Raises
    NotInTheGradebook, OwnGrade, ReasonNeeded; then nothing is written.
    """
    people = sorted({edit.person_id for edit in edits})
    _check(grader, book, edits, people)
    hold_people(book.section.id, people)
    there = queries.entries_of(book.section, people)
    outcome = Outcome(new_id())
    now = clock.now()
    refused: list[CellEdit] = []
    for edit in edits:
        row = there.get(edit.person_id, {}).get(edit.item_key)
        was, revision = (row.entry, row.revision) if row else (EMPTY, 0)
        if was == edit.entry:
            continue  # both want the same
        if revision != edit.revision:
            refused.append(edit)
            continue
        write_entry(grader, book, edit, was, revision, now)
        change = GradeChange(
            section_id=book.section.id,
            person_id=edit.person_id,
            item_key=edit.item_key,
            at=now,
            by_id=grader.id,
            way=way,
            before=was.as_json(),
            after=edit.entry.as_json(),
            reason=(reason or edit.entry.reason)[:MOST_REASON],
            batch_id=outcome.batch_id,
        )
        outcome.changes.append(change)
        there.setdefault(edit.person_id, {})[edit.item_key] = queries.SetByHand(
            edit.entry, revision + 1
        )
    db.session.add_all(outcome.changes)
    if outcome.changes:
        recompute(book, {change.person_id for change in outcome.changes})
        audit.record(
            grader.id,
            "grades.set",
            "section",
            book.section.id,
            batch=str(outcome.batch_id),
            way=way.value,
            cells=len(outcome.changes),
        )
    outcome.conflicts.extend(_conflicts(book, refused))
    return outcome


def _check(
    grader: Person, book: Book, edits: Sequence[CellEdit], people: Sequence[uuid.UUID]
) -> None:
    takes = set(
        db.session.scalars(
            select(Enrolment.person_id).where(
                Enrolment.section_id == book.section.id,
                Enrolment.person_id.in_(people),
                Enrolment.withdrawn_at.is_(None),
            )
        )
    )
    for edit in edits:
        if edit.person_id not in takes or not (
            edit.item_key == COURSE or edit.item_key in book.by_key
        ):
            raise NotInTheGradebook(f"{edit.person_id} {edit.item_key}")
        if not policies.can_grade(grader, book.section, edit.person_id):
            raise OwnGrade
        if edit.entry.override is not None and not edit.entry.reason.strip():
            raise ReasonNeeded


def write_entry(
    grader: Person, book: Book, edit: CellEdit, was: Entry, revision: int, now: datetime
) -> None:
    """Keep EDIT as the next revision of its cell, which the caller holds."""
    entry = edit.entry
    values = {
        "points": entry.points,
        "override": entry.override,
        "override_reason": entry.reason[:MOST_REASON],
        "is_excused": entry.is_excused,
        "is_incomplete": entry.is_incomplete,
        "adjustment": entry.adjustment,
        "note": entry.note[:MOST_NOTE],
        "revision": revision + 1,
        "changed_at": now,
        "changed_by_id": grader.id,
    }
    db.session.execute(
        insert(GradeEntry)
        .values(
            id=new_id(),
            section_id=book.section.id,
            person_id=edit.person_id,
            item_key=edit.item_key,
            **values,
        )
        .on_conflict_do_update(index_elements=["section_id", "person_id", "item_key"], set_=values)
    )


def _conflicts(book: Book, refused: Sequence[CellEdit]) -> list[Conflict]:
    if not refused:
        return []
    rows = db.session.execute(
        select(GradeEntry, Person.name)
        .join(Person, Person.id == GradeEntry.changed_by_id)
        .where(
            GradeEntry.section_id == book.section.id,
            GradeEntry.person_id.in_({edit.person_id for edit in refused}),
        )
        .execution_options(populate_existing=True)
    ).all()
    who = {(row.person_id, row.item_key): (row, name) for row, name in rows}
    there = queries.entries_of(book.section, {edit.person_id for edit in refused})
    found = []
    for edit in refused:
        row, name = who.get((edit.person_id, edit.item_key), (None, ""))
        theirs = there.get(edit.person_id, {}).get(edit.item_key)
        found.append(
            Conflict(
                edit,
                theirs.entry if theirs else EMPTY,
                theirs.revision if theirs else 0,
                name,
                row.changed_at if row else None,
            )
        )
    return found
