"""Writing: hand in, grade by itself, grade by hand, grade again."""

from app.grading.operations.attempts import (
    claim,
    fail,
    finish,
    release,
    requeue_forgotten,
    run_attempt,
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
    "BadPath",
    "CellRef",
    "NoNotebook",
    "NotANotebook",
    "NotGradable",
    "ScoreOutOfRange",
    "SectionClosed",
    "TooLarge",
    "TooMany",
    "claim",
    "fail",
    "finish",
    "give_score",
    "regrade",
    "release",
    "requeue_forgotten",
    "run_attempt",
    "submit",
]
