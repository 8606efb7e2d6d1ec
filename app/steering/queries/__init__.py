"""Reading the desk, the log of decisions, messages to many."""

from app.steering.queries import sources  # noqa: F401 (names its queues)
from app.steering.queries.audiences import (
    AUDIENCES,
    Audience,
    Choice,
    add_audience,
    choice_of,
    people_of,
)
from app.steering.queries.desk import Desk, Row, desk, desk_key, history_of, officers, row_at
from app.steering.queries.log import AskedLog, Line, kinds, log, names_in, verbs
from app.steering.queries.messages import message, messages, recipients_of, told_count, untold

__all__ = [
    "AUDIENCES",
    "AskedLog",
    "Audience",
    "Choice",
    "Desk",
    "Line",
    "Row",
    "add_audience",
    "choice_of",
    "desk",
    "desk_key",
    "history_of",
    "kinds",
    "log",
    "message",
    "messages",
    "names_in",
    "officers",
    "people_of",
    "recipients_of",
    "row_at",
    "told_count",
    "untold",
    "verbs",
]
