"""Small notebooks for tests."""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from app import engine

PYTHON = {"name": "python3", "language": "python", "display_name": "Python 3"}


def meta(grade_id: str, **changes: Any) -> dict[str, Any]:
    base = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": {**base, "grade_id": grade_id, **changes}}


def solution(source: str, grade_id: str = "work") -> NotebookNode:
    return new_code_cell(source, metadata=meta(grade_id, solution=True))


def test(source: str, grade_id: str = "check", points: float = 1) -> NotebookNode:
    return new_code_cell(source, metadata=meta(grade_id, grade=True, locked=True, points=points))


def answer(source: str, grade_id: str = "words", points: float = 1) -> NotebookNode:
    return new_markdown_cell(
        source, metadata=meta(grade_id, grade=True, solution=True, points=points)
    )


def task(source: str, grade_id: str = "task", points: float = 1) -> NotebookNode:
    return new_markdown_cell(source, metadata=meta(grade_id, task=True, locked=True, points=points))


def notebook(*cells: NotebookNode) -> bytes:
    nb = new_notebook(cells=list(cells), metadata={"kernelspec": PYTHON})
    return nbformat.writes(nb).encode()


def grade(source: bytes, submitted: bytes | None = None, **limits: Any) -> engine.NotebookResult:
    """Grade ``submitted`` (the source itself when not given)."""
    lab = engine.LabSource((engine.NotebookSource("p1", source),))
    (result,) = engine.grade(
        lab,
        {"p1.ipynb": source if submitted is None else submitted},
        limits=engine.Limits(**limits),
    )
    return result


def outcomes(result: engine.NotebookResult) -> dict[str, tuple[str, float | None]]:
    return {cell.grade_id: (cell.outcome, cell.score) for cell in result.cells}
