"""What of one notebook is judged apart, in the terms of the one who runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from app.engine.bookkeeping import SourceBook
from app.engine.executor import Judging
from app.engine.outline import outline
from app.engine.results import LabSource
from app.engine.warmth import cache_files

__all__ = ["apart", "judging"]


def judging(
    nb: NotebookNode, tests: frozenset[int], book: SourceBook, lab: LabSource, name: str
) -> Judging | None:
    """Return what the judge needs, or None when no test of the notebook is judged apart."""
    roads = lab.roads.get(name, {})
    shared = [cell.name for cell in book.graded if cell.kind == "test"]
    shared = [grade_id for grade_id in shared if not apart(roads, grade_id)]
    plan = outline(book.parts, shared)
    ids = {
        index: cell.metadata.nbgrader["grade_id"]
        for index, cell in enumerate(nb.cells)
        if cell.metadata.get("nbgrader")
    }
    judged = {
        index: plan.plans[grade_id]
        for index, grade_id in ids.items()
        if index in tests and apart(roads, grade_id) and grade_id in plan.plans
    }
    if not judged:
        return None
    prepared = {
        i: plan.prepared[grade_id] for i, grade_id in ids.items() if grade_id in plan.prepared
    }
    files = {f"work/{path}": content for path, content in lab.files.items()}
    return Judging(
        judged, prepared, {**cache_files(*(p.source.encode() for p in book.parts)), **files}
    )


def apart(roads: Mapping[str, Mapping[str, Any]], grade_id: str) -> bool:
    """Say whether the plan sends the test on the separate road."""
    return roads.get(grade_id, {}).get("road") == "separate"
