"""What a generated student does to the cells of a release, drawn by hypothesis; each in place."""

from __future__ import annotations

import copy
from collections.abc import Callable

from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

NEW = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
SOURCES = {
    "code": ("print('own')", "", "1 / 0", "work = 3", "import sys\nprint(1, file=sys.stderr)"),
    "markdown": ("# 標題", "", "answer", "![x](attachment:x.png)"),
    "raw": ("raw", "", "0.5"),
}


def age(nb: NotebookNode, version: int) -> None:
    for cell in nb.cells:
        meta = cell.metadata.get("nbgrader")
        if not meta:
            continue
        if meta.get("task"):  # there were none before schema 3
            del cell.metadata["nbgrader"]
            continue
        meta.pop("task", None)
        meta["schema_version"] = version
        if version < 2:
            meta.pop("cell_type", None)
        if version == 0:
            del meta["schema_version"]


Edit = Callable[[st.DrawFn, NotebookNode], None]


def _pick(draw: st.DrawFn, nb: NotebookNode) -> NotebookNode:
    return nb.cells[draw(st.integers(0, len(nb.cells) - 1))]  # type: ignore[no-any-return]


def _delete(draw: st.DrawFn, nb: NotebookNode) -> None:
    nb.cells.remove(_pick(draw, nb))


def _duplicate(draw: st.DrawFn, nb: NotebookNode) -> None:
    made = copy.deepcopy(_pick(draw, nb))
    made.source = draw(st.sampled_from((made.source, "pass", "")))
    nb.cells.insert(draw(st.integers(0, len(nb.cells))), made)


def _move(draw: st.DrawFn, nb: NotebookNode) -> None:
    cell = _pick(draw, nb)
    nb.cells.remove(cell)
    nb.cells.insert(draw(st.integers(0, len(nb.cells))), cell)


def _rewrite(draw: st.DrawFn, nb: NotebookNode) -> None:
    _pick(draw, nb).source = draw(
        st.sampled_from(("pass", "", "work = 1", "1 / 0", "我的答案", "work = 1\nwork"))
    )


def _insert(draw: st.DrawFn, nb: NotebookNode) -> None:
    cell_type = draw(st.sampled_from(tuple(NEW)))
    made = NEW[cell_type](draw(st.sampled_from(SOURCES[cell_type])))
    nb.cells.insert(draw(st.integers(0, len(nb.cells))), made)


def _change_type(draw: st.DrawFn, nb: NotebookNode) -> None:
    cell = _pick(draw, nb)
    cell.cell_type = draw(st.sampled_from(tuple(NEW)))
    for name, value in (("outputs", []), ("execution_count", None)):
        if cell.cell_type == "code":
            cell.setdefault(name, value)
        else:
            cell.pop(name, None)


def _edit_metadata(draw: st.DrawFn, nb: NotebookNode) -> None:
    meta = _pick(draw, nb).metadata.get("nbgrader")
    if not meta:
        return
    field, value = draw(
        st.sampled_from(
            (("locked", True), ("locked", False), ("checksum", None), ("checksum", "0" * 32),
             ("cell_type", None), ("cell_type", "raw"), ("points", 100), ("points", -1))
        )
    )  # fmt: skip
    if field == "points" and not meta.get("grade"):
        return
    if value is None:
        meta.pop(field, None)
    else:
        meta[field] = value


def _rename(draw: st.DrawFn, nb: NotebookNode) -> None:
    meta = _pick(draw, nb).metadata.get("nbgrader")
    if meta:
        meta["grade_id"] = "my own name"


def _own_output(draw: st.DrawFn, nb: NotebookNode) -> None:
    cell = _pick(draw, nb)
    if cell.cell_type == "code":
        cell.outputs = [new_output("execute_result", {"text/plain": "1"}, execution_count=3)]


def _strip(draw: st.DrawFn, nb: NotebookNode) -> None:
    _pick(draw, nb).metadata.pop("nbgrader", None)


EDITS: tuple[Edit, ...] = (
    _delete, _duplicate, _move, _rewrite, _insert, _change_type, _edit_metadata, _rename,
    _own_output, _strip,
)  # fmt: skip
