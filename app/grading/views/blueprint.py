"""The room's blueprint and what its views share."""

from typing import Any

from flask import Blueprint

from app.grading.models import CellScore, ManualScore, Submission
from app.kernel.i18n import gettext as _
from app.kernel.localized import LocalizedText

bp = Blueprint("grading", __name__, template_folder="../templates")


def in_words(message: str | None, params: dict[str, Any] | None = None) -> str:
    """A message of the engine in the reader's language."""
    return _(message, **(params or {})) if message else ""


def given_scores(submission: Submission) -> dict[tuple[str, str], ManualScore]:
    """The points that persons gave, by notebook and cell."""
    return {
        (row.notebook, row.grade_id): row
        for row in submission.manual_scores
        if row.superseded_at is None
    }


def hint_for(submission: Submission, cell: CellScore) -> str:
    """The instructor's hint for a cell that did not pass, or nothing."""
    if cell.outcome in ("passed", "manual"):
        return ""
    texts = submission.lab_version.hints.get(cell.grade_id)
    return str(LocalizedText(texts)) if texts else (cell.hint or "")
