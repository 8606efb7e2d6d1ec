"""Which tables hold something of people, and what becomes of it: the registry of all rooms.

Every room's ``personal.py`` declares its tables here when the factory imports it: whose rows they
are, what they are called to the person herself, how they are exported and how they are erased. A
table without people is declared as such. What nobody declared fails a test.

Rows that stay keep the id of a person who has no name any more (see ``docs/privacy.md``).
"""

import enum
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.kernel.database import db
from app.kernel.i18n import LazyText

ERASING = "SET LOCAL banyan.erasing = 'on'"
"""Lets the triggers of protected tables pass, until the end of the transaction."""


class Fate(enum.Enum):
    """What erasing somebody does to her rows of a table."""

    DELETE = "delete"
    CUT = "cut"
    """The row stays for others; words and names of hers are taken out of it."""
    KEEP = "keep"
    """A law wants the row; names and addresses are taken out of it."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table that refers to people."""

    name: str
    title: LazyText | None = None
    """What the person calls it; None only where every row merely names who did something."""
    fate: Fate = Fate.DELETE
    whose: tuple[str, ...] = ()
    """Columns with the id of the person whom a row is about."""
    via: tuple[tuple[str, str], ...] = ()
    """(column, table): a row is hers when the row that it hangs on is."""
    by: tuple[str, ...] = ()
    """Columns that say who did something for others: the id stays, without a name."""
    loosen: tuple[tuple[str, str], ...] = ()
    """(column, table): set to nothing when the row that it points to is deleted."""
    also: tuple[str, ...] = ()
    """SQL on the table's own name and ``Who.values``: more rows of hers."""
    only: str = ""
    """SQL on the table's own name and ``:person``: which of those rows share the fate."""
    shown: str = ""
    """SQL likewise: which of them she may know now (held results are not given away)."""
    secret: tuple[str, ...] = ()
    """Columns that are not exported: digests of tokens, notes of the staff, hidden tests."""
    files: tuple[tuple[str, str | None], ...] = ()
    """(column with the address of a stored file, column with its name)."""
    cut: Mapping[str, Any] = field(default_factory=dict)
    """What stands in a column after erasing, for rows that stay."""
    words: tuple[str, ...] = ()
    """Text columns of rows that stay which hold nothing that a person wrote or is called."""
    reason: LazyText | None = None
    """Why rows stay, and for how long: in the receipt."""
    correct: str = ""
    """The endpoint of the page where she corrects it."""


@dataclass(frozen=True)
class Who:
    """Somebody as she was called before she was erased."""

    id: uuid.UUID
    handle: str
    name: str
    email: str

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of declared SQL."""
        return {
            "person": self.id,
            "person_text": str(self.id),
            "handle": self.handle,
            "name": self.name,
            "email": self.email,
        }


@dataclass(frozen=True)
class Sql:
    """An expression on the row, for ``Table.cut``; ``:name``, ``:email``, ``:handle`` are hers."""

    text: str


@dataclass(frozen=True)
class Step:
    """Something that erasing does besides the tables.

    ``run`` answers how many things it removed. It is safe to do twice. OUTSIDE: after the commit,
    because it cannot be rolled back (files, other programs).
    """

    name: str
    title: LazyText
    run: Callable[[Who], int]
    outside: bool = False


@dataclass(frozen=True)
class Report:
    """What no table holds and a copy of her data says all the same: what is computed of it.

    ``rows`` answers only what she may know now.
    """

    name: str
    title: LazyText
    rows: Callable[[Who], Iterable[dict[str, Any]]]


TABLES: dict[str, Table] = {}
ROOM_OF: dict[str, str] = {}
IMPERSONAL: dict[str, str] = {}
STEPS: dict[str, Step] = {}
FOLDERS: dict[str, Callable[[Who], Iterable[tuple[str, Path]]]] = {}
CONTACTS: dict[str, tuple[str, str]] = {}
FURTHER: dict[str, list[tuple[str, str]]] = {}
REPORTS: dict[str, list[Report]] = {}
REFUSALS: dict[str, Callable[[uuid.UUID], str | None]] = {}


def declare(room: str, *tables: Table) -> None:
    """TABLES hold something of people. Raises ValueError when one is declared elsewhere."""
    for table in tables:
        _once(table.name, room)
        TABLES[table.name] = table


def impersonal(room: str, *names: str) -> None:
    """These tables hold nothing of people: no id, no text that one of them wrote about herself."""
    for name in names:
        _once(name, room)
        IMPERSONAL[name] = room


def also_hers(table: str, parent: str, sql: str) -> None:
    """Rows of TABLE, of a room below, are hers where SQL holds for some row of hers in PARENT."""
    FURTHER.setdefault(table, []).append((parent, sql))


def contact(table: str, *, email: str, only: str) -> None:
    """TABLE has rows with the address of somebody who may have no account; ONLY: SQL, which rows
    of hers may be deleted although nobody signed in."""
    CONTACTS[table] = (email, only)


def step(made: Step) -> Step:
    """Let erasing do MADE as well."""
    STEPS[made.name] = made
    return made


def folder(room: str, files: Callable[[Who], Iterable[tuple[str, Path]]]) -> None:
    """FILES answers (path within the export, file) of what the room keeps outside the database."""
    FOLDERS[room] = files


def report(room: str, made: Report) -> None:
    """Let copies of her data have MADE beside the tables of ROOM."""
    REPORTS.setdefault(room, []).append(made)


def refusal(room: str, why_not: Callable[[uuid.UUID], str | None]) -> None:
    """WHY_NOT answers a sentence when somebody cannot be erased as long as something is open."""
    REFUSALS[room] = why_not


def hers(name: str) -> str:
    """SQL: which rows of the table NAME are about ``:person``."""
    table = TABLES[name]
    ways = [f"{name}.{column} = :person" for column in table.whose]
    ways += [
        f"{name}.{column} IN (SELECT {parent}.id FROM {parent} WHERE {hers(parent)})"
        for column, parent in table.via
    ]
    ways += [f"EXISTS (SELECT 1 FROM {p} WHERE {hers(p)} AND {sql})" for p, sql in _further(name)]
    ways += [f"({sql})" for sql in table.also]
    condition = "(" + " OR ".join(ways) + ")" if ways else "false"
    return f"{condition} AND ({table.only})" if table.only else condition


def _further(name: str) -> list[tuple[str, str]]:
    return FURTHER.get(name, [])


def is_about_people(table: Table) -> bool:
    """Whether TABLE has rows about somebody, not only columns that say who did something."""
    return bool(table.whose or table.via or table.also or table.name in FURTHER)


def count_of(name: str, who: Who) -> int:
    """How many rows of the table NAME are about WHO."""
    sql = f"SELECT count(*) FROM {name} WHERE {hers(name)}"
    return int(db.session.scalar(text(sql), who.values) or 0)


def in_order() -> list[Table]:
    """Declared tables, what hangs on others first: the order of erasing."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for table in db.metadata.sorted_tables:
        if table.name not in TABLES:
            continue
        above = {key.column.table.name for key in table.foreign_keys}
        above |= {parent for _column, parent in TABLES[table.name].via}
        above |= {parent for parent, _sql in _further(table.name)}
        sorter.add(table.name)
        for parent in above - {table.name}:
            if parent in TABLES:
                sorter.add(parent, table.name)
    return [TABLES[name] for name in sorter.static_order()]


def _once(name: str, room: str) -> None:
    if ROOM_OF.setdefault(name, room) != room:
        raise ValueError(f"{name} is declared by {ROOM_OF[name]} and by {room}")
