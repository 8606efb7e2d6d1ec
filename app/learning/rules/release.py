"""When students may know what their work came to. Pure.

Grades and feedback of an item of a section go out at once unless somebody said otherwise: then
they are held until they are released by hand, or until an instant.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["MANUAL", "Release", "Way", "held_keys", "is_item_key"]

MANUAL = "manual"
KINDS = ("lab", "quiz", MANUAL)
LONGEST_KEY = 120


class Way(StrEnum):
    """How grades of an item reach students."""

    AT_ONCE = "at-once"
    HELD = "held"
    """Until somebody releases them."""
    TIMED = "timed"
    """Until an instant."""


@dataclass(frozen=True, slots=True)
class Release:
    """What was said about an item. ``released_at`` None: held until somebody releases it."""

    released_at: datetime | None

    def is_held(self, now: datetime) -> bool:
        """Whether students are not to know at NOW; the very instant of release is released."""
        return self.released_at is None or now < self.released_at

    def way(self, now: datetime) -> Way:
        """How it stands at NOW; what is released is as if it had always been at once."""
        if not self.is_held(now):
            return Way.AT_ONCE
        return Way.HELD if self.released_at is None else Way.TIMED


def held_keys(releases: Mapping[str, Release], now: datetime) -> frozenset[str]:
    """Items of RELEASES whose points students are not to know at NOW."""
    return frozenset(key for key, release in releases.items() if release.is_held(now))


def is_item_key(key: str) -> bool:
    """Whether KEY names something graded: ``lab:…``, ``quiz:…`` or ``manual:…``."""
    kind, colon, slug = key.partition(":")
    return kind in KINDS and bool(colon and slug) and len(key) <= LONGEST_KEY


def waits_for(releases: Iterable[Release], now: datetime) -> datetime | None:
    """The next instant after NOW at which something of RELEASES goes out by itself."""
    coming = [r.released_at for r in releases if r.released_at is not None and r.is_held(now)]
    return min(coming, default=None)
