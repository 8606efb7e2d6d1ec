"""The room's blueprint and what its views share."""

from datetime import timedelta
from typing import Any

from flask import Blueprint

from app.grading.models import Attempt, CellScore, ManualScore, Submission
from app.grading.rules import AttemptState
from app.kernel.i18n import gettext as _
from app.kernel.localized import LocalizedText

bp = Blueprint("grading", __name__, template_folder="../templates")


def in_words(message: str | None, params: dict[str, Any] | None = None) -> str:
    """A message of the engine in the reader's language."""
    return _(message, **(params or {})) if message else ""


def duration(span: timedelta) -> str:
    """A span of time in words, in its two largest units at most."""
    seconds = max(0, round(span.total_seconds()))
    if seconds < 60:
        return _("%(seconds)s s", seconds=seconds)
    if seconds < 3600:
        return _("%(minutes)s min %(seconds)s s", minutes=seconds // 60, seconds=seconds % 60)
    hours, minutes = divmod(seconds // 60, 60)
    return _("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)


def brief(number: float) -> str:
    """A number with two digits that say something: 0.023, 1.5, 62."""
    return f"{number:.2g}" if number < 10 else f"{number:.0f}"


def shown_outcome(attempt: Attempt, cell: CellScore, given: ManualScore | None) -> str:
    """How a cell went, in a word of the design system."""
    if cell.outcome == "tampered":
        if attempt.state is AttemptState.TAMPERED:
            return "waiting"
        return "manual" if given is None else "graded"
    return "graded" if given is not None and cell.outcome == "manual" else cell.outcome


def shown_score(attempt: Attempt, cell: CellScore, given: ManualScore | None) -> float | None:
    """The points of a cell; None while they are withheld."""
    if attempt.state is AttemptState.TAMPERED:
        return None
    return given.score if given is not None else cell.score


def shown_message(attempt: Attempt, cell: CellScore, given: ManualScore | None) -> str | None:
    """What the engine says of a cell, unless a person has spoken since."""
    settled = cell.outcome == "tampered" and attempt.state is not AttemptState.TAMPERED
    return None if given is not None or settled else cell.message


def given_scores(submission: Submission) -> dict[tuple[str, str], ManualScore]:
    """The points that persons gave, by notebook and cell."""
    return {
        (row.notebook, row.grade_id): row
        for row in submission.manual_scores
        if row.superseded_at is None
    }


def hint_for(submission: Submission, cell: CellScore) -> str:
    """The instructor's hint for a cell that did not pass, or nothing."""
    if cell.outcome in ("passed", "manual", "tampered"):
        return ""
    texts = submission.lab_version.hints.get(cell.grade_id)
    return str(LocalizedText(texts)) if texts else (cell.hint or "")
