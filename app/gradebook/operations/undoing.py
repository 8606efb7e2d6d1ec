"""Taking changes back: by another change, never by forgetting."""

import uuid

from sqlalchemy import select

from app.accounts.models import Person
from app.gradebook import queries
from app.gradebook.models import GradeChange
from app.gradebook.operations.cells import CellEdit, Outcome, write_entry
from app.gradebook.operations.computing import recompute
from app.gradebook.operations.locking import hold_people
from app.gradebook.queries import Book
from app.gradebook.rules.entries import EMPTY, Entry, Way
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation

__all__ = ["NotUndoable", "undo"]

BY_HAND = (Way.GRID, Way.PAGE, Way.IMPORT, Way.BULK, Way.UNDO)


class NotUndoable(Refused):
    message = _l(
        "This cannot be taken back: it was taken back before, or the cell was changed since."
    )


@operation
def undo(grader: Person, book: Book, *, batch_id: uuid.UUID) -> Outcome:
    """Take back what was changed by hand in one go, cell by cell where nobody changed it since.

    Raises NotUndoable when nothing of it can be taken back. That GRADER may grade the section is
    for the caller to know.
    """
    changes = db.session.scalars(
        select(GradeChange).where(
            GradeChange.section_id == book.section.id,
            GradeChange.batch_id == batch_id,
            GradeChange.way.in_(BY_HAND),
            GradeChange.person_id != grader.id,
        )
    ).all()
    people = {change.person_id for change in changes}
    hold_people(book.section.id, people)
    undone = set(
        db.session.scalars(
            select(GradeChange.undoes_id).where(
                GradeChange.undoes_id.in_([change.id for change in changes])
            )
        )
    )
    there = queries.entries_of(book.section, people)
    outcome = Outcome(new_id())
    now = clock.now()
    for change in changes:
        row = there.get(change.person_id, {}).get(change.item_key)
        was, revision = (row.entry, row.revision) if row else (EMPTY, 0)
        if change.id in undone or was.as_json() != change.after:
            continue
        edit = CellEdit(change.person_id, change.item_key, Entry.from_json(change.before), revision)
        write_entry(grader, book, edit, was, revision, now)
        outcome.changes.append(
            GradeChange(
                section_id=book.section.id,
                person_id=change.person_id,
                item_key=change.item_key,
                at=now,
                by_id=grader.id,
                way=Way.UNDO,
                before=was.as_json(),
                after=change.before,
                reason=change.reason,
                batch_id=outcome.batch_id,
                undoes_id=change.id,
            )
        )
    if not outcome.changes:
        raise NotUndoable
    db.session.add_all(outcome.changes)
    recompute(book, people)
    audit.record(grader.id, "grades.undone", "section", book.section.id, batch=str(batch_id))
    return outcome
