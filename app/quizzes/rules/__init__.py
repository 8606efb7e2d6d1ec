"""Words and rules of taking quizzes: no database, no clock."""

from app.quizzes.rules.keeping import (
    Kept,
    Result,
    Show,
    fingerprint,
    keep,
    may_show_keys,
    may_show_score,
)
from app.quizzes.rules.timing import GRACE, Allowance, Settings, allowance_for, deadline_of, is_over
from app.quizzes.rules.words import (
    ENDING_NAMES,
    MARKER_NAMES,
    STATE_NAMES,
    Ending,
    Marker,
    Standing,
)

__all__ = [
    "ENDING_NAMES",
    "GRACE",
    "MARKER_NAMES",
    "STATE_NAMES",
    "Allowance",
    "Ending",
    "Kept",
    "Marker",
    "Result",
    "Settings",
    "Show",
    "Standing",
    "allowance_for",
    "deadline_of",
    "fingerprint",
    "is_over",
    "keep",
    "may_show_keys",
    "may_show_score",
]
