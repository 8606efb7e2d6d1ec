"""Reads: submissions, standings, what waits, feedback, cases, the queue."""

from app.grading.queries.cases import (
    EvidenceCell,
    case_visible_to,
    cases_to_decide,
    evidence,
    my_recent_cases,
)
from app.grading.queries.feedback import feedback_blocks
from app.grading.queries.queue import (
    QueueState,
    Worker,
    environments_in_use,
    grading_is_possible,
    queue_state,
)
from app.grading.queries.standings import Standing, best_of, best_scores
from app.grading.queries.submissions import (
    my_newest_submissions,
    my_submissions,
    my_submissions_in,
    submission_of,
    submission_visible_to,
)
from app.grading.queries.waiting import latest_of_section, waiting_for_a_person

__all__ = [
    "EvidenceCell",
    "QueueState",
    "Standing",
    "Worker",
    "best_of",
    "best_scores",
    "case_visible_to",
    "cases_to_decide",
    "environments_in_use",
    "evidence",
    "feedback_blocks",
    "grading_is_possible",
    "latest_of_section",
    "my_newest_submissions",
    "my_recent_cases",
    "my_submissions",
    "my_submissions_in",
    "queue_state",
    "submission_of",
    "submission_visible_to",
    "waiting_for_a_person",
]
