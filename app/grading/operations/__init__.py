"""Writing: hand in, grade by itself, grade by hand, grade again, decide about doubtful attempts."""

from app.grading.operations.attempts import (
    claim,
    fail,
    finish,
    release,
    requeue_forgotten,
    run_attempt,
)
from app.grading.operations.cases import (
    AlreadyDecided,
    NothingWritten,
    ReasonMissing,
    TooLong,
    answer_case,
    decide,
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
    TooLarge,
    TooMany,
    submit,
)

__all__ = [
    "AlreadyDecided",
    "BadPath",
    "CellRef",
    "NoNotebook",
    "NotANotebook",
    "NotGradable",
    "NothingWritten",
    "ReasonMissing",
    "ScoreOutOfRange",
    "SectionClosed",
    "TooLarge",
    "TooLong",
    "TooMany",
    "answer_case",
    "claim",
    "decide",
    "fail",
    "finish",
    "give_score",
    "regrade",
    "release",
    "requeue_forgotten",
    "run_attempt",
    "submit",
]
