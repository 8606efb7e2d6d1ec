"""The desk: what waits, whose it is, by when."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Membership, Organisation, Person
from app.accounts.rules import Role
from app.kernel import clock
from app.kernel.audit import AuditEntry
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import PAGE_SIZE, Listed, page_within
from app.kernel.queues import Queue, Waiting
from app.steering.models import DeskItem
from app.steering.queries.sources import waiting
from app.steering.rules import Urgency, age_days, due_after, urgency


@dataclass(frozen=True)
class Row:
    """One thing on the desk."""

    queue: Queue
    item: Waiting
    owner: Person | None
    due_at: datetime
    is_moved: bool
    """Whether an officer named another day than the rule."""
    age: int
    """Days that it has waited."""
    urgency: Urgency
    organisation: Organisation | None


@dataclass(frozen=True)
class Desk:
    listed: Listed[Row]
    by_queue: Sequence[tuple[Queue, int, int]]
    """(queue, how many wait, how many of them are overdue), whatever is narrowed."""
    overdue: int
    unowned: int
    mine: int


def desk(
    person: Person,
    *,
    queue: str = "",
    owner: str = "",
    state: str = "",
    search: str = "",
    page: int | None = 1,
) -> Desk:
    """What waits, overdue first and then by due date.

    OWNER: ``me``, ``nobody``, somebody's handle, or empty; STATE: a value of ``Urgency`` or empty.
    The number of statements does not depend on how much waits.
    """
    rows = _rows(person)
    late = Counter(row.queue.name for row in rows if row.urgency is Urgency.OVERDUE)
    count = Counter(row.queue.name for row in rows)
    known = {row.queue.name: row.queue for row in rows}
    kept = [
        row
        for row in rows
        if (not queue or row.queue.name == queue)
        and (not state or row.urgency.value == state)
        and _is_whose(row, owner, person)
        and _says(row, search)
    ]
    kept.sort(key=lambda row: (row.due_at, row.item.since, row.item.key))
    if page is None:
        listed = Listed(kept, len(kept), 1)
    else:
        page = page_within(page, len(kept))
        listed = Listed(kept[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], len(kept), page)
    return Desk(
        listed,
        [
            (known[name], count[name], late[name])
            for name in sorted(known, key=lambda name: (known[name].order, name))
        ],
        sum(late.values()),
        sum(1 for row in rows if row.owner is None),
        sum(1 for row in rows if row.owner is not None and row.owner.id == person.id),
    )


def row_at(person: Person, queue: str, key: str) -> Row:
    """One thing that waits. Raises NotVisible when it does not, or not any more."""
    for row in _rows(person):
        if row.queue.name == queue and row.item.key == key:
            return row
    raise NotVisible(f"{queue}/{key}")


def _rows(person: Person) -> list[Row]:
    found = waiting(person)
    known = {
        (item.queue, item.key): item
        for item in db.session.scalars(
            select(DeskItem)
            .where(DeskItem.key.in_({row.key for _queue, row in found}))
            .options(joinedload(DeskItem.owner))
        )
    }
    organisations = {
        row.id: row
        for row in db.session.scalars(
            select(Organisation).where(
                Organisation.id.in_({row.organisation_id for _q, row in found} - {None})
            )
        )
    }
    now = clock.now()
    made = []
    for queue, item in found:
        said = known.get((queue.name, item.key))
        moved = said.due_at if said is not None else None
        due_at = moved or item.due_at or due_after(item.since, queue.working_days)
        made.append(
            Row(
                queue,
                item,
                said.owner if said is not None else None,
                due_at,
                moved is not None,
                age_days(item.since, now),
                urgency(due_at, now),
                organisations.get(item.organisation_id) if item.organisation_id else None,
            )
        )
    return made


def _is_whose(row: Row, owner: str, person: Person) -> bool:
    if not owner:
        return True
    if owner == "nobody":
        return row.owner is None
    if row.owner is None:
        return False
    return row.owner.id == person.id if owner == "me" else row.owner.handle == owner


def _says(row: Row, search: str) -> bool:
    wanted = search.casefold()
    names = [*row.organisation.name.values()] if row.organisation else []
    return any(wanted in text.casefold() for text in (row.item.title, row.item.detail, *names))


def officers() -> Sequence[Person]:
    """Who can be given something: officers and operators of today, by name."""
    return db.session.scalars(
        select(Person)
        .where(
            Person.id.in_(
                select(Membership.person_id).where(
                    Membership.role.in_((Role.OFFICER, Role.OPERATOR)),
                    Membership.ended_at.is_(None),
                )
            ),
            Person.suspended_at.is_(None),
        )
        .order_by(Person.name, Person.id)
    ).all()


def history_of(queue: str, key: str) -> Sequence[tuple[AuditEntry, Person | None]]:
    """Who took it, gave it, moved its day; the newest first."""
    statement = (
        select(AuditEntry, Person)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.subject_kind == "desk", AuditEntry.subject_id == desk_key(queue, key))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    )
    return [(entry, actor) for entry, actor in db.session.execute(statement)]


def desk_key(queue: str, key: str) -> str:
    """What the audit log calls it: at most 80 characters."""
    return f"{queue}:{key}"[:80]
