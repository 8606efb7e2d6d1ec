"""Writes of discussions: one verb per use case."""

from app.conversations.operations.moderating import (
    NotInTheQueue,
    ReasonNeeded,
    hide,
    lock,
    pin,
    report,
    settle,
    show_again,
)
from app.conversations.operations.news import (
    tell_of_answer,
    tell_of_post,
    tell_of_report,
    tell_of_thread,
)
from app.conversations.operations.reading import follow, note_all_seen, note_seen, unfollow
from app.conversations.operations.writing import (
    NothingWritten,
    NotWritable,
    ThreadLocked,
    TooLong,
    Words,
    delete_post,
    edit_post,
    mark_answer,
    reply,
    start_thread,
    unmark_answer,
)

__all__ = [
    "NotInTheQueue",
    "NotWritable",
    "NothingWritten",
    "ReasonNeeded",
    "ThreadLocked",
    "TooLong",
    "Words",
    "delete_post",
    "edit_post",
    "follow",
    "hide",
    "lock",
    "mark_answer",
    "note_all_seen",
    "note_seen",
    "pin",
    "reply",
    "report",
    "settle",
    "show_again",
    "start_thread",
    "tell_of_answer",
    "tell_of_post",
    "tell_of_report",
    "tell_of_thread",
    "unfollow",
    "unmark_answer",
]
