"""Writes of challenges."""

from app.challenges.operations.folders import FolderInvalid, load_folder
from app.challenges.operations.handing_in import (
    BadFile,
    ChallengeOver,
    NoneLeft,
    NotOpen,
    TooManyWaiting,
    hand_in,
    show_as,
)
from app.challenges.operations.rerunning import (
    ask_to_score_again,
    requeue_forgotten,
    score_again,
)
from app.challenges.operations.scoring import score_entry
from app.challenges.operations.settling import end_early, settle_what_is_over
from app.challenges.operations.writing import (
    BadSettings,
    EvaluationSettings,
    Settings,
    create,
    edit,
    publish,
    set_evaluation,
)

__all__ = [
    "BadFile", "BadSettings", "ChallengeOver", "EvaluationSettings", "FolderInvalid", "NoneLeft",
    "NotOpen", "Settings", "TooManyWaiting", "ask_to_score_again", "create", "edit", "end_early",
    "hand_in", "load_folder", "publish", "requeue_forgotten", "score_again", "score_entry",
    "set_evaluation", "settle_what_is_over", "show_as",
]  # fmt: skip
