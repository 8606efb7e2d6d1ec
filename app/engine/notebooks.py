"""Reading notebooks that nobody vouches for."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from typing import Any, Final

import nbformat
from nbformat import NotebookNode

__all__ = [
    "MAX_NOTEBOOK_BYTES",
    "Unreadable",
    "file_name",
    "language",
    "plain_name",
    "read",
    "read_executed",
]

MAX_NOTEBOOK_BYTES: Final = 20 * 1024 * 1024
MAX_CELLS: Final = 5_000
# Brackets are what costs memory and time when JSON becomes objects; outputs of honest notebooks
# are long strings and lists of lines, so this leaves them room.
MAX_BRACKETS: Final = 400_000
CELL_ID: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # nbformat 4.5
CELL_TYPES: Final = ("code", "markdown", "raw")


class Unreadable(Exception):
    """The bytes are no notebook that can be used; ``code`` is a key of messages.REASONS."""

    def __init__(self, code: str, **params: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str | int | float] = params


def plain_name(name: str) -> str:
    """Return a notebook's name without ``.ipynb``."""
    return name.removesuffix(".ipynb")


def file_name(name: str) -> str:
    """Return a notebook's file name."""
    return f"{plain_name(name)}.ipynb"


def language(nb: NotebookNode) -> str:
    """Return the notebook's language in lower case; ``python`` when it does not say."""
    spec = nb.metadata.get("kernelspec")
    if not isinstance(spec, dict):
        return "python"
    found = str(spec.get("language") or "").lower()
    if not found:
        found = str(spec.get("name") or "python").lower()
    return "python" if found.startswith(("python", "ipython")) or found == "py" else found


def read(raw: bytes) -> NotebookNode:
    """Return the notebook in format 4.5, with metadata, cells and sources of the right types.

    Raises Unreadable, and nothing else, whatever the bytes are.
    """
    if len(raw) > MAX_NOTEBOOK_BYTES:
        raise Unreadable("too-large", megabytes=MAX_NOTEBOOK_BYTES // 2**20)
    if raw.count(b"[") + raw.count(b"{") > MAX_BRACKETS:
        raise Unreadable("too-complex")
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("not-a-notebook") from error
    if not isinstance(data, dict):
        raise Unreadable("not-a-notebook")
    major = data.get("nbformat")
    if isinstance(major, bool) or not isinstance(major, int) or major < 1:
        raise Unreadable("not-a-notebook")
    if major > 4:
        raise Unreadable("too-new", version=major)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nb = _as_version_4(data, major)
    except Unreadable:
        raise
    except Exception as error:  # converters fail in many ways on what is no notebook
        raise Unreadable("not-a-notebook") from error
    return nb


def read_executed(raw: bytes) -> NotebookNode:
    """Return a notebook that the engine itself wrote, outputs included. Raises Unreadable."""
    try:
        nb = nbformat.v4.reads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise Unreadable("not-a-notebook") from error
    if not nb.get("cells"):
        raise Unreadable("no-cells")
    return nb


def _as_version_4(data: dict[str, Any], major: int) -> NotebookNode:
    if major < 4:
        nb = nbformat.convert(nbformat.reader.reads(json.dumps(data)), 4)
    else:
        nb = nbformat.from_dict(data)
    cells = nb.get("cells")
    if not isinstance(cells, list):
        raise Unreadable("not-a-notebook")
    if not cells:
        raise Unreadable("no-cells")
    if len(cells) > MAX_CELLS:
        raise Unreadable("too-complex")
    metadata = nb.get("metadata")
    clean = nbformat.v4.new_notebook()
    clean.metadata = metadata if isinstance(metadata, dict) else NotebookNode()
    clean.cells = [_cell(cell) for cell in cells]
    _unique_ids(clean.cells)
    return clean


def _cell(cell: Any) -> NotebookNode:
    """Return a new cell with what counts of ``cell``, and no outputs."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in CELL_TYPES:
        raise Unreadable("not-a-notebook")
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable("not-a-notebook")
    source.encode()  # a lone surrogate cannot travel further
    kind = cell["cell_type"]
    new = getattr(nbformat.v4, f"new_{kind}_cell")(source=source)
    metadata = cell.get("metadata")
    new.metadata = metadata if isinstance(metadata, dict) else NotebookNode()
    tags = new.metadata.get("tags")
    if tags is not None and not (
        isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)
    ):
        del new.metadata["tags"]
    found = cell.get("id")
    new.id = found if isinstance(found, str) else ""
    if kind != "code" and isinstance(cell.get("attachments"), dict):
        new.attachments = cell["attachments"]
    return new


def _unique_ids(cells: list[NotebookNode]) -> None:
    """Give each cell an id of its own; the same notebook always gets the same ones."""
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        if cell.id in seen or CELL_ID.fullmatch(cell.id) is None:
            cell.id = f"cell-{number}"
            while cell.id in seen:
                cell.id += "-x"
        seen.add(cell.id)
