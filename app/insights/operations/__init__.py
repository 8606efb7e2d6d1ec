"""Writes of the room: one verb per use case."""

from app.insights.operations.attention import (
    MESSAGES,
    NotHeard,
    NothingWritten,
    give_time,
    look,
    look_everywhere,
    save_thresholds,
    take_step,
    write_to,
)
from app.insights.operations.similarity import ask_to_compare, compare_works, note_about

__all__ = [
    "MESSAGES", "NotHeard", "NothingWritten", "ask_to_compare", "compare_works", "give_time",
    "look", "look_everywhere", "note_about", "save_thresholds", "take_step", "write_to",
]  # fmt: skip
