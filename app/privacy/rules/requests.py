"""What a person can ask for, by when the law wants an answer, and what a receipt proves."""

import enum
import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

COOLING_OFF = timedelta(days=7)
"""Between asking to be erased and the erasing: she can take it back."""
EXPORT_LASTS = timedelta(days=7)
"""How long the file of an export can be fetched."""


class RequestKind(enum.Enum):
    """The rights of article 3 of the Personal Data Protection Act."""

    EXPORT = "export"
    CORRECT = "correct"
    STOP = "stop"
    ERASE = "erase"


REQUEST_NAMES: Mapping[RequestKind, LazyText] = {
    RequestKind.EXPORT: _l("A copy of your data"),
    RequestKind.CORRECT: _l("Something is to be corrected"),
    RequestKind.STOP: _l("A use of your data is to stop"),
    RequestKind.ERASE: _l("Your data is to be erased"),
}


def due_after(kind: RequestKind) -> timedelta:
    """How long an answer may take: article 13, 15 days for a copy and 30 for everything else."""
    return timedelta(days=15 if kind is RequestKind.EXPORT else 30)


def receipt_digest(receipt: Mapping[str, Any]) -> str:
    """SHA-256 of a receipt in canonical JSON (sorted keys, no spaces, UTF-8)."""
    words = json.dumps(receipt, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(words.encode()).hexdigest()
