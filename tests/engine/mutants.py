"""The labs of ``courses/`` as their students might hand them in: right, empty, and wrong."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from app import engine
from tests.engine import mutation
from tests.engine.cases import Case
from tests.engine.edits import EDITS, NBGRADER_GIVES_UP, last, older, solves, solves_in_code

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
        answers = {cell.metadata.nbgrader.grade_id: cell for cell in source.cells if solves(cell)}
        for cell in nb.cells:
            if solves(cell) and cell.cell_type == "code":
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
    last(endless, solves_in_code).source += "\n\nwhile True:\n    pass"
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
        if solves_in_code(cell)
        for edit in mutation.edits(cell.source)
    }
    for number, edit in enumerate(mutation.chosen(everywhere, CODE_MUTANTS, name), 1):
        nb = copy.deepcopy(solved)
        cell = nb.cells[everywhere[edit]]
        cell.source = edit.apply(cell.source)
        yield f"mistake {number}, {edit.kind}", nb
