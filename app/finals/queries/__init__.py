"""Reads of final grades, always through the person."""

from app.finals.queries.corrections import (
    correction_for,
    corrections_for,
    may_decide_somewhere,
    waiting_count,
)
from app.finals.queries.desk import (
    Checklist,
    Desk,
    Row,
    Unsettled,
    checklist_of,
    desk_for,
    desk_rows,
    settlements_of,
    unsettled_of,
)
from app.finals.queries.sheets import exports_of, lines_of
from app.finals.queries.standing import (
    Standing,
    finals_of,
    my_final,
    overdue,
    standing_of,
    standings_of,
    student_for,
)

__all__ = [
    "Checklist", "Desk", "Row", "Standing", "Unsettled", "checklist_of", "correction_for",
    "corrections_for", "desk_for", "desk_rows", "exports_of", "finals_of", "lines_of",
    "may_decide_somewhere", "my_final", "overdue", "settlements_of", "standing_of", "standings_of",
    "student_for", "unsettled_of", "waiting_count",
]  # fmt: skip
