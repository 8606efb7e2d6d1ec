"""Secret addresses for calendar programs: made, renewed, revoked, read."""

import secrets
from datetime import timedelta

from sqlalchemy import select, update

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.i18n import speaking
from app.kernel.transaction import operation
from app.learning.models import CalendarFeed
from app.learning.queries.calendars import calendar_name, token_digest
from app.learning.rules import ical
from app.web.calendar import events_of

BACK, AHEAD = timedelta(days=90), timedelta(days=400)
"""What a feed tells of."""


@operation
def renew_feed(person: Person) -> str:
    """A new secret for PERSON's calendar; the one before opens nothing any more.

    The secret (256 bits) is returned this once; only its digest is kept.
    """
    _revoke(person)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(person_id=person.id, token_digest=token_digest(token))
    db.session.add(feed)
    db.session.flush()
    audit.record(person.id, "calendar_feed.made", "calendar_feed", feed.id)
    return token


@operation
def revoke_feed(person: Person) -> None:
    """From now on nobody reads PERSON's calendar by its address."""
    _revoke(person)
    audit.record(person.id, "calendar_feed.revoked", "person", person.id)


def _revoke(person: Person) -> None:
    # Two tabs renew one after the other: one address is left.
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    db.session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.person_id == person.id, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=clock.now(), entries={})
    )


@operation
def read_feed(feed: CalendarFeed, *, site_url: str) -> bytes:
    """The calendar of FEED's person in her language; notes that it was read and what it said.

    As long as nothing changed, the answer is the same to the byte.
    """
    person = feed.person
    now = clock.now()
    today = now.astimezone(clock.TAIPEI).replace(hour=0, minute=0, second=0, microsecond=0)
    locked = db.session.get_one(CalendarFeed, feed.id, with_for_update=True)
    with speaking(person.locale):
        events = events_of(person, today - BACK, today + AHEAD)
        standings = ical.advance(events, locked.entries, now.replace(microsecond=0))
        body = ical.calendar(calendar_name(person), events, standings, site_url=site_url)
    known = ical.as_known(standings)
    if known != locked.entries:
        locked.entries = known
    locked.last_used_at = now
    return body
