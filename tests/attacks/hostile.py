"""A small lab to attack, and a way to see that nothing of an attack is left."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from app import engine

LIMITS = engine.Limits(
    cell_seconds=2, total_seconds=15, memory_mb=400, processes=48, disk_mb=16, output_bytes=200_000
)
SOLUTION = "def double(number):\n    return 2 * number"


def cell(source: str, grade_id: str, **meta: Any) -> nbformat.NotebookNode:
    made = new_code_cell(source)
    base = {"grade": False, "solution": False, "locked": False, "schema_version": 3, "task": False}
    made.metadata["nbgrader"] = {**base, "grade_id": grade_id, **meta}
    return made


@cache
def lab() -> engine.LabSource:
    """A solution, a visible test (1 point), a hidden one (2) and one with partial credit (4)."""
    nb = new_notebook(
        cells=[
            cell(f"### BEGIN SOLUTION\n{SOLUTION}\n### END SOLUTION", "double", solution=True),
            cell("assert double(2) == 4", "seen", grade=True, locked=True, points=1),
            cell(
                "assert double(0) == 0\n### BEGIN HIDDEN TESTS\nassert double(21) == 42\n"
                "### END HIDDEN TESTS",
                "unseen",
                grade=True,
                locked=True,
                points=2,
            ),
            cell("4 * (double(5) == 10)", "part", grade=True, locked=True, points=4),
        ]
    )
    nb.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python"}
    release = engine.make_release([engine.NotebookSource("p1", nbformat.writes(nb).encode())])
    assert not release.problems
    return engine.LabSource(release.sources)


def submission(code: str) -> nbformat.NotebookNode:
    """The release with ``code`` as the student's answer."""
    release = engine.make_release(lab().notebooks)
    nb = nbformat.reads(release.notebooks["p1.ipynb"].decode(), 4)
    nb.cells[0].source = code
    return nb


def grade(
    work: str | nbformat.NotebookNode,
    *,
    limits: engine.Limits = LIMITS,
    files: Mapping[str, bytes] | None = None,
) -> engine.NotebookResult:
    nb = submission(work) if isinstance(work, str) else work
    sent = {"p1.ipynb": nbformat.writes(nb).encode(), **(files or {})}
    (result,) = engine.grade(lab(), sent, limits=limits)
    return result


def printed(result: engine.NotebookResult) -> str:
    """Return what the cells printed."""
    nb = nbformat.reads(result.executed.decode(), 4)
    outputs = [output for made in nb.cells if made.cell_type == "code" for output in made.outputs]
    return "".join(output.text for output in outputs if output.output_type == "stream")
