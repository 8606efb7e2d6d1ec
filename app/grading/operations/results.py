"""What the engine found in one notebook: as rows that count, and as plain JSON before they do."""

from typing import Any

from app import engine
from app.grading.models import CellScore, NotebookScore
from app.kernel import blobs

CELL = (
    *("grade_id", "kind", "score", "max_score", "outcome", "assurance", "message", "params"),
    *("hint", "staff_message"),
)


def plain_result(result: engine.NotebookResult, feedback: bytes) -> dict[str, Any]:
    """RESULT as JSON; the executed notebook and FEEDBACK are kept as blobs, by their hashes."""
    return {
        "name": result.name,
        "state": result.state,
        "reason_code": result.reason_code,
        "reason": result.reason,
        "reason_params": dict(result.reason_params),
        "seconds": result.seconds,
        "peak_memory_mb": result.peak_memory_mb,
        "executed_blob": blobs.put(result.executed) if result.executed else None,
        "feedback_blob": blobs.put(feedback),
        "cells": [
            {name: getattr(cell, name) for name in CELL} | {"params": dict(cell.params)}
            for cell in result.cells
        ],
    }


def notebook_of(plain: dict[str, Any]) -> NotebookScore:
    """The rows of a notebook that ``plain_result`` wrote."""
    fields = {name: value for name, value in plain.items() if name != "cells"}
    return NotebookScore(
        **fields,
        cells=[
            CellScore(position=position, **cell) for position, cell in enumerate(plain["cells"])
        ],
    )
