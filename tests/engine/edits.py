"""What a student, or an old version of nbgrader, may do to a notebook; each edit in place."""

from __future__ import annotations

import copy
from collections.abc import Callable

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell


def older(nb: NotebookNode, version: int) -> None:
    """Bring the cells' metadata back to an old schema of nbgrader's."""
    gone = {1: ("cell_type", "task"), 2: ("task",)}[version]
    for cell in nb.cells:
        meta = cell.metadata.get("nbgrader")
        if meta is None:
            continue
        if meta.get("task"):  # there were none
            del cell.metadata["nbgrader"]
            cell.source = "Write down a rule."
            continue
        meta["schema_version"] = version
        for field in gone:
            meta.pop(field, None)


def _meta(cell: NotebookNode) -> NotebookNode:
    return cell.metadata.get("nbgrader", NotebookNode())  # type: ignore[no-any-return]


def solves(cell: NotebookNode) -> bool:
    return bool(_meta(cell).get("solution"))


def solves_in_code(cell: NotebookNode) -> bool:
    return solves(cell) and cell.cell_type == "code"


def _tests(cell: NotebookNode) -> bool:
    return bool(_meta(cell).get("grade")) and not solves(cell)


def _all(nb: NotebookNode, wanted: Callable[[NotebookNode], bool]) -> list[NotebookNode]:
    return [cell for cell in nb.cells if wanted(cell)]


def last(nb: NotebookNode, wanted: Callable[[NotebookNode], bool]) -> NotebookNode:
    return _all(nb, wanted)[-1]


def _delete_a_test(nb: NotebookNode) -> None:
    nb.cells.remove(_all(nb, _tests)[1])


def _delete_a_solution(nb: NotebookNode) -> None:
    nb.cells.remove(_all(nb, solves_in_code)[0])


def _twice(nb: NotebookNode, cell: NotebookNode, source: str) -> None:
    made = copy.deepcopy(cell)
    made.update(id="copied", source=source)
    nb.cells.insert(nb.cells.index(cell) + 1, made)


def _duplicate_a_test(nb: NotebookNode) -> None:
    _twice(nb, _all(nb, _tests)[2], "pass")


def _duplicate_a_solution(nb: NotebookNode) -> None:
    _twice(nb, _all(nb, solves_in_code)[1], "raise NotImplementedError")


def _test_as_text(nb: NotebookNode) -> None:
    cell = _all(nb, _tests)[0]
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]


def _solution_as_text(nb: NotebookNode) -> None:
    cell = _all(nb, solves_in_code)[0]
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]


def _answer_as_code(nb: NotebookNode) -> None:
    cell = last(nb, lambda cell: cell.cell_type == "markdown" and bool(_meta(cell)))
    cell.update(cell_type="code", source="'words'", outputs=[], execution_count=None)


def _edit_tests(nb: NotebookNode) -> None:
    for cell in _all(nb, _tests):
        cell.source = "pass"


def _edit_what_is_locked(nb: NotebookNode) -> None:
    for cell in _all(nb, lambda cell: bool(_meta(cell).get("locked")) and not _tests(cell)):
        cell.source = "raise RuntimeError('mine')"


def _edit_points(nb: NotebookNode) -> None:
    for cell in _all(nb, _tests):
        _meta(cell).points = 100


def _unlock(nb: NotebookNode) -> None:
    for cell in _all(nb, _tests):
        _meta(cell).locked = False
        cell.source += "\nassert False"


def _no_checksums(nb: NotebookNode) -> None:
    for cell in nb.cells:
        _meta(cell).pop("checksum", None)


def _other_checksums(nb: NotebookNode) -> None:
    for cell in _all(nb, lambda cell: "checksum" in _meta(cell)):
        _meta(cell).checksum = "0" * 32


def _no_cell_types(nb: NotebookNode) -> None:
    for cell in nb.cells:
        _meta(cell).pop("cell_type", None)


def _more_cells(nb: NotebookNode) -> None:
    extra = {"grade": True, "solution": False, "locked": True, "task": False, "points": 50}
    own = {"nbgrader": {**extra, "grade_id": "own", "schema_version": 3}}
    nb.cells[2:2] = [
        new_code_cell("import sys\nprint('oh', file=sys.stderr)\n1 / 0", id="more-1"),
        new_markdown_cell("# Mine", id="more-2"),
        new_code_cell("50", id="more-3", metadata=own),
        new_code_cell("", id="more-4"),
    ]


def _tests_first(nb: NotebookNode) -> None:
    tests = _all(nb, _tests)
    nb.cells = tests + [cell for cell in nb.cells if cell not in tests]


def _backwards(nb: NotebookNode) -> None:
    nb.cells.reverse()


def _answered(nb: NotebookNode) -> None:
    for cell in _all(nb, lambda cell: cell.cell_type == "markdown" and bool(_meta(cell))):
        cell.source += "\n\n門檻設在 0.07，因為漏檢比誤報貴。"


def _with_outputs(nb: NotebookNode) -> None:
    for cell in _all(nb, _tests):
        cell.outputs = [
            nbformat.v4.new_output("execute_result", data={"text/plain": "100"}, execution_count=1)
        ]


EDITS: dict[str, Callable[[NotebookNode], None]] = {
    "a deleted test": _delete_a_test,
    "a deleted solution": _delete_a_solution,
    "a test twice": _duplicate_a_test,
    "a solution twice": _duplicate_a_solution,
    "a test as text": _test_as_text,
    "a solution as text": _solution_as_text,
    "an answer as code": _answer_as_code,
    "edited tests": _edit_tests,
    "an edited setup": _edit_what_is_locked,
    "edited points": _edit_points,
    "unlocked tests": _unlock,
    "no checksums": _no_checksums,
    "other checksums": _other_checksums,
    "no cell types": _no_cell_types,
    "more cells": _more_cells,
    "tests first": _tests_first,
    "backwards": _backwards,
    "written answers": _answered,
    "outputs of its own": _with_outputs,
}
NBGRADER_GIVES_UP = ("a test twice", "a solution twice", "more cells")
