"""The room's blueprint and what its views share."""

from typing import Any

from flask import Blueprint

from app.challenges.models import ChallengeEntry
from app.challenges.operations.scoring import BROKE_OFF, EVALUATOR
from app.challenges.rules import EVALUATOR_PROBLEM, FAILED_PROBLEM, PROBLEMS
from app.kernel.i18n import gettext as _
from app.learning.policies import Permission
from app.learning.queries import SectionDesk
from app.learning.views.desk import tabs_of
from app.web.doors import needs

bp = Blueprint("challenges", __name__, template_folder="../templates")

teachers = needs(Permission.TEACH)


def problem_words(entry: ChallengeEntry) -> str:
    """Why an entry has no score, in the reader's language; with the line where one is known."""
    if entry.problem is None:
        return ""
    if entry.problem == EVALUATOR:
        return str(EVALUATOR_PROBLEM)
    if entry.problem == BROKE_OFF:
        return str(FAILED_PROBLEM)
    if entry.problem in PROBLEMS:
        words = PROBLEMS[entry.problem] % entry.params
        return _("Line %(line)s: %(words)s", line=entry.line, words=words) if entry.line else words
    return _(entry.problem, **entry.params)


def shown_score(value: float | None) -> str:
    """A score with as many digits as tell entries apart."""
    return "–" if value is None else f"{value:.6g}"


def frame(desk: SectionDesk) -> dict[str, Any]:
    """What the pages of a section's desk share."""
    return tabs_of(desk)
