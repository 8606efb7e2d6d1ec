"""Scores equal nbgrader's on the labs of ``courses/``: right, empty, and wrong in many ways."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from app import engine
from tests.engine import mutation, oracle
from tests.engine.cases import Case
from tests.engine.mutants import ENDLESS_SECONDS, labs, mutants

CASES = {case.name: case for case in mutants()}
STORED = oracle.stored("mutants")
SAMPLE = random.Random("banyan").sample(sorted(CASES), 2)  # noqa: S311  # a fixed sample
#: What a cell of these labs may take when nothing waits for an import.
CELL_SECONDS = 30
ENDLESS = 2


@cache
def roads_of(name: str) -> engine.Roads:
    """The roads that publishing this lab fixes: every test of the courses is judged apart."""
    (lab,) = (lab for lab in labs() if lab.name == name)
    made = engine.plan_roads(lab_of(lab.source, lab.files))
    assert {road["road"] for road in made["p1"].values()} == {"separate"}
    return made


def lab_of(source: bytes, files: tuple[tuple[str, bytes], ...]) -> engine.LabSource:
    return engine.LabSource((engine.NotebookSource("p1", source),), dict(files), "scientific")


def scores(case: Case, road: str) -> dict[str, dict[str, Any]]:
    lab = lab_of(case.source, case.files)
    if road == "separate":
        lab = replace(lab, roads=roads_of(case.name.partition(":")[0]))
    seconds = ENDLESS if case.cell_seconds == ENDLESS_SECONDS else CELL_SECONDS
    (result,) = engine.grade(
        lab, {"p1.ipynb": case.submission}, limits=engine.Limits(cell_seconds=seconds)
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


@pytest.mark.parametrize("name", CASES)
def test_every_cell_has_nbgraders_score(name: str) -> None:
    expected = STORED[CASES[name].key]
    assert expected["error"] is None
    assert scores(CASES[name], "separate") == expected["cells"]


@pytest.mark.parametrize("name", [name for name in CASES if ": mistake" not in name][::3])
def test_every_cell_has_nbgraders_score_where_all_share_a_process(name: str) -> None:
    assert scores(CASES[name], "shared") == STORED[CASES[name].key]["cells"]


@pytest.mark.oracle
@pytest.mark.parametrize("name", SAMPLE)
def test_the_stored_scores_are_still_what_nbgrader_gives(name: str) -> None:
    kept = STORED[CASES[name].key]
    assert oracle.ask(CASES[name]) == {"error": kept["error"], "cells": kept["cells"]}


def test_every_lab_has_twenty_mutants_and_they_differ() -> None:
    count = Counter(name.partition(":")[0] for name in CASES)
    assert set(count) == {lab.name for lab in labs()}
    assert min(count.values()) >= 22  # with the solution and the release
    assert len({case.key for case in mutants()}) == len(mutants())


def test_most_mistakes_cost_points() -> None:
    """Else the mutants would not tell one grader from another."""
    totals = {
        name: sum(cell["score"] or 0 for cell in STORED[case.key]["cells"].values())
        for name, case in CASES.items()
    }
    mistakes = [name for name in CASES if ": mistake" in name]
    caught = [
        name for name in mistakes if totals[name] < totals[name.partition(":")[0] + ": solution"]
    ]
    assert len(caught) > len(mistakes) * 0.6


class TestMutation:
    SOURCE = (
        'def share(values, limit=0.5):\n    """Of the high ones: 高."""\n'
        "    high = [v for v in values if v > limit]\n    return len(high) / len(values)\n"
    )

    def test_every_edit_is_python_and_changes_something(self) -> None:
        found = list(mutation.edits(self.SOURCE))
        for edit in found:
            changed = edit.apply(self.SOURCE)
            compile(changed, "<mutant>", "exec")
            assert changed != self.SOURCE

    def test_knows_these_mistakes(self) -> None:
        kinds = {edit.kind for edit in mutation.edits(self.SOURCE)}
        assert kinds >= {"another operator", "another comparison", "another constant"}
        assert kinds >= {"returns nothing", "raises", "writes to stderr", "a removed statement"}

    def test_the_seed_alone_decides(self) -> None:
        found = list(mutation.edits(self.SOURCE))
        first = mutation.chosen(found, 5, "a")
        assert mutation.chosen(reversed(found), 5, "a") == first
        assert mutation.chosen(found, 5, "b") != first
        assert len({edit.kind for edit in first}) == 5

    def test_what_follows_a_wide_character_is_found(self) -> None:
        (edit,) = [
            e for e in mutation.edits("高 = '高'; x = 高 < 2") if e.kind == "another comparison"
        ]
        assert edit.apply("高 = '高'; x = 高 < 2") == "高 = '高'; x = 高 <= 2"
