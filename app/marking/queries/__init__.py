"""Reads of the desk: what waits, going through works, one work."""

from app.marking.queries.overview import ItemTally, PartTally, tallies, tallies_of
from app.marking.queries.queue import (
    Counts,
    WorkRow,
    counts,
    first_work,
    next_work,
    previous_work,
    works_in,
)
from app.marking.queries.sources import Asked, Scope
from app.marking.queries.works import File, Work, WorkPart, judged_parts, work_of

__all__ = [
    "Asked",
    "Counts",
    "File",
    "ItemTally",
    "PartTally",
    "Scope",
    "Work",
    "WorkPart",
    "WorkRow",
    "counts",
    "first_work",
    "judged_parts",
    "next_work",
    "previous_work",
    "tallies",
    "tallies_of",
    "work_of",
    "works_in",
]
