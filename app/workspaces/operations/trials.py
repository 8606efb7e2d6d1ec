"""What the engine found in a trial, as plain JSON that pages and panels show."""

from collections.abc import Iterable, Mapping
from typing import Any

from app import engine
from app.kernel.i18n import gettext
from app.kernel.localized import LocalizedText

__all__ = ["as_json"]


def as_json(
    results: Iterable[engine.NotebookResult], hints: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """RESULTS as their student would read them, in the language that is spoken.

    A notebook is ``name``, ``reason``, ``score``, ``max_score`` and ``cells``; a cell ``grade_id``,
    ``outcome``, ``score`` (None: a person gives it), ``max_score``, ``message``, ``hint``, and
    ``staff_message``, which students do not read.
    """
    return [
        {
            "name": result.name,
            "reason": _said(result.reason, result.reason_params),
            "score": result.score,
            "max_score": result.max_score,
            "cells": [_cell(cell, hints) for cell in result.cells],
        }
        for result in results
    ]


def _cell(cell: engine.CellResult, hints: Mapping[str, Any]) -> dict[str, Any]:
    hint = ""
    if cell.outcome not in ("passed", "manual", "tampered"):
        texts = hints.get(cell.grade_id)
        hint = str(LocalizedText(texts)) if texts else (cell.hint or "")
    return {
        "grade_id": cell.grade_id,
        "outcome": cell.outcome,
        "score": cell.score,
        "max_score": cell.max_score,
        "message": _said(cell.message, cell.params),
        "hint": hint,
        "staff_message": cell.staff_message or "",
    }


def _said(message: str | None, params: Mapping[str, Any]) -> str:
    return gettext(message, **params) if message else ""
