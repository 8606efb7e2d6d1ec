"""The labs of ``courses/`` as their students might hand them in: right, empty, and wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from app import engine
from tests.engine import mutation
from tests.engine.cases import Case

COURSES = Path(__file__).resolve().parents[2] / "courses"
#: Mistakes in code, for each lab.
CODE_MUTANTS = 14
#: Seconds a cell may take in nbgrader, where cells also wait for their imports.
CELL_SECONDS = 60
#: Where a loop never ends there is nothing to wait for.
ENDLESS_SECONDS = 20
MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")


@dataclass(frozen=True)
class Lab:
    """A lab with one notebook, and what solves it."""

    name: str
    source: bytes
    files: tuple[tuple[str, bytes], ...]

    @property
    def release(self) -> bytes:
        made = engine.make_release([engine.NotebookSource("p1", self.source)])
        assert not made.problems
        return made.notebooks["p1.ipynb"]

    def solved(self) -> NotebookNode:
        """The release with every solution cell as its instructor would fill it in."""
        nb = nbformat.reads(self.release.decode(), 4)
        source = nbformat.reads(self.source.decode(), 4)
        answers = {cell.metadata.nbgrader.grade_id: cell for cell in source.cells if _solves(cell)}
        for cell in nb.cells:
            if _solves(cell) and cell.cell_type == "code":
                answer = answers[cell.metadata.nbgrader.grade_id].source.split("\n")
                cell.source = "\n".join(line for line in answer if line.strip() not in MARKS)
        return nb


@cache
def labs() -> tuple[Lab, ...]:
    """Every lab of the courses. Raises ValueError for one with several notebooks."""
    found = []
    for folder in sorted(COURSES.glob("*/*/labs/*/source")):
        (notebook,) = folder.glob("*.ipynb")
        files = tuple(
            (path.relative_to(folder).as_posix(), path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix != ".ipynb"
        )
        found.append(Lab(folder.parent.name, notebook.read_bytes(), files))
    return tuple(found)


@cache
def mutants() -> tuple[Case, ...]:
    """Solution, release, mistakes in code and edits of the notebook, for each lab."""
    return tuple(case for lab in labs() for case in _of(lab))


def _of(lab: Lab) -> Iterator[Case]:
    def case(name: str, nb: NotebookNode | bytes, **more: object) -> Case:
        raw = nb if isinstance(nb, bytes) else nbformat.writes(nb).encode()
        made = {"source": lab.source, "cell_seconds": CELL_SECONDS, **more}
        return Case(f"{lab.name}: {name}", submission=raw, files=lab.files, **made)  # type: ignore[arg-type]

    solved = lab.solved()
    yield case("solution", solved)
    yield case("release", lab.release)
    for name, nb in _wrong_code(lab.name, solved):
        yield case(name, nb)
    endless = copy.deepcopy(solved)
    _last(endless, _solves_in_code).source += "\n\nwhile True:\n    pass"
    yield case("an endless loop", endless, cell_seconds=ENDLESS_SECONDS)
    for name, edit in EDITS.items():
        nb = copy.deepcopy(solved)
        edit(nb)
        yield case(name, nb, forgive=name in NBGRADER_GIVES_UP)
    for version in (1, 2):
        nb, source = copy.deepcopy(solved), nbformat.reads(lab.source.decode(), 4)
        older(nb, version)
        yield case(f"schema {version}", nb, update=True)
        older(source, version)
        raw = nbformat.writes(source).encode()
        yield case(f"schema {version} on both sides", nb, source=raw, update=True)


def _wrong_code(name: str, solved: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """The solved lab with one mistake each."""
    everywhere = {
        edit: index
        for index, cell in enumerate(solved.cells)
        if _solves_in_code(cell)
        for edit in mutation.edits(cell.source)
    }
    for number, edit in enumerate(mutation.chosen(everywhere, CODE_MUTANTS, name), 1):
        nb = copy.deepcopy(solved)
        cell = nb.cells[everywhere[edit]]
        cell.source = edit.apply(cell.source)
        yield f"mistake {number}, {edit.kind}", nb


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


def _solves(cell: NotebookNode) -> bool:
    return bool(_meta(cell).get("solution"))


def _solves_in_code(cell: NotebookNode) -> bool:
    return _solves(cell) and cell.cell_type == "code"


def _tests(cell: NotebookNode) -> bool:
    return bool(_meta(cell).get("grade")) and not _solves(cell)


def _all(nb: NotebookNode, wanted: Callable[[NotebookNode], bool]) -> list[NotebookNode]:
    return [cell for cell in nb.cells if wanted(cell)]


def _last(nb: NotebookNode, wanted: Callable[[NotebookNode], bool]) -> NotebookNode:
    return _all(nb, wanted)[-1]


def _delete_a_test(nb: NotebookNode) -> None:
    nb.cells.remove(_all(nb, _tests)[1])


def _delete_a_solution(nb: NotebookNode) -> None:
    nb.cells.remove(_all(nb, _solves_in_code)[0])


def _twice(nb: NotebookNode, cell: NotebookNode, source: str) -> None:
    made = copy.deepcopy(cell)
    made.update(id="copied", source=source)
    nb.cells.insert(nb.cells.index(cell) + 1, made)


def _duplicate_a_test(nb: NotebookNode) -> None:
    _twice(nb, _all(nb, _tests)[2], "pass")


def _duplicate_a_solution(nb: NotebookNode) -> None:
    _twice(nb, _all(nb, _solves_in_code)[1], "raise NotImplementedError")


def _test_as_text(nb: NotebookNode) -> None:
    cell = _all(nb, _tests)[0]
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]


def _solution_as_text(nb: NotebookNode) -> None:
    cell = _all(nb, _solves_in_code)[0]
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]


def _answer_as_code(nb: NotebookNode) -> None:
    cell = _last(nb, lambda cell: cell.cell_type == "markdown" and bool(_meta(cell)))
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
