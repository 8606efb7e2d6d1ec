"""Scores equal nbgrader's, cell by cell, on notebooks that nobody wrote.

``BANYAN_EXAMPLES=5000 pytest tests/engine/test_generated.py`` looks for longer, and elsewhere each
time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings

from app import engine
from tests.engine.generated import Work, works
from tests.engine.quick_oracle import Nbgrader, nbgrader

USUAL = 100
EXAMPLES = int(os.environ.get("BANYAN_EXAMPLES", USUAL))
#: Every so manieth is judged a second time, by the roads that publishing its source would fix.
JUDGED_APART = 4 if EXAMPLES == USUAL else 1
#: The suite always looks at the same notebooks, and does not spend minutes on a smaller one.
PHASES = (Phase.explicit, Phase.generate) if EXAMPLES == USUAL else tuple(Phase)


@pytest.fixture(scope="module")
def oracle() -> Iterator[Nbgrader]:
    with nbgrader() as made:
        yield made


def ours(work: Work, *, apart: bool = False) -> dict[str, dict[str, Any]]:
    lab = engine.LabSource((engine.NotebookSource("p1", work.source),))
    if apart:
        lab = replace(lab, roads=engine.plan_roads(lab))
    (result,) = engine.grade(lab, {"p1.ipynb": work.submission})
    assert result.state == "graded", result.reason
    for cell in result.cells:
        event(f"{cell.kind} {cell.outcome} {cell.assurance}")
    return {
        cell.grade_id: {
            "score": cell.score,
            "max_score": cell.max_score,
            "manual": cell.score is None,
        }
        for cell in result.cells
    }


@pytest.mark.timeout(0 if EXAMPLES > USUAL else 300)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == USUAL,
    phases=PHASES,
    suppress_health_check=list(HealthCheck),
)
@given(work=works())
def test_every_cell_has_nbgraders_score(oracle: Nbgrader, work: Work) -> None:
    theirs = oracle.ask(work.source, work.submission, update=work.update)
    assert theirs["error"] is None, f"{theirs['error'][-2000:]}\n{_shown(work)}"
    assert ours(work) == theirs["cells"], _shown(work)
    if sum(work.submission) % JUDGED_APART == 0:
        assert ours(work, apart=True) == theirs["cells"], _shown(work)


def _shown(work: Work) -> str:
    """The cells that were compared, to be read."""
    lines = [f"update: {work.update}"]
    for title, raw in (("source", work.source), ("submission", work.submission)):
        for cell in nbformat.reads(raw.decode(), 4).cells:
            meta = dict(cell.metadata.get("nbgrader", {}))
            lines.append(f"{title}: {cell.cell_type} {cell.source!r} {meta}")
    return "\n".join(lines)
