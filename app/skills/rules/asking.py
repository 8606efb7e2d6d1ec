"""``sort``, ``orderBy``, ``filter`` and ``fields`` of the CASE 1.1 service, pure.

The grammar is that of the 1EdTech REST bindings: ``filter=field<predicate>'value'``, at most two of
them joined by ``AND`` or ``OR``; fields within objects with a dot (``licenseURI.title``).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

__all__ = ["CannotSelect", "CannotSort", "chosen", "matching", "put_in_order"]

Row = dict[str, Any]

DOCUMENT_FIELDS = frozenset(
    {
        "identifier", "uri", "frameworkType", "caseVersion", "creator", "title",
        "officialSourceURL", "lastChangeDateTime", "publisher", "description", "subject",
        "subjectURI", "language",
        "version", "adoptionStatus", "statusStartDate", "statusEndDate", "licenseURI", "notes",
        "extensions", "CFPackageURI",
    }
)  # fmt: skip
"""Of a CFDocument in CASE 1.1; others may stand in what somebody published."""

_ONE = re.compile(r"\s*([A-Za-z][\w.-]*)\s*(!=|>=|<=|=|>|<|~)\s*'([^']*)'\s*")
_JOINED = re.compile(r"(AND|OR)\b")

PREDICATES: Mapping[str, Callable[[str, str], bool]] = {
    "=": lambda found, asked: found == asked,
    ">": lambda found, asked: found > asked,
    ">=": lambda found, asked: found >= asked,
    "<": lambda found, asked: found < asked,
    "<=": lambda found, asked: found <= asked,
    "~": lambda found, asked: asked.lower() in found.lower(),
}


class CannotSelect(ValueError):
    """``invalid_selection_field``: a field that there is not, or a filter that says nothing."""


class CannotSort(ValueError):
    """``invalid_sort_field``."""


def matching(rows: Iterable[Row], asked: str) -> list[Row]:
    """The ROWS for which the filter ASKED holds; all of them when it is empty.

    Raises CannotSelect.
    """
    there = list(rows)
    if not asked.strip():
        return there
    fields = _known(there)
    first, at = _one(asked, 0, fields)
    joined = _JOINED.match(asked, at)
    if joined is None:
        if at != len(asked):
            raise CannotSelect(f"the filter cannot be read from {asked[at:][:40]!r} on")
        return [row for row in there if first(row)]
    second, end = _one(asked, joined.end(), fields)
    if end != len(asked):
        raise CannotSelect("a filter joins two at most")
    if joined.group(1) == "AND":
        return [row for row in there if first(row) and second(row)]
    return [row for row in there if first(row) or second(row)]


def put_in_order(rows: Sequence[Row], field: str, order: str) -> list[Row]:
    """ROWS by FIELD, ascending unless ORDER is ``desc``; what has none stands last.

    Without a field as they are. Raises CannotSort.
    """
    if order not in ("", "asc", "desc"):
        raise CannotSort("orderBy is asc or desc")
    if not field:
        return list(rows)
    if field.partition(".")[0] not in _known(rows):
        raise CannotSort(f"there is no field {field!r}")
    having = [row for row in rows if _values(row, field)]
    return [
        *sorted(having, key=lambda row: _values(row, field), reverse=order == "desc"),
        *(row for row in rows if not _values(row, field)),
    ]


def chosen(rows: Sequence[Row], names: Iterable[str]) -> list[Row]:
    """ROWS with the fields NAMES alone, or with all where none is named. Raises CannotSelect."""
    wanted = [name for name in names if name]
    if not wanted:
        return list(rows)
    fields = _known(rows)
    for name in wanted:
        if name not in fields:
            raise CannotSelect(f"there is no field {name!r}")
    return [{name: row[name] for name in wanted if name in row} for row in rows]


def _known(rows: Iterable[Row]) -> frozenset[str]:
    return DOCUMENT_FIELDS | {name for row in rows for name in row}


def _one(asked: str, at: int, fields: frozenset[str]) -> tuple[Callable[[Row], bool], int]:
    found = _ONE.match(asked, at)
    if found is None:
        raise CannotSelect("write field='value', with =, !=, >, >=, <, <= or ~")
    field, predicate, value = found.groups()
    if field.partition(".")[0] not in fields:
        raise CannotSelect(f"there is no field {field!r}")

    def holds(row: Row) -> bool:
        values = _values(row, field)
        if predicate == "!=":
            return value not in values
        return any(PREDICATES[predicate](one, value) for one in values)

    return holds, found.end()


def _values(row: Row, field: str) -> list[str]:
    """What stands at FIELD as texts: one, each of a list, or none."""
    found: Any = row
    for name in field.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list) else [found]
    return [one if isinstance(one, str) else str(one) for one in values if one is not None]
