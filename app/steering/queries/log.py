"""The log of every decision, as officers read it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import or_, select

from app.accounts.models import Person
from app.kernel.audit import AuditEntry
from app.kernel.clock import TAIPEI
from app.kernel.database import db
from app.kernel.paging import Listed, one_page
from app.steering.rules import MOST_EXPORTED


@dataclass(frozen=True)
class Line:
    entry: AuditEntry
    actor: Person | None
    """None: a program, or somebody who was erased."""


@dataclass(frozen=True, kw_only=True)
class AskedLog:
    """What the log is narrowed to; empty: everything."""

    actor: str = ""
    """Part of a name, a handle or a mail address; ``program``: nobody."""
    verb: str = ""
    """A verb, or its beginning up to a dot."""
    kind: str = ""
    subject: str = ""
    """The id of the object."""
    since: date | None = None
    until: date | None = None
    """The last day that counts."""
    page: int | None = 1


def log(asked: AskedLog) -> Listed[Line]:
    """Lines of the log, the newest first. Without a page at most 50,000."""
    statement = (
        select(AuditEntry, Person)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    )
    statement = _narrowed(statement, asked)
    if asked.page is None:
        statement = statement.limit(MOST_EXPORTED)
        total, page = -1, 1
    else:
        statement, total, page = one_page(statement, asked.page)
    rows = [Line(entry, actor) for entry, actor in db.session.execute(statement)]
    return Listed(rows, len(rows) if total < 0 else total, page)


def _narrowed(statement: Any, asked: AskedLog) -> Any:
    if asked.actor == "program":
        statement = statement.where(AuditEntry.actor_id.is_(None))
    elif asked.actor:
        wanted = asked.actor.lstrip("@")
        statement = statement.where(
            or_(
                Person.handle == wanted,
                Person.email == wanted,
                Person.name.icontains(wanted, autoescape=True),
            )
        )
    if asked.verb:
        statement = statement.where(
            or_(
                AuditEntry.verb == asked.verb,
                AuditEntry.verb.startswith(f"{asked.verb}.", autoescape=True),
            )
        )
    if asked.kind:
        statement = statement.where(AuditEntry.subject_kind == asked.kind)
    if asked.subject:
        statement = statement.where(AuditEntry.subject_id == asked.subject)
    if asked.since:
        statement = statement.where(AuditEntry.at >= _begin(asked.since))
    if asked.until:
        statement = statement.where(AuditEntry.at < _begin(asked.until + timedelta(days=1)))
    return statement


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), TAIPEI)


def verbs() -> Sequence[str]:
    """Every verb that was ever written, and the rooms that they begin with."""
    found = db.session.scalars(select(AuditEntry.verb).distinct()).all()
    stems = {verb.partition(".")[0] for verb in found if "." in verb}
    return sorted({*found, *stems})


def kinds() -> Sequence[str]:
    return sorted(db.session.scalars(select(AuditEntry.subject_kind).distinct()).all())


def names_in(lines: Sequence[Line]) -> dict[str, str]:
    """Who the ids in details and objects are, where they are people's: by id, in one statement."""
    ids: set[uuid.UUID] = set()
    for line in lines:
        texts = [
            line.entry.subject_id if line.entry.subject_kind == "person" else "",
            *(value for value in line.entry.details.values() if isinstance(value, str)),
        ]
        for text in texts:
            try:
                ids.add(uuid.UUID(text))
            except ValueError:
                continue
    if not ids:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {str(person_id): name for person_id, name in rows}
