"""Reads: books, what people did, grids, traces, histories."""

from app.gradebook.queries.books import (
    Book,
    Column,
    book_of,
    book_set_up_by,
    book_taught_by,
    columns_of,
    held_columns,
    sections_beside,
    versions_of,
)
from app.gradebook.queries.grid import (
    STATES,
    WINDOW,
    Asked,
    GridRow,
    Open,
    Scope,
    all_rows,
    count_rows,
    open_columns,
    people_in,
    row_of,
    rows,
    summary,
)
from app.gradebook.queries.history import Batch, Event, batch_of, history_of
from app.gradebook.queries.sources import SetByHand, Sources, entries_of, sources_of
from app.gradebook.queries.staleness import stale_people
from app.gradebook.queries.students import (
    Trace,
    my_grades,
    names_of,
    trace_for_staff,
)
from app.gradebook.queries.works import Done, done_again, done_by, held, late_policies

__all__ = [
    "STATES", "WINDOW", "Asked", "Batch", "Book", "Column", "Done", "Event", "GridRow", "Open",
    "Scope", "SetByHand", "Sources", "Trace", "all_rows", "batch_of", "book_of", "book_set_up_by",
    "book_taught_by", "columns_of", "count_rows", "done_again", "done_by", "entries_of", "held",
    "held_columns", "history_of", "late_policies", "my_grades", "names_of",
    "open_columns", "people_in", "row_of", "rows", "sections_beside", "sources_of", "stale_people",
    "summary", "trace_for_staff", "versions_of",
]  # fmt: skip
