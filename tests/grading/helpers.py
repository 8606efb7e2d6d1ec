"""Submissions and results for tests of grading."""

from collections.abc import Mapping
from typing import Any

from app import engine
from app.catalog.rules import ItemKind
from app.grading import operations
from app.grading.models import Submission
from app.grading.rules import Via
from app.learning import queries as learning
from tests.cast import SOURCE, Cast


def hand_in(cast: Cast, handle: str, files: Mapping[str, bytes] | None = None) -> Submission:
    """Within a context: HANDLE hands FILES (default: the solution) in."""
    person = cast.person(handle)
    view = learning.section_for(person, cast.section().code)
    return operations.submit(
        person,
        view.section,
        view.item(ItemKind.LAB, "squares"),
        {"squares.ipynb": SOURCE} if files is None else files,
        via=Via.SITE,
    )


def result(
    score: float | None = 4.0, why: float | None = None, **changes: Any
) -> engine.NotebookResult:
    """What the engine might say of the small lab."""
    fields: dict[str, Any] = {
        "name": "squares",
        "state": "graded",
        "reason": None,
        "seconds": 0.5,
        "cells": (
            engine.CellResult(
                "test-squares",
                score,
                4.0,
                "passed" if score == 4 else "failed",
                "shared",
                "test",
                staff_message="line 4 of the hidden test",
            ),
            engine.CellResult("why", why, 2.0, "manual", "shared", "solution"),
        ),
        "executed": b'{"cells": []}',
    }
    return engine.NotebookResult(**(fields | changes))


def grade_with(submission: Submission, made: engine.NotebookResult) -> bool:
    """Claim the submission's newest attempt and finish it with MADE."""
    claimed = operations.claim(submission.attempt.id)
    assert claimed is not None
    return operations.finish(submission.attempt.id, claimed[0], (made,), {made.name: b"[]"})
