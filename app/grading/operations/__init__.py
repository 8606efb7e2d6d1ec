"""Writing: hand in, grade by itself, grade by hand, grade again, decide about doubtful attempts."""

from app.grading.operations.adopting import adopt
from app.grading.operations.annotating import (
    NoSuchCell,
    NoteEmpty,
    annotate,
    remove_annotation,
)
from app.grading.operations.attempts import finish, run_attempt, run_engine, run_next
from app.grading.operations.bulk import (
    FeedbackPlan,
    PlannedFile,
    PlannedPoints,
    apply_feedback,
    plan_feedback,
)
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
from app.grading.operations.declaring import declare
from app.grading.operations.manual import (
    CellRef,
    NotGradable,
    ScoredMeanwhile,
    ScoreOutOfRange,
    give_score,
    newest_attempt,
    regrade,
)
from app.grading.operations.results import plain_result
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
from app.grading.operations.teams import (
    BadRule,
    NoneLeft,
    NoTeam,
    RuleSettings,
    set_hand_in_rule,
)
from app.grading.operations.workers import report_worker

__all__ = [
    "AlreadyDecided",
    "BadPath",
    "BadRule",
    "CellRef",
    "Claimed",
    "FeedbackPlan",
    "NoNotebook",
    "NoSuchCell",
    "NoTeam",
    "NoneLeft",
    "NotANotebook",
    "NotGradable",
    "NoteEmpty",
    "NothingWritten",
    "PlannedFile",
    "PlannedPoints",
    "ReasonMissing",
    "RuleSettings",
    "ScoreOutOfRange",
    "ScoredMeanwhile",
    "SectionClosed",
    "TimeOver",
    "TooLarge",
    "TooLong",
    "TooMany",
    "adopt",
    "annotate",
    "answer_case",
    "apply_feedback",
    "claim",
    "claim_next",
    "decide",
    "declare",
    "finish",
    "give_score",
    "newest_attempt",
    "plain_result",
    "plan_feedback",
    "regrade",
    "release",
    "remove_annotation",
    "report_worker",
    "requeue_forgotten",
    "run_attempt",
    "run_engine",
    "run_next",
    "set_hand_in_rule",
    "submit",
]
