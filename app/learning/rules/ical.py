"""Events as iCalendar (RFC 5545). Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone
from icalendar import Event as Entry

from app.kernel.i18n import gettext as _
from app.web.calendar import KIND_NAMES, Event, EventKind

ZONE = "Asia/Taipei"
REFRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Standing:
    """What was last given out of an event: CHANGED_AT is when it became so."""

    digest: str
    sequence: int
    changed_at: datetime


def digest_of(event: Event) -> str:
    """What tells two states of an event apart."""
    parts = [event.kind.value, event.title, event.starts_at.astimezone(UTC).isoformat()]
    parts += [event.ends_at.astimezone(UTC).isoformat() if event.ends_at else "", event.path]
    parts += [event.group_title, event.where]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def advance(
    events: Iterable[Event], known: Mapping[str, Any], now: datetime
) -> dict[str, Standing]:
    """How each of EVENTS stands, after what was KNOWN (``{uid: [digest, sequence, instant]}``)."""
    found = {}
    for event in events:
        digest = digest_of(event)
        before = known.get(event.uid)
        if before is None:
            found[event.uid] = Standing(digest, 0, now)
        elif before[0] == digest:
            found[event.uid] = Standing(digest, before[1], datetime.fromisoformat(before[2]))
        else:
            found[event.uid] = Standing(digest, before[1] + 1, now)
    return found


def as_known(standings: Mapping[str, Standing]) -> dict[str, list[Any]]:
    """STANDINGS as they are kept."""
    return {
        uid: [one.digest, one.sequence, one.changed_at.isoformat()]
        for uid, one in standings.items()
    }


def heading(event: Event) -> str:
    """An event in one line: what happens, and to what."""
    if event.kind in (EventKind.SESSION, EventKind.MEETING):
        return event.title
    return _("%(kind)s: %(title)s", kind=KIND_NAMES[event.kind], title=event.title)


def calendar(
    name: str, events: Iterable[Event], standings: Mapping[str, Standing], *, site_url: str
) -> bytes:
    """A calendar of EVENTS in the language that is spoken now, with times of Taipei.

    The same events and standings give the same bytes.
    """
    host = site_url.partition("//")[2]
    made = Calendar()
    made.add("prodid", "-//Banyan//Calendar//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", " ".join(plain(name).split()))
    made.add("x-wr-timezone", ZONE)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    made.add_component(Timezone.from_tzid(ZONE, first_date=date(2000, 1, 1)))
    zone = ZoneInfo(ZONE)
    for event in events:
        standing = standings[event.uid]
        entry = Entry()
        entry.add("uid", f"{plain(event.uid)}@{host}")
        entry.add("dtstamp", standing.changed_at.astimezone(UTC))
        entry.add("last-modified", standing.changed_at.astimezone(UTC))
        entry.add("sequence", standing.sequence)
        entry.add("dtstart", event.starts_at.astimezone(zone))
        if event.ends_at is not None:
            entry.add("dtend", event.ends_at.astimezone(zone))
        entry.add("summary", plain(heading(event)))
        address = f"{site_url}{event.path}"
        entry.add("url", address)
        entry.add("description", plain("\n".join(filter(None, [event.group_title, address]))))
        if event.where:
            entry.add("location", plain(event.where))
        if event.group_title:
            entry.add("categories", [plain(event.group_title)])
        if event.kind not in (EventKind.SESSION, EventKind.MEETING):
            entry.add("transp", "TRANSPARENT")  # a deadline keeps nobody busy
        made.add_component(entry)
    return made.to_ical()


def plain(text: str) -> str:
    """TEXT without control characters other than line breaks; the library escapes the rest."""
    return "".join(
        letter for letter in text.replace("\r\n", "\n") if letter == "\n" or ord(letter) >= 32
    )
