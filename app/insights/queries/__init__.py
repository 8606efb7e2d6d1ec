"""Reads: figures of items and cells, who may need attention, works that resemble each other."""

from app.insights.queries.attention import (
    STATES,
    Attention,
    attention_counts,
    attention_of,
    book_to_look_at,
    finding_of,
    open_counts,
    reasons_of,
    sections_to_look_at,
    steps_of,
    thresholds_of,
)
from app.insights.queries.cells import CellReport, CommonError, LabReport, lab_report
from app.insights.queries.facts import facts_of
from app.insights.queries.items import (
    ItemReport,
    SectionReport,
    book_seen_by,
    item_report,
    section_report,
)
from app.insights.queries.similarity import (
    Side,
    WorkToCompare,
    lab_seen_by,
    notes_of,
    pair_seen_by,
    pairs_of,
    read,
    released_to,
    runs_of,
    sections_compared,
    sides_of,
    works_to_compare,
)

__all__ = [
    "STATES", "Attention", "CellReport", "CommonError", "ItemReport", "LabReport", "SectionReport",
    "Side", "WorkToCompare", "attention_counts", "attention_of", "book_seen_by",
    "book_to_look_at", "facts_of", "finding_of", "item_report", "lab_report", "lab_seen_by",
    "notes_of", "open_counts", "pair_seen_by", "pairs_of", "read", "reasons_of", "released_to",
    "runs_of", "section_report", "sections_compared", "sections_to_look_at", "sides_of",
    "steps_of", "thresholds_of", "works_to_compare",
]  # fmt: skip
