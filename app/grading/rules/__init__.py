"""States, limits and receipts of submissions; how labs are handed in; archives: pure."""

from app.grading.rules.handing_in import MOST_LIMIT
from app.grading.rules.submissions import (
    LIVE,
    MAX_SUBMISSION_BYTES,
    MAX_SUBMISSION_FILES,
    MOST_ANSWER_CHARACTERS,
    MOST_REASON_CHARACTERS,
    PASS_RATIO,
    AttemptState,
    CaseDecision,
    Priority,
    Via,
    path_problem,
    receipt,
    total,
)

__all__ = [
    "LIVE",
    "MAX_SUBMISSION_BYTES",
    "MAX_SUBMISSION_FILES",
    "MOST_ANSWER_CHARACTERS",
    "MOST_LIMIT",
    "MOST_REASON_CHARACTERS",
    "PASS_RATIO",
    "AttemptState",
    "CaseDecision",
    "Priority",
    "Via",
    "path_problem",
    "receipt",
    "total",
]
