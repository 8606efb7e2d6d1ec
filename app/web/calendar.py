"""Somebody's dates, whichever room they come from. Rooms register what they know.

A room calls ``provide("name", provider)`` when it is imported. The provider is asked for the events
of one person that begin in a stretch of time, and answers in a constant number of queries.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l


class EventKind(StrEnum):
    OPENS = "opens"
    DUE = "due"
    CLOSES = "closes"
    SESSION = "session"
    ENROLMENT = "enrolment"
    MEETING = "meeting"
    MILESTONE = "milestone"


KIND_NAMES: dict[EventKind, LazyText] = {
    EventKind.OPENS: _l("Opens"),
    EventKind.DUE: _l("Deadline"),
    EventKind.CLOSES: _l("Closes"),
    EventKind.SESSION: _l("Live session"),
    EventKind.ENROLMENT: _l("Enrolment closes"),
    EventKind.MEETING: _l("Appointment"),
    EventKind.MILESTONE: _l("Milestone"),
}


@dataclass(frozen=True)
class Event:
    """One date of one person, in words of her language. Instants are UTC."""

    uid: str
    """Lasts as long as the thing, and is unique in the site: ``due:SECTION:ITEM``."""
    kind: EventKind
    title: str
    starts_at: datetime
    path: str
    """Where it leads within the site."""
    ends_at: datetime | None = None
    """None for an instant, such as a deadline."""
    group: str = ""
    """What the reader can filter by, such as a section's code."""
    group_title: str = ""
    where: str = ""
    """A room, or the address of a meeting."""
    is_done: bool = False


Provider = Callable[[Any, datetime, datetime], Iterable[Event]]

PROVIDERS: dict[str, Provider] = {}


def provide(name: str, provider: Provider) -> None:
    """Let PROVIDER(person, begin, end) fill calendars with what begins from BEGIN to before END."""
    PROVIDERS[name] = provider


def events_of(person: Any, begin: datetime, end: datetime) -> list[Event]:
    """PERSON's events that begin in a stretch of time, in their order."""
    found = [
        event
        for provider in PROVIDERS.values()
        for event in provider(person, begin, end)
        if begin <= event.starts_at < end
    ]
    return sorted(found, key=lambda event: (event.starts_at, event.title, event.uid))
