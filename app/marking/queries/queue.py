"""Going through the works of an item: the first, the next, the one before, how many."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_

from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.paging import PAGE_SIZE, Listed, page_within
from app.marking.queries.sources import Asked, Scope, count_of, source_of
from app.marking.rules import State

__all__ = ["Counts", "WorkRow", "counts", "first_work", "next_work", "previous_work", "works_in"]


@dataclass(frozen=True)
class Counts:
    """How many works of an item (or of one part of it) are in which state."""

    waiting: int
    done: int
    all: int

    def of(self, state: State) -> int:
        return {State.WAITING: self.waiting, State.DONE: self.done}.get(state, self.all)


@dataclass(frozen=True)
class WorkRow:
    """A work in a list."""

    id: uuid.UUID
    at: datetime
    person_id: uuid.UUID
    name: str
    state: State


def counts(scope: Scope, part: str = "") -> Counts:
    """One statement."""
    source = source_of(scope, part)
    one = source.statement.with_only_columns(
        count_of(source.waits), count_of(source.is_done), count_of(source.id.is_not(None))
    )
    return Counts(*db.session.execute(one).one())


def first_work(scope: Scope, asked: Asked) -> uuid.UUID | None:
    """The oldest work that matches. One statement, which stops at the first."""
    return next_work(scope, asked, None)


def next_work(
    scope: Scope, asked: Asked, place: tuple[datetime, uuid.UUID] | None
) -> uuid.UUID | None:
    """The work after PLACE (when a work came, and its id), or from the beginning again.

    Never the work at PLACE itself. At most two statements, which stop at the first they find.
    """
    source = source_of(scope, asked.part)
    matching = source.matching(asked.state).with_only_columns(source.id)
    ordered = matching.order_by(source.at, source.id).limit(1)
    if place is None:
        return db.session.scalar(ordered)
    found = db.session.scalar(ordered.where(tuple_(source.at, source.id) > tuple_(*place)))
    if found is None:
        found = db.session.scalar(ordered.where(source.id != place[1]))
    return found


def previous_work(scope: Scope, place: tuple[datetime, uuid.UUID]) -> uuid.UUID | None:
    """The work before PLACE in whatever state: what she has just graded is where she left it."""
    source = source_of(scope)
    return db.session.scalar(
        source.statement.with_only_columns(source.id)
        .where(tuple_(source.at, source.id) < tuple_(*place))
        .order_by(source.at.desc(), source.id.desc())
        .limit(1)
    )


def works_in(scope: Scope, asked: Asked, total: int, page: int = 1) -> Listed[WorkRow]:
    """A page of the works that match, the oldest first; TOTAL is how many there are."""
    source = source_of(scope, asked.part)
    page = page_within(page, total)
    chosen = (
        source.matching(asked.state)
        .add_columns(source.waits.label("waits"), source.is_done.label("done"))
        .order_by(source.at, source.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
        .subquery()
    )
    rows = db.session.execute(
        select(chosen, Person.name)
        .join(Person, Person.id == chosen.c.person_id)
        .order_by(chosen.c.at, chosen.c.id)
    )
    return Listed(
        [
            WorkRow(
                row.id,
                row.at,
                row.person_id,
                row.name,
                State.WAITING if row.waits else State.DONE if row.done else State.ALL,
            )
            for row in rows
        ],
        total,
        page,
    )
