"""Reads. What a person may see of it is hers alone, unless a function says otherwise."""

from app.privacy.queries.consents import (
    Standing,
    consented_people,
    consents_over,
    current_notice,
    has_consented,
    ledger_of,
    notice_version,
    standing_of,
)
from app.privacy.queries.kept import Kept, KeptRows, kept_of, kept_rows
from app.privacy.queries.lookings import lookings_at
from app.privacy.queries.requests import (
    any_request,
    own_request,
    request_by_token,
    requests_of,
    requests_to_answer,
    words_are_waiting,
    words_to_answer,
)

__all__ = [
    "Kept",
    "KeptRows",
    "Standing",
    "any_request",
    "consented_people",
    "consents_over",
    "current_notice",
    "has_consented",
    "kept_of",
    "kept_rows",
    "ledger_of",
    "lookings_at",
    "notice_version",
    "own_request",
    "request_by_token",
    "requests_of",
    "requests_to_answer",
    "standing_of",
    "words_are_waiting",
    "words_to_answer",
]
