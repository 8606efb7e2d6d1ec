"""Writes of final grades: one verb per use case."""

from app.finals.operations.correcting import (
    AlreadyProposed,
    NothingCorrected,
    NotNow,
    ReasonNeeded,
    TimeIsOver,
    WordsNeeded,
    complete,
    decide,
    propose,
    withdraw,
)
from app.finals.operations.exporting import Exported, export
from app.finals.operations.news import tell_of_correction, tell_of_deadlines, tell_of_settlement
from app.finals.operations.settling import (
    DeadlineNeeded,
    GradesChanged,
    NobodyToSettle,
    NotLookedAt,
    settle,
)

__all__ = [
    "AlreadyProposed", "DeadlineNeeded", "Exported", "GradesChanged", "NobodyToSettle",
    "NotLookedAt", "NotNow", "NothingCorrected", "ReasonNeeded", "TimeIsOver", "WordsNeeded",
    "complete", "decide", "export", "propose", "settle", "tell_of_correction",
    "tell_of_deadlines", "tell_of_settlement", "withdraw",
]  # fmt: skip
