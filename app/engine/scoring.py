"""A cell's score, by nbgrader's ``determine_grade``, and what its student is told."""

from __future__ import annotations

import math
from dataclasses import replace

from nbformat import NotebookNode
from nbgrader import utils

from app.engine import hidden, messages
from app.engine.bookkeeping import LOG, SourceCell
from app.engine.results import CellResult, Outcome

__all__ = ["gives_points", "odd_value", "score_cell"]


Params = dict[str, str | int | float]


def score_cell(source: SourceCell, cell: NotebookNode, *, after_hidden: bool) -> CellResult:
    """Return the result of ``cell`` after it ran; ``source`` is what the lab says it is.

    ``after_hidden`` says that a hidden test ran before, so that the student's code can know it.
    """
    assert source.kind is not None
    staff: str | None = None
    message: str | None
    outcome: Outcome
    params: Params = {}
    score: float | None
    if source.kind == "task":
        score, outcome, message = None, "manual", messages.FOR_A_PERSON
    else:
        try:
            score, _ = utils.determine_grade(cell, LOG)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # nbgrader fails the whole submission here; the rest of it is not to blame.
            score, outcome, message = None, "error", messages.SCORE_NOT_VALID
            staff, params = _staff(cell, source.max_score, error)
        else:
            outcome, message, params = _told(source, cell, score, after_hidden)
    return CellResult(
        grade_id=source.name,
        score=None if score is None else float(score),
        max_score=source.max_score,
        outcome=outcome,
        assurance="shared",
        kind=source.kind,
        message=message,
        params=params,
        staff_message=staff,
        hint=None if outcome in ("passed", "manual") else hidden.hint(source.source),
    )


def gives_points(cell: NotebookNode) -> bool:
    """Say whether the cell's value, if it has one that counts, is a number from 0 to its points."""
    try:
        value = float(_value(cell) or "")
    except ValueError:
        return False
    return 0 <= value <= float(cell.metadata.nbgrader["points"])


def odd_value(made: CellResult, cell: NotebookNode) -> CellResult:
    """Return the result of a test that ends with points, and here with something else.

    nbgrader gives all points for a value that is no number, or a negative one. Where the test
    computes its value from the student's, that would be hers to choose.
    """
    if made.score is None or utils.has_failed(cell) or gives_points(cell):
        return made
    return replace(
        made,
        score=None,
        outcome="error",
        message=messages.ODD_VALUE,
        params={"value": hidden.clean(_value(cell) or "-", 80)},
        staff_message=messages.STAFF_ODD_VALUE,
    )


def _value(cell: NotebookNode) -> str | None:
    for output in cell.outputs:
        if output.output_type == "execute_result":
            return str(output.get("data", {}).get("text/plain", ""))
    return None


def _told(
    source: SourceCell, cell: NotebookNode, score: float | None, after_hidden: bool
) -> tuple[Outcome, str | None, Params]:
    if source.kind == "solution":
        if score is None:
            return "manual", messages.FOR_A_PERSON, {}
        return "failed", messages.NO_ANSWER, {}
    if score is None:
        return "manual", messages.FOR_A_PERSON, {}
    if utils.has_failed(cell):
        message, params = hidden.explain(source.source, cell, after_hidden=after_hidden)
        return "failed", message, params
    if score >= source.max_score:
        return "passed", None, {}
    return ("partial", messages.PARTIAL, {}) if score > 0 else ("failed", None, {})


def _staff(cell: NotebookNode, points: float, error: Exception) -> tuple[str, Params]:
    value = (_value(cell) or "")[:80]
    try:
        above = float(value) > points or math.isinf(float(value))
    except ValueError:
        above = False
    if above:
        return messages.STAFF_SCORE_ABOVE_MAX, {"value": value, "points": f"{points:g}"}
    return messages.STAFF_SCORE_UNREADABLE, {"detail": f"{type(error).__name__}: {error}"[:200]}
