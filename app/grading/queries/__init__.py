"""Reads: submissions, standings, what waits, feedback, cases, the queue."""

from app.grading.queries.annotations import Annotations, annotations_of
from app.grading.queries.archive import archive_of, root_name
from app.grading.queries.bulk import Box, boxes_of
from app.grading.queries.cases import (
    EvidenceCell,
    case_visible_to,
    cases_to_decide,
    evidence,
    has_recent_cases,
    my_recent_cases,
)
from app.grading.queries.feedback import feedback_blocks
from app.grading.queries.queue import (
    QueueState,
    Worker,
    environments_in_use,
    grading_is_possible,
    place_in_line,
    queue_state,
)
from app.grading.queries.releases import held_from, people_who_handed_in
from app.grading.queries.standings import Standing, best_of, best_scores, bests_of
from app.grading.queries.submissions import (
    my_newest_submissions,
    my_submissions,
    my_submissions_in,
    submission_of,
    submission_visible_to,
)
from app.grading.queries.teams import (
    Team,
    TeamRow,
    lone_students,
    my_team,
    rule_of,
    rule_versions,
    rules_of,
    team_rows,
    used_up,
    works_with_declarations,
)
from app.grading.queries.waiting import handed_in_counts, latest_of_section, waiting_counts

__all__ = [
    "Annotations",
    "Box",
    "EvidenceCell",
    "QueueState",
    "Standing",
    "Team",
    "TeamRow",
    "Worker",
    "annotations_of",
    "archive_of",
    "best_of",
    "best_scores",
    "bests_of",
    "boxes_of",
    "case_visible_to",
    "cases_to_decide",
    "environments_in_use",
    "evidence",
    "feedback_blocks",
    "grading_is_possible",
    "handed_in_counts",
    "has_recent_cases",
    "held_from",
    "latest_of_section",
    "lone_students",
    "my_newest_submissions",
    "my_recent_cases",
    "my_submissions",
    "my_submissions_in",
    "my_team",
    "people_who_handed_in",
    "place_in_line",
    "queue_state",
    "root_name",
    "rule_of",
    "rule_versions",
    "rules_of",
    "submission_of",
    "submission_visible_to",
    "team_rows",
    "used_up",
    "waiting_counts",
    "works_with_declarations",
]
