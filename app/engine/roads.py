"""Which tests of a lab are judged apart from the student's process: tried out, then fixed.

The instructor's solution and the lab without one are graded on both roads. A test goes the
separate one when nothing in it stands against that, the solution passes it there as it does here,
and the lab without a solution gets the same score on both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from app.engine import grading, messages, notebooks
from app.engine.bookkeeping import SourceBook
from app.engine.executor import Executor
from app.engine.outline import outline
from app.engine.release import make_release
from app.engine.results import EngineUnavailable, LabSource, Limits, NotebookResult
from app.engine.scoring import gives_points
from app.engine.zygote_executor import ZygoteExecutor

__all__ = ["plan"]

ROUNDS: Final = 6
NOT_APART: Final = (
    "No warm process could be started here, so where tests are judged cannot be tried now."
)

Road = dict[str, Any]


def plan(lab: LabSource, *, limits: Limits, executor: Executor | None = None) -> dict[str, Any]:
    """Return the roads of the lab's tests; see :func:`app.engine.plan_roads`."""
    release = make_release(lab.notebooks)
    if release.problems:
        raise ValueError(str(release.problems[0]))
    runner = executor or ZygoteExecutor()
    found: dict[str, Any] = {}
    for source in release.sources:
        name = notebooks.plain_name(source.name)
        alone = replace(lab, notebooks=(source,), roads={})
        stub = release.notebooks[notebooks.file_name(name)]
        found[name] = _Trial(alone, name, stub, limits, runner).roads()
    return found


class _Trial:
    """The roads of one notebook."""

    def __init__(
        self, lab: LabSource, name: str, stub: bytes, limits: Limits, runner: Executor
    ) -> None:
        self.lab, self.name, self.limits, self.runner = lab, name, limits, runner
        (source,) = lab.notebooks
        self.book = SourceBook.of(source.source)
        self.solution, self.stub = source.source, stub
        self.found: dict[str, Road] = {}

    def roads(self) -> dict[str, Road]:
        tests = [cell.name for cell in self.book.graded if cell.kind == "test"]
        for test, (reason, params) in outline(self.book.parts).problems.items():
            self._share(test, reason, **params)
        if set(tests) <= self.found.keys():
            return self.found
        solved = self._run(self.solution, {})
        unsolved = self._run(self.stub, {})
        for cell in solved.cells:
            if cell.kind == "test" and (cell.score is None or cell.score < cell.max_score):
                self.found.setdefault(cell.grade_id, _shared(messages.ROAD_UNSOLVED))
        for _ in range(ROUNDS):
            apart = [test for test in tests if test not in self.found]
            if not apart:
                break
            self._restrict(apart)
            apart = [test for test in apart if test not in self.found]
            before = len(self.found)
            tried = self._try(self.solution, apart)
            self._compare(solved, tried, messages.ROAD_DIFFERS)
            self._compare(unsolved, self._try(self.stub, apart), messages.ROAD_STUB)
            if len(self.found) == before:
                return {**self.found, **_separate(apart, tried)}
        return {**{test: _shared(messages.ROAD_DIFFERS) for test in tests}, **self.found}

    def _restrict(self, apart: list[str]) -> None:
        """Take out what is no longer possible now that more tests are shared."""
        shared = tuple(self.found)
        for test, (reason, params) in outline(self.book.parts, shared).problems.items():
            if test in apart:
                self._share(test, reason, **params)

    def _run(self, notebook: bytes, roads: Mapping[str, Road]) -> NotebookResult:
        lab = replace(self.lab, roads={self.name: roads})
        sent = {notebooks.file_name(self.name): notebook}
        (result,) = grading.grade(lab, sent, limits=self.limits, executor=self.runner)
        return result

    def _try(self, notebook: bytes, apart: list[str]) -> NotebookResult:
        return self._run(notebook, {test: {"road": "separate"} for test in apart})

    def _compare(self, expected: NotebookResult, got: NotebookResult, reason: str) -> None:
        scores = {cell.grade_id: cell.score for cell in expected.cells}
        for cell in got.cells:
            if cell.kind != "test" or cell.grade_id in self.found:
                continue
            if cell.assurance != "separate":
                raise EngineUnavailable(NOT_APART)
            elif cell.score != scores[cell.grade_id]:
                if cell.message == messages.CANNOT_CROSS:
                    self._share(cell.grade_id, messages.ROAD_VALUE, **cell.params)
                else:
                    self._share(cell.grade_id, reason)

    def _share(self, test: str, reason: str, **params: Any) -> None:
        self.found.setdefault(test, _shared(reason, **params))


def _separate(apart: list[str], solved: NotebookResult) -> dict[str, Road]:
    """Return the roads of these tests; those whose value is points say so."""
    found: dict[str, Road] = {test: {"road": "separate"} for test in apart}
    for cell in notebooks.read_executed(solved.executed).cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in found and gives_points(cell):
            found[name]["value"] = "points"
    return found


def _shared(reason: str, **params: Any) -> Road:
    return {"road": "shared", "reason": reason, "params": params}
