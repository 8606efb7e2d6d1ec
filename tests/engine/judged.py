"""Small labs whose tests are judged apart, and what becomes of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

from app import engine
from tests.engine import build

LIMITS = engine.Limits(
    cell_seconds=5, total_seconds=30, memory_mb=600, processes=48, disk_mb=16, output_bytes=200_000
)


def locked(source: str, grade_id: str = "setup") -> nbformat.NotebookNode:
    return new_code_cell(source, metadata=build.meta(grade_id, locked=True))


def free(source: str) -> nbformat.NotebookNode:
    return new_code_cell(source)


@cache
def planned(source: bytes, files: tuple[tuple[str, bytes], ...] = ()) -> engine.LabSource:
    """Return the lab of one source notebook, with its roads."""
    release = engine.make_release([engine.NotebookSource("p1", source)])
    assert not release.problems, release.problems
    lab = engine.LabSource(release.sources, dict(files))
    return dataclasses.replace(lab, roads=engine.plan_roads(lab, limits=LIMITS))


def lab(
    *cells: nbformat.NotebookNode, files: Mapping[str, bytes] | None = None
) -> engine.LabSource:
    return planned(build.notebook(*cells), tuple((files or {}).items()))


def roads(made: engine.LabSource) -> dict[str, str]:
    return {test: road["road"] for test, road in made.roads["p1"].items()}


def reasons(made: engine.LabSource) -> dict[str, tuple[str, Mapping[str, Any]]]:
    return {
        test: (road["reason"], road["params"])
        for test, road in made.roads["p1"].items()
        if road["road"] == "shared"
    }


def grade(
    made: engine.LabSource, work: Mapping[str, str] | bytes, **limits: Any
) -> engine.NotebookResult:
    """Grade the lab's source with other sources for some cells, by grade id."""
    if isinstance(work, bytes):
        sent = work
    else:
        nb = nbformat.reads(made.notebooks[0].source.decode(), 4)
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in work:
                cell.source = work[name]
        sent = nbformat.writes(nb).encode()
    (result,) = engine.grade(made, {"p1.ipynb": sent}, limits=dataclasses.replace(LIMITS, **limits))
    return result


def both(made: engine.LabSource, work: Mapping[str, str]) -> tuple[Any, Any]:
    """Return the outcomes of a submission on the separate road and on the shared one."""
    shared = dataclasses.replace(made, roads={})
    return build.outcomes(grade(made, work)), build.outcomes(grade(shared, work))
