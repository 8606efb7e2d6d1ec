"""The JSON that ``--json`` writes."""

from __future__ import annotations

from typing import Any, Final

from app import engine
from app.autograde.run import Outcome, reason

__all__ = ["as_json"]

#: The engine's finer outcomes in the words of the format; the score says the rest.
WORDS: Final = {"partial": "failed"}


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return the submissions that were graded in this run, in the documented format.

    ``state`` is graded, failed, timeout or tampered; ``outcome`` is passed, failed, error,
    timeout, manual or tampered; ``score`` is null where a person has to give it.
    """
    return {
        "assignment": outcome.assignment,
        "submissions": [
            {
                "student": graded.student,
                "notebooks": [_notebook(result) for result in graded.results],
            }
            for graded in outcome.graded
        ],
    }


def _notebook(result: engine.NotebookResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "seconds": result.seconds,
        "state": result.state,
        "reason": reason(result),
        "cells": [
            {
                "grade_id": cell.grade_id,
                "score": cell.score,
                "max_score": cell.max_score,
                "assurance": cell.assurance,
                "outcome": _word(cell),
            }
            for cell in result.cells
        ],
    }


def _word(cell: engine.CellResult) -> str:
    if cell.outcome == "missing":
        return "manual" if cell.score is None else "failed"
    return WORDS.get(cell.outcome, cell.outcome)
