"""What became of a cell."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.gradebook.models import GradeChange
from app.gradebook.rules.entries import Entry, Way
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning.models import Section

__all__ = ["Batch", "Event", "batch_of", "history_of"]

BY_PROGRAM = {Way.HANDED_IN, Way.AUTOGRADED, Way.REGRADED, Way.MANUAL_GRADING, Way.QUIZ}


@dataclass(frozen=True)
class Event:
    """One change: who, when, from, to, why, by which way."""

    batch_id: uuid.UUID
    item_key: str
    at: datetime
    by: str
    """A name, or empty for a program."""
    way: Way
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    is_undone: bool

    @property
    def is_score(self) -> bool:
        """It came from grading, not from somebody's hand in the gradebook."""
        return self.way in BY_PROGRAM

    @property
    def entries(self) -> tuple[Entry, Entry]:
        """What was set by hand before and after."""
        return Entry.from_json(self.before), Entry.from_json(self.after)


def history_of(section: Section, person_id: uuid.UUID, item_key: str | None) -> list[Event]:
    """What changed in a cell, or (ITEM_KEY None) in all of a person's, the newest first."""
    undoing = aliased(GradeChange)
    statement = (
        select(GradeChange, Person.name, undoing.id)
        .outerjoin(Person, Person.id == GradeChange.by_id)
        .outerjoin(undoing, undoing.undoes_id == GradeChange.id)
        .where(GradeChange.section_id == section.id, GradeChange.person_id == person_id)
        .order_by(GradeChange.at.desc(), GradeChange.id.desc())
        .limit(500)
    )
    if item_key is not None:
        statement = statement.where(GradeChange.item_key == item_key)
    return [
        Event(
            row.batch_id, row.item_key, row.at, name or "", row.way, row.before, row.after,
            row.reason, undone is not None,
        )
        for row, name, undone in db.session.execute(statement)
    ]  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """What was changed in one go: by whom, when, and each cell with its student."""

    batch_id: uuid.UUID
    by: str
    at: datetime
    way: Way
    reason: str
    rows: list[tuple[str, Event]]
    """(student's name, what changed), at most a few hundred."""
    count: int

    @property
    def is_undone(self) -> bool:
        return all(event.is_undone for _name, event in self.rows)


def batch_of(section: Section, batch_id: uuid.UUID) -> Batch:
    """A batch of changes in SECTION. Raises NotVisible."""
    undoing, grader = aliased(GradeChange), aliased(Person)
    found = db.session.execute(
        select(GradeChange, Person.name, grader.name, undoing.id)
        .join(Person, Person.id == GradeChange.person_id)
        .outerjoin(grader, grader.id == GradeChange.by_id)
        .outerjoin(undoing, undoing.undoes_id == GradeChange.id)
        .where(GradeChange.section_id == section.id, GradeChange.batch_id == batch_id)
        .order_by(Person.name, GradeChange.item_key)
    ).all()
    if not found:
        raise NotVisible(str(batch_id))
    first, _name, by, _undone = found[0]
    rows = [
        (
            name,
            Event(
                row.batch_id, row.item_key, row.at, by_name or "", row.way, row.before, row.after,
                row.reason, undone is not None,
            ),
        )
        for row, name, by_name, undone in found[:300]
    ]  # fmt: skip
    return Batch(batch_id, by or "", first.at, first.way, first.reason, rows, len(found))
