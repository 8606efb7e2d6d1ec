"""Scores equal nbgrader's own, cell by cell, on every notebook that nbgrader ships."""

from __future__ import annotations

import dataclasses
import functools
import random
from collections.abc import Mapping
from typing import Any

import pytest

from app import engine
from app.engine import processes
from tests.engine import oracle
from tests.engine.cases import CELL_SECONDS, Case, cases, refused

CASES = {case.name: case for case in cases()}
STORED = oracle.stored()
NBGRADER_GIVES_UP = {
    "preprocessors/submitted-answer-cell-type-changed: submitted",
    "preprocessors/submitted-grade-cell-type-changed: submitted",
}
SAMPLE = random.Random("banyan").sample(sorted(CASES), 3)  # noqa: S311  # a fixed sample


@functools.cache
def roads_of(source: bytes, files: tuple[tuple[str, bytes], ...]) -> engine.Roads:
    lab = engine.LabSource((engine.NotebookSource("p1", source),), dict(files))
    return engine.plan_roads(lab, limits=engine.Limits(cell_seconds=CELL_SECONDS))


def scores(case: Case, road: str) -> dict[str, dict[str, Any]]:
    lab = engine.LabSource((engine.NotebookSource("p1", case.source),), dict(case.files))
    if road == "planned":
        lab = dataclasses.replace(lab, roads=roads_of(case.source, case.files))
    (result,) = engine.grade(
        lab, {"p1.ipynb": case.submission}, limits=engine.Limits(cell_seconds=CELL_SECONDS)
    )
    assert result.state == "graded", result.reason
    return {
        cell.grade_id: {
            "score": cell.score,
            "max_score": cell.max_score,
            "manual": cell.score is None,
        }
        for cell in result.cells
    }


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is to give the same scores; nbgrader has no patience either."""
    monkeypatch.setattr(processes, "patience", lambda: 1.0)


@pytest.mark.parametrize("road", ["shared", "planned"])
@pytest.mark.parametrize("name", CASES)
def test_every_cell_has_nbgraders_score(name: str, road: str) -> None:
    expected: Mapping[str, Any] = STORED[CASES[name].key]
    found = scores(CASES[name], road)
    if expected["error"] is None:
        assert found == expected["cells"]
    else:  # nbgrader gives up on two of its own submissions, because of a missing cell id
        assert name in NBGRADER_GIVES_UP
        assert found.keys() == expected["cells"].keys()


@pytest.mark.oracle
@pytest.mark.parametrize("name", SAMPLE)
def test_the_stored_scores_are_still_what_nbgrader_gives(name: str) -> None:
    answer = oracle.ask(CASES[name])
    kept = STORED[CASES[name].key]
    assert {"error": kept["error"], "cells": kept["cells"]} == answer


@pytest.mark.parametrize("case", refused(), ids=lambda case: case.name)
def test_what_we_refuse_as_a_source_nbgrader_refuses_too(case: Case) -> None:
    assert STORED[case.key]["error"] is not None
