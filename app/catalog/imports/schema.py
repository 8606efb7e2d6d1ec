"""Notebooks of older nbgraders and Jupyters in today's form, by nbgrader's own converters."""

import json
import re
from typing import Any

from app.catalog.imports.report import Note, note

MOST_CELLS = 5000
_TITLE = re.compile(r"^\s{0,3}#\s+(.{1,200})$", re.M)
_SOLUTION = "### BEGIN SOLUTION"


class Unreadable(ValueError):
    """Not a notebook that can be read; ``code`` is one of the report's words."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Upgraded:
    """A notebook of format 4 with nbgrader's metadata of schema 3."""

    def __init__(self, document: dict[str, Any], notes: list[Note]) -> None:
        self.document, self.notes = document, notes

    @property
    def is_graded(self) -> bool:
        """Whether nbgrader would give points for any cell."""
        return any(_marks(c).get("grade") or _marks(c).get("task") for c in self.document["cells"])

    @property
    def has_solution(self) -> bool:
        """Whether an answer is between marks, or no autograded answer is asked for."""
        cells = self.document["cells"]
        asked = [c for c in cells if _marks(c).get("solution") and not _marks(c).get("grade")]
        return not asked or any(_SOLUTION in _source(c) for c in cells)

    @property
    def title(self) -> str:
        for cell in self.document["cells"]:
            found = _TITLE.search(_source(cell)) if cell.get("cell_type") == "markdown" else None
            if found:
                return found[1].strip(" #")
        return ""

    def surround(self, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
        """Put the cells of a header and a footer around those that are there."""
        cells = self.document["cells"]
        self.document["cells"] = [*_copies(before, "header"), *cells, *_copies(after, "footer")]

    def written(self) -> bytes:
        """As JupyterLab writes notebooks."""
        text = json.dumps(self.document, indent=1, ensure_ascii=False, sort_keys=True)
        return (text + "\n").encode()


def upgraded(data: bytes) -> Upgraded:
    """A notebook brought to today's formats; otherwise as it is. Raises Unreadable."""
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("not-a-notebook") from error
    if not isinstance(document, dict) or not isinstance(document.get("nbformat"), int):
        raise Unreadable("not-a-notebook")
    notes: list[Note] = []
    if document["nbformat"] > 4:
        raise Unreadable("nb-too-new")
    if document["nbformat"] < 4:
        notes.append(note("nb-format", format=document["nbformat"]))
        document = _as_format_4(document)
    cells = document.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise Unreadable("not-a-notebook")
    if len(cells) > MOST_CELLS:
        raise Unreadable("nb-too-large")
    old = {v for c in cells if (m := _marks(c)) and (v := m.get("schema_version", 0)) in (0, 1, 2)}
    if old:
        document["cells"] = [_with_schema_3(cell) for cell in cells]
        notes.append(note("nb-upgraded", schema=", ".join(map(str, sorted(old)))))
    return Upgraded(document, notes)


def _as_format_4(document: dict[str, Any]) -> dict[str, Any]:
    import nbformat

    try:
        converted = nbformat.convert(nbformat.reader.reads(json.dumps(document)), 4)
        made: dict[str, Any] = json.loads(nbformat.writes(converted, version=4))
    except Exception as error:  # converters fail in many ways on what is no notebook
        raise Unreadable("not-a-notebook") from error
    return made


def _with_schema_3(cell: dict[str, Any]) -> dict[str, Any]:
    """CELL with today's metadata; as it is when nbgrader cannot bring it there."""
    if not _marks(cell):
        return cell
    import nbformat

    from app.engine.bookkeeping import upgrade

    try:
        made = upgrade(nbformat.from_dict({"cells": [cell]}))
        converted: dict[str, Any] = json.loads(json.dumps(made.cells[0]))
    except Exception:  # the engine says what is wrong with it when the lab is checked
        return cell
    return converted


def _marks(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _copies(cells: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """CELLS under ids of their own: the same in every notebook, so that a file stays a file."""
    made = []
    for number, cell in enumerate(cells, 1):
        copy = json.loads(json.dumps(cell))
        if "id" in copy:
            copy["id"] = f"{name}-{number}"
        made.append(copy)
    return made
