"""What is kept of a person, by room: how much, and the rows themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from app.accounts.models import Person
from app.kernel import clock, personal
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import page_within
from app.kernel.personal import Table, Who

ROWS_SHOWN = 20


@dataclass(frozen=True)
class Kept:
    """One kind of record: how many of them are about her."""

    table: Table
    room: str
    count: int


@dataclass(frozen=True)
class KeptRows:
    """A page of the records of one kind, as she may know them now."""

    kept: Kept
    rows: list[Mapping[str, Any]]
    page: int
    pages: int


def kept_of(person: Person) -> list[Kept]:
    """What is kept of PERSON, rooms from the ground up; two statements, however many tables."""
    tables = [table for table in personal.TABLES.values() if personal.is_about_people(table)]
    counts = ", ".join(
        f"(SELECT count(*) FROM {table.name} WHERE {_known(table)}) AS {table.name}"  # noqa: S608
        for table in tables
    )
    row = db.session.execute(text(f"SELECT {counts}"), _values(person)).one()
    return [
        Kept(table, personal.ROOM_OF[table.name], count)
        for table, count in zip(tables, row, strict=True)
        if count
    ]


def kept_rows(person: Person, name: str, page: int) -> KeptRows:
    """Page PAGE of what the table NAME has of PERSON. Raises NotVisible."""
    table = personal.TABLES.get(name)
    if table is None or not personal.is_about_people(table):
        raise NotVisible
    values = _values(person)
    counted = f"SELECT count(*) FROM {name} WHERE {_known(table)}"  # noqa: S608 (declared names)
    total = db.session.scalar(text(counted), values) or 0
    if not total:
        raise NotVisible
    page = page_within(page, total, ROWS_SHOWN)
    rows = db.session.scalars(
        text(
            f"SELECT to_jsonb({name}) - CAST(:secret AS text[]) FROM {name}"  # noqa: S608
            f" WHERE {_known(table)} ORDER BY {name}.id LIMIT {ROWS_SHOWN} OFFSET :skipped"
        ),
        values | {"secret": list(table.secret), "skipped": (page - 1) * ROWS_SHOWN},
    ).all()
    kept = Kept(table, personal.ROOM_OF[name], total)
    return KeptRows(
        kept,
        [_readable(row, table, person) for row in rows],
        page,
        -(-total // ROWS_SHOWN),
    )


def who(person: Person) -> Who:
    """PERSON as the registry names her."""
    return Who(person.id, person.handle, person.name, person.email)


def _known(table: Table) -> str:
    condition = personal.hers(table.name)
    return f"{condition} AND ({table.shown})" if table.shown else condition


def _values(person: Person) -> dict[str, Any]:
    return who(person).values | {"now": clock.now()}


def _readable(row: dict[str, Any], table: Table, person: Person) -> dict[str, Any]:
    """Without numbers that say nothing to anybody; people only as herself or another."""
    shown = {}
    for column, value in row.items():
        if value in (None, "", {}, []) or column == "id":
            continue
        if column in (*table.whose, *table.by):
            shown[column] = "you" if value == str(person.id) else "another person"
        elif not column.endswith("_id"):
            shown[column] = value
    return shown
