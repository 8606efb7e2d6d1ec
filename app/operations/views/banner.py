"""What every page says while the labs are closed or about to be."""

import time
from typing import Any

from flask import current_app

from app.operations import queries
from app.operations.models import LabDrain

BELIEVED_SECONDS = 5.0
"""Every page asks; the table is read this seldom."""


def drain_banner(_person: Any) -> str:
    drain = _drain()
    return "" if drain is None else queries.drain_words(drain)


def forget() -> None:
    """Ask again: it has just been changed."""
    current_app.extensions.pop("lab_drain", None)


def _drain() -> LabDrain | None:
    now = time.monotonic()
    known: tuple[float, LabDrain | None] | None = current_app.extensions.get("lab_drain")
    if known is None or now - known[0] >= BELIEVED_SECONDS:
        known = (now, queries.announced_drain())
        current_app.extensions["lab_drain"] = known
    return known[1]
