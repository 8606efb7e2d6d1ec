"""Writes of quizzes: one verb per use case."""

from app.quizzes.operations.accommodations import (
    NothingGiven,
    Terms,
    end_accommodation,
    give_accommodation,
)
from app.quizzes.operations.ai_rules import declare, set_ai_rule
from app.quizzes.operations.answers import (
    AttemptOver,
    FormSaved,
    Given,
    NewerAnswer,
    Saved,
    save_answer,
    save_form,
)
from app.quizzes.operations.attempts import (
    NoAttemptLeft,
    NotAStudent,
    NothingToReopen,
    QuizClosed,
    ReasonMissing,
    StillAtWork,
    begin,
    reopen,
)
from app.quizzes.operations.files import FileRefused, Upload, add_files, remove_file
from app.quizzes.operations.finishing import (
    attempts_over,
    end_by_staff,
    finish_if_over,
    hand_in,
    refresh_deadline,
)
from app.quizzes.operations.marking import MarkedMeanwhile, NotHandedIn, PointsOutOfRange, give_mark
from app.quizzes.operations.notices import in_words
from app.quizzes.operations.remarking import (
    AttemptChange,
    MarkChange,
    Remarking,
    preview_remarking,
    remark,
)

__all__ = [
    "AttemptChange",
    "AttemptOver",
    "FileRefused",
    "FormSaved",
    "Given",
    "MarkChange",
    "MarkedMeanwhile",
    "NewerAnswer",
    "NoAttemptLeft",
    "NotAStudent",
    "NotHandedIn",
    "NothingGiven",
    "NothingToReopen",
    "PointsOutOfRange",
    "QuizClosed",
    "ReasonMissing",
    "Remarking",
    "Saved",
    "StillAtWork",
    "Terms",
    "Upload",
    "add_files",
    "attempts_over",
    "begin",
    "declare",
    "end_accommodation",
    "end_by_staff",
    "finish_if_over",
    "give_accommodation",
    "give_mark",
    "hand_in",
    "in_words",
    "preview_remarking",
    "refresh_deadline",
    "remark",
    "remove_file",
    "reopen",
    "save_answer",
    "save_form",
    "set_ai_rule",
]
