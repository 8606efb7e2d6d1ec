"""Every lab in the grading engine, as its worker runs it: sandboxed, with the lab's own limits."""

from __future__ import annotations

import pytest

from app import engine
from app.catalog.folder import LabSpec
from app.engine import LabSource, Limits, NotebookSource

LABS = ("quality-inspection", "visual-inspection")


@pytest.fixture(params=LABS)
def lab(request, labs) -> LabSpec:
    return labs[request.param]


def source_of(lab: LabSpec) -> LabSource:
    notebooks = tuple(NotebookSource(name, data) for name, data in lab.notebooks.items())
    return LabSource(notebooks=notebooks, files=lab.files, environment=lab.environment)


def automatic(lab: LabSpec, submitted: dict[str, bytes]) -> dict[str, tuple[float | None, float]]:
    results = engine.grade(source_of(lab), submitted, limits=Limits(**lab.limits))
    assert [(r.state, r.reason) for r in results] == [("graded", None)] * len(results)
    return {
        cell.grade_id: (cell.score, cell.max_score)
        for result in results
        for cell in result.cells
        if cell.kind == "test"
    }


class TestTheEngine:
    def test_finds_no_fault_in_the_source(self, lab):
        assert [engine.validate_source(data) for data in lab.notebooks.values()] == [[]]

    def test_gives_the_reference_solution_every_automatic_point(self, lab):
        submitted = {f"{name}.ipynb": data for name, data in lab.notebooks.items()}
        found = automatic(lab, submitted)
        assert len(found) >= 7
        assert all(score == most for score, most in found.values()), found

    def test_gives_the_empty_release_nothing(self, lab):
        release = engine.make_release(source_of(lab).notebooks)
        assert not release.problems
        found = automatic(lab, dict(release.notebooks))
        assert sum(score or 0 for score, _ in found.values()) == 0
