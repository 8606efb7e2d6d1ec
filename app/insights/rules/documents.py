"""What somebody wrote herself: code, cell by cell, of the files that she handed in. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Piece", "released_pieces", "written_pieces"]

MOST_CHARACTERS = 50_000
"""Of one cell; what is longer is data, not code that somebody wrote."""


@dataclass(frozen=True)
class Piece:
    """A cell of a notebook, or a whole Python file."""

    path: str
    number: int
    """The cell's place among all cells of its notebook, from 1; 0 for a file."""
    grade_id: str
    text: str


def written_pieces(files: Mapping[str, bytes]) -> list[Piece]:
    """Code that the student could write: cells for solutions, cells of her own, Python files.

    Locked cells (tests, given code) are left out. What cannot be read has no pieces.
    """
    return [piece for piece, is_locked in _pieces(files) if not is_locked]


def released_pieces(files: Mapping[str, bytes]) -> list[Piece]:
    """All code of a release: what everybody was given."""
    return [piece for piece, _is_locked in _pieces(files)]


def _pieces(files: Mapping[str, bytes]) -> list[tuple[Piece, bool]]:
    found: list[tuple[Piece, bool]] = []
    for path in sorted(files):
        if path.endswith(".ipynb"):
            found += _cells(path, files[path])
        elif path.endswith(".py"):
            text = files[path].decode("utf-8", "replace")
            found.append((Piece(path, 0, "", _tidy(text)), False))
    return [(piece, locked) for piece, locked in found if piece.text.strip()]


def _cells(path: str, content: bytes) -> list[tuple[Piece, bool]]:
    try:
        notebook = json.loads(content)
    except (ValueError, RecursionError):
        return []
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        return []
    found: list[tuple[Piece, bool]] = []
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        marks = _marks(cell)
        locked = bool(marks.get("locked")) or (
            bool(marks.get("grade")) and not marks.get("solution")
        )
        grade_id = str(marks.get("grade_id", "")) if marks else ""
        found.append((Piece(path, number, grade_id, _source(cell)), locked))
    return found


def _marks(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return _tidy(source) if isinstance(source, str) else ""


def _tidy(text: str) -> str:
    """One kind of line end, so that places in it stay places; no null characters to keep."""
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return tidy[:MOST_CHARACTERS]
