"""From the engine's results to what nbgrader would have: its second pass without execution."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode

from app import engine
from app.autograde.course import Course

__all__ = ["Finisher"]


class Finisher:
    """The course's configured preprocessors that come after a notebook has run."""

    def __init__(self, course: Course, checksums: Mapping[str, Mapping[str, str | None]]) -> None:
        """Take the gradebook's ``checksums`` by notebook and grade id."""
        from nbgrader.preprocessors import (
            AssignLatePenalties,
            CheckCellMetadata,
            Execute,
            IgnorePattern,
            SaveAutoGrades,
        )

        elsewhere = (Execute, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata)
        self._checksums = checksums
        self._ignore_type = IgnorePattern
        self._steps: list[Any] = [
            step(parent=course.converter)
            for step in course.converter.autograde_preprocessors
            if not issubclass(step, elsewhere)
        ]

    def finish(
        self, result: engine.NotebookResult
    ) -> tuple[engine.NotebookResult, NotebookNode | None]:
        """Return the result with nbgrader's last word, and the autograded notebook.

        The notebook is None when there is none: it was not submitted, or is no notebook.
        """
        nb = nbformat.reads(result.executed.decode(), as_version=4)
        if not nb.cells:
            return result, None
        self._restore_checksums(nb, self._checksums.get(result.name, {}))
        resources: dict[str, Any] = {"nbgrader": {"notebook": result.name}}
        again: set[str] = set()
        for step in self._steps:
            before = _outputs(nb) if isinstance(step, self._ignore_type) else {}
            nb, resources = step(nb, resources)
            after = _outputs(nb)
            again |= {grade_id for grade_id, count in before.items() if after[grade_id] != count}
        return self._judge_again(result, nb, again), nb

    def _restore_checksums(self, nb: NotebookNode, known: Mapping[str, str | None]) -> None:
        # The engine clears solutions in nbgrader's default way; the course may have another.
        for cell in nb.cells:
            meta = cell.metadata.get("nbgrader") or {}
            if meta.get("grade_id") in known:
                meta["checksum"] = known[meta["grade_id"]]

    def _judge_again(
        self, result: engine.NotebookResult, nb: NotebookNode, again: set[str]
    ) -> engine.NotebookResult:
        """Let nbgrader score what the course's own settings decide.

        That is: whether an answer was touched, and tests whose warnings are to be ignored.
        """
        from nbgrader import utils

        found = {
            cell.metadata.nbgrader["grade_id"]: cell for cell in nb.cells if utils.is_grade(cell)
        }
        cells = []
        for cell in result.cells:
            ignored = cell.kind == "test" and cell.outcome == "failed" and cell.grade_id in again
            if cell.grade_id in found and (cell.kind == "solution" or ignored):
                try:
                    score, points = utils.determine_grade(found[cell.grade_id])
                except (ValueError, KeyError):  # a score that is not valid: a person decides
                    score, points = None, cell.max_score
                cell = dataclasses.replace(cell, score=score, outcome=_outcome(score, points))
            cells.append(cell)
        return dataclasses.replace(result, cells=tuple(cells))


def _outcome(score: float | None, points: float) -> engine.Outcome:
    if score is None:
        return "manual"
    if score >= points:
        return "passed"
    return "partial" if score > 0 else "failed"


def _outputs(nb: NotebookNode) -> dict[str, int]:
    return {
        cell.metadata.nbgrader["grade_id"]: len(cell.outputs)
        for cell in nb.cells
        if cell.cell_type == "code" and "grade_id" in (cell.metadata.get("nbgrader") or {})
    }
