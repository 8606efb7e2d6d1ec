"""Slots of time: how long, how far ahead, what they come to; the words of their states."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=8)
AHEAD = timedelta(days=180)
"""How far ahead time can be offered."""
MOST_AT_ONCE = 100
MOST_WORDS = 500
REMINDERS = {"day": timedelta(hours=24), "hour": timedelta(hours=1)}
"""How long before it begins everybody is reminded."""


class SlotState(StrEnum):
    FREE = "free"
    BOOKED = "booked"
    BUSY = "busy"
    """Its host is somewhere else at that time by now."""
    PAST = "past"
    WITHDRAWN = "withdrawn"


class BookingState(StrEnum):
    COMING = "coming"
    OVER = "over"
    CANCELLED = "cancelled"
    MOVED = "moved"


STATE_NAMES: dict[SlotState, LazyText] = {
    SlotState.FREE: _l("Free"),
    SlotState.BOOKED: _l("Booked"),
    SlotState.BUSY: _l("Taken by another appointment"),
    SlotState.PAST: _l("Over"),
    SlotState.WITHDRAWN: _l("No longer offered"),
}
BOOKING_NAMES: dict[BookingState, LazyText] = {
    BookingState.COMING: _l("Coming up"),
    BookingState.OVER: _l("Over"),
    BookingState.CANCELLED: _l("Cancelled"),
    BookingState.MOVED: _l("Moved to another time"),
}


def slot_state(
    *, starts_at: datetime, is_withdrawn: bool, is_booked: bool, is_busy: bool, now: datetime
) -> SlotState:
    """What a slot is at NOW; what was booked stays booked until it begins."""
    if is_withdrawn:
        return SlotState.WITHDRAWN
    if starts_at <= now:
        return SlotState.PAST
    if is_booked:
        return SlotState.BOOKED
    return SlotState.BUSY if is_busy else SlotState.FREE


def booking_state(
    *, ends_at: datetime, is_cancelled: bool, is_moved: bool, now: datetime
) -> BookingState:
    if is_cancelled:
        return BookingState.MOVED if is_moved else BookingState.CANCELLED
    return BookingState.OVER if ends_at <= now else BookingState.COMING


class BadTimes(ValueError):
    """Times that cannot be offered; ``message`` says why."""

    def __init__(self, message: LazyText) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True)
class Span:
    """A stretch of time, aware instants; the end does not belong to it."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def spans_of_days(
    days: Sequence[date], begin: time, end: time, *, minutes: int, pause: int, zone: ZoneInfo
) -> list[Span]:
    """Slots of MINUTES with PAUSE minutes between, on each of DAYS from BEGIN until END in ZONE.

    Raises BadTimes.
    """
    if end <= begin:
        raise BadTimes(_l("The end is after the beginning."))
    if not timedelta(0) <= timedelta(minutes=pause) <= LONGEST:
        raise BadTimes(_l("A pause takes between none and 480 minutes."))
    length, gap = timedelta(minutes=minutes), timedelta(minutes=pause)
    found = []
    for day in days:
        start = datetime.combine(day, begin, tzinfo=zone)
        last = datetime.combine(day, end, tzinfo=zone)
        while length > timedelta(0) and start + length <= last:
            found.append(Span(start, start + length))
            start += length + gap
    if not found:
        raise BadTimes(_l("Between these hours there is no room for one slot of this length."))
    return found


def check(spans: Sequence[Span], now: datetime) -> None:
    """Raises BadTimes when SPANS cannot be offered at NOW."""
    if not spans:
        raise BadTimes(_l("Choose at least one time."))
    if len(spans) > MOST_AT_ONCE:
        raise BadTimes(_l("At most %(most)s slots at once.", most=MOST_AT_ONCE))
    ordered = sorted(spans, key=lambda span: span.starts_at)
    for span in ordered:
        if not SHORTEST <= span.ends_at - span.starts_at <= LONGEST:
            raise BadTimes(_l("A slot takes between 10 minutes and 8 hours."))
        if span.starts_at <= now:
            raise BadTimes(_l("Time that has begun cannot be offered."))
        if span.starts_at > now + AHEAD:
            raise BadTimes(_l("Time is offered for the next 180 days."))
    for one, other in pairwise(ordered):
        if one.overlaps(other):
            raise BadTimes(_l("Two of these times overlap."))
