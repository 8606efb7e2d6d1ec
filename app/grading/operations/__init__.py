"""Writing: hand in, grade by itself, grade by hand, grade again, decide about doubtful attempts."""

from app.grading.operations.attempts import finish, run_attempt, run_next
from app.grading.operations.cases import (
    AlreadyDecided,
    NothingWritten,
    ReasonMissing,
    TooLong,
    answer_case,
    decide,
)
from app.grading.operations.claims import (
    Claimed,
    claim,
    claim_next,
    release,
    requeue_forgotten,
)
from app.grading.operations.manual import (
    CellRef,
    NotGradable,
    ScoreOutOfRange,
    give_score,
    regrade,
)
from app.grading.operations.submitting import (
    BadPath,
    NoNotebook,
    NotANotebook,
    SectionClosed,
    TimeOver,
    TooLarge,
    TooMany,
    submit,
)
from app.grading.operations.workers import report_worker

__all__ = [
    "AlreadyDecided",
    "BadPath",
    "CellRef",
    "Claimed",
    "NoNotebook",
    "NotANotebook",
    "NotGradable",
    "NothingWritten",
    "ReasonMissing",
    "ScoreOutOfRange",
    "SectionClosed",
    "TimeOver",
    "TooLarge",
    "TooLong",
    "TooMany",
    "answer_case",
    "claim",
    "claim_next",
    "decide",
    "finish",
    "give_score",
    "regrade",
    "release",
    "report_worker",
    "requeue_forgotten",
    "run_attempt",
    "run_next",
    "submit",
]
