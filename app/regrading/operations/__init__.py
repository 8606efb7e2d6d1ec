"""Writing: ask to look again and answer; try a corrected lab out, let it count."""

from app.regrading.operations.concluding import conclude, open_works, requeue_forgotten
from app.regrading.operations.notices import tell_of_regrade, title_of, title_of_request
from app.regrading.operations.requests import (
    OBSTACLES,
    AlreadyAnswered,
    AlreadyAsked,
    CannotAsk,
    PointsNeeded,
    WordsNeeded,
    ask,
    decide_request,
    set_terms,
    withdraw,
)
from app.regrading.operations.runs import (
    AlreadyAtWork,
    NothingToRegrade,
    NotNow,
    Plan,
    ReasonNeeded,
    apply,
    cancel,
    try_out,
)
from app.regrading.operations.works import claim_work, grade_again, keep_result, take_over

__all__ = [
    "OBSTACLES",
    "AlreadyAnswered",
    "AlreadyAsked",
    "AlreadyAtWork",
    "CannotAsk",
    "NotNow",
    "NothingToRegrade",
    "Plan",
    "PointsNeeded",
    "ReasonNeeded",
    "WordsNeeded",
    "apply",
    "ask",
    "cancel",
    "claim_work",
    "conclude",
    "decide_request",
    "grade_again",
    "keep_result",
    "open_works",
    "requeue_forgotten",
    "set_terms",
    "take_over",
    "tell_of_regrade",
    "title_of",
    "title_of_request",
    "try_out",
    "withdraw",
]  # fmt: skip
