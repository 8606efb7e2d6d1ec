"""When a student may ask for one cell or question to be looked at again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = [
    "DEFAULT_TERMS", "MOST_CHARACTERS", "MOST_DAYS", "STATE_NAMES", "Decision", "Obstacle",
    "RequestState", "Terms", "closes_at", "obstacle",
]  # fmt: skip

MOST_CHARACTERS = 2000
"""Of a reason and of an answer."""
MOST_DAYS = 365


class Decision(StrEnum):
    ACCEPTED = "accepted"
    """Other points were given."""
    DECLINED = "declined"
    """The points stay; the words say why."""


class RequestState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


STATE_NAMES: dict[RequestState, LazyText] = {
    RequestState.OPEN: _l("Waits for an answer"),
    RequestState.ACCEPTED: _l("Points changed"),
    RequestState.DECLINED: _l("Points stay"),
    RequestState.WITHDRAWN: _l("Taken back"),
}


class Obstacle(StrEnum):
    """Why nothing can be asked now."""

    CLOSED = "closed"
    OVER = "over"
    ENOUGH = "enough"


@dataclass(frozen=True)
class Terms:
    """What a section allows. ``days``: how long after grades were published; ``most_open``: how
    many requests of one student may wait at a time."""

    days: int = 14
    most_open: int = 5
    is_closed: bool = False


DEFAULT_TERMS = Terms()


def closes_at(published_at: datetime, terms: Terms) -> datetime:
    """Until when something can be asked about points that were published at PUBLISHED_AT."""
    return published_at + timedelta(days=terms.days)


def obstacle(
    terms: Terms, *, published_at: datetime, now: datetime, open_count: int
) -> Obstacle | None:
    """Why a student with OPEN_COUNT open requests cannot ask NOW, or None when she can."""
    if terms.is_closed:
        return Obstacle.CLOSED
    if now >= closes_at(published_at, terms):
        return Obstacle.OVER
    return Obstacle.ENOUGH if open_count >= terms.most_open else None
