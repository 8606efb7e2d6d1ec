"""Looking for somebody in everything that is kept: every column of every table, every file."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from app.kernel.database import db

__all__ = ["Trace", "traces", "traces_in_files"]


@dataclass(frozen=True)
class Trace:
    """Something of somebody is left: in which place, in which column, in how many rows."""

    place: str
    column: str
    count: int


# Every column that can hold words, whatever its type; of binary ones the bytes that are letters.
_COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
  JOIN information_schema.tables USING (table_schema, table_name)
 WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
   AND data_type NOT IN ('uuid', 'boolean', 'integer', 'bigint', 'smallint', 'numeric', 'date',
       'double precision', 'timestamp with time zone', 'timestamp without time zone', 'interval')
 ORDER BY table_name, ordinal_position
"""


def traces(
    marks: Sequence[str], *, connection: Connection | None = None, but: Sequence[str] = ()
) -> list[Trace]:
    """Columns in which one of MARKS (two letters or more) stands, in the whole database.

    CONNECTION: another database, for example the Hub's. BUT: tables that are not looked at. Every
    table is read once from end to end, so this is work for the background.
    """
    wanted = [mark for mark in marks if len(mark) > 1]
    if not wanted:
        return []
    ask = connection or db.session.connection()
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in ask.execute(text(_COLUMNS)):
        if table not in but:
            columns.setdefault(table, []).append((column, kind))
    found = []
    for table, named in columns.items():
        counts = ", ".join(
            f"count(*) FILTER (WHERE {_as_text(column, kind)} ILIKE ANY(:patterns))"
            for column, kind in named
        )
        row = ask.execute(
            text(f'SELECT {counts} FROM "{table}"'),
            {"patterns": [f"%{_escaped(mark)}%" for mark in wanted]},
        ).one()
        found += [
            Trace(table, column, count)
            for (column, _kind), count in zip(named, row, strict=True)
            if count
        ]
    return found


def traces_in_files(root: Path, marks: Sequence[str], *, but: Sequence[str] = ()) -> list[Trace]:
    """Files below ROOT whose name or content holds one of MARKS; BUT: folders left out."""
    wanted = [mark.encode() for mark in marks if len(mark) > 1]
    found = []
    for path in _files(root, but):
        name = path.relative_to(root).as_posix()
        content = path.read_bytes()
        count = sum(mark in content or mark in name.encode() for mark in wanted)
        if count:
            found.append(Trace(name, "", count))
    return found


def _files(root: Path, but: Sequence[str]) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        if path.relative_to(root).parts[0] not in but and path.is_file() and not path.is_symlink():
            yield path


def _as_text(column: str, kind: str) -> str:
    return f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'


def _escaped(mark: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", mark)
