"""When work is due for one student, and how much longer her time is. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class Grant(Protocol):
    """What a person was given, for one item or (``item_key`` None) for all of a section."""

    @property
    def item_key(self) -> str | None: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def extra_days(self) -> int: ...
    @property
    def time_factor(self) -> float: ...


@dataclass(frozen=True)
class Terms:
    """What counts for one student and item. Instants are UTC; the factor is at least 1."""

    due_at: datetime | None
    closes_at: datetime | None
    time_factor: float = 1.0


def terms_for(
    item_key: str,
    due_at: datetime | None,
    closes_at: datetime | None,
    grants: Iterable[Grant],
) -> Terms:
    """The terms of one student: the kindest of her GRANTS counts; a grant takes nothing away.

    Where work was due, a later date also moves the close, so that an extension is never cut off.
    """
    mine = [grant for grant in grants if grant.item_key in (None, item_key)]
    latest = due_at
    for grant in mine:
        if due_at is None:
            break
        wanted = grant.due_at or due_at
        wanted += timedelta(days=grant.extra_days)
        latest = max(latest or wanted, wanted)
    if closes_at is not None and due_at is not None and latest is not None:
        closes_at = max(closes_at + (latest - due_at), closes_at)
    return Terms(latest, closes_at, max([1.0, *(grant.time_factor for grant in mine)]))
