"""How long companies let people wait: the figures that both sides see; pure.

A company answers with its first step of any kind, or its first message. What waits longer than
``TOO_LONG`` counts as unanswered. Under ``FEWEST`` answers no median is told: one case says nothing
of a company, and could tell of a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

TOO_LONG = timedelta(days=10)
FEWEST = 3
LOOKS_BACK = timedelta(days=365)
"""What was applied for longer ago says nothing of today."""


@dataclass(frozen=True)
class Wait:
    """One application: since when it waits, when the company first answered, when it ended.

    ``ended_at``: by the applicant, before any answer; then it neither waits nor counts.
    """

    applied_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Answering:
    """How a company answers. ``median_days`` is None while too few were answered."""

    answered_count: int
    median_days: float | None
    unanswered_count: int
    """Waiting longer than TOO_LONG now."""
    waiting_count: int
    """All that wait, also the fresh ones."""


def answering(waits: Iterable[Wait], now: datetime) -> Answering:
    """The figures over WAITS at NOW; days to one decimal."""
    days: list[float] = []
    waiting = unanswered = 0
    for wait in waits:
        if wait.applied_at < now - LOOKS_BACK:
            continue
        if wait.answered_at is not None:
            days.append((wait.answered_at - wait.applied_at) / timedelta(days=1))
        elif wait.ended_at is None:
            waiting += 1
            unanswered += is_too_long(wait.applied_at, now)
    middle = round(median(days), 1) if len(days) >= FEWEST else None
    return Answering(len(days), middle, unanswered, waiting)


def is_too_long(applied_at: datetime, now: datetime) -> bool:
    """Whether somebody who applied then, and had no answer, waits longer than TOO_LONG."""
    return now - applied_at > TOO_LONG
