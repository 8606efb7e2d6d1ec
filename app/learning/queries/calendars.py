"""The dates of a person's sections, for her calendar."""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalog.models import CourseItem
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.learning.models import CalendarFeed, LiveSession, Section
from app.learning.queries.remains import my_requests
from app.learning.queries.sections import SectionView, my_enrolments, my_teaching, section_for
from app.web.calendar import Event, EventKind

__all__ = ["feed_by_token", "feed_of", "section_events", "session_event", "token_digest"]


def section_events(person: Person, begin: datetime, end: datetime) -> Iterator[Event]:
    """When items open, are due and close for PERSON (with what she was granted), live sessions,
    and until when one can enrol where she waits or teaches. A constant number of statements."""
    views = my_enrolments(person)
    taken = {view.section.id for view in views}
    taught = [view for view in my_teaching(person) if view.section.id not in taken]
    for view in (*views, *taught):
        yield from _item_events(view)
    by_id = {view.section.id: view for view in (*views, *taught)}
    sessions = db.session.scalars(
        select(LiveSession).where(
            LiveSession.section_id.in_(by_id),
            LiveSession.cancelled_at.is_(None),
            LiveSession.starts_at >= begin,
            LiveSession.starts_at < end,
        )
    )
    for session in sessions:
        yield session_event(by_id[session.section_id].section, session)
    waited = [request.section for request in my_requests(person)]
    for section in (*waited, *(view.section for view in taught)):
        yield from _enrolment_events(section)


def _item_events(view: SectionView) -> Iterator[Event]:
    for item in view.version.items:
        plan = view.plans.get(item.key)
        if plan is None:
            continue
        terms = view.terms(item)
        dates = (
            (EventKind.OPENS, plan.opens_at),
            (EventKind.DUE, terms.due_at),
            (EventKind.CLOSES, terms.closes_at if terms.closes_at != terms.due_at else None),
        )
        for kind, instant in dates:
            if instant is not None:
                yield Event(
                    uid=f"{kind.value}:{view.section.code}:{item.key}",
                    kind=kind,
                    title=str(item.title),
                    starts_at=instant,
                    path=item_path(view.section, item),
                    group=view.section.code,
                    group_title=course_title(view.section),
                    is_done=view.is_done(item),
                )


def _enrolment_events(section: Section) -> Iterator[Event]:
    closes = section.enrolment_closes_at
    if closes is not None and section.closed_at is None:
        yield Event(
            uid=f"enrolment:{section.code}",
            kind=EventKind.ENROLMENT,
            title=course_title(section),
            starts_at=closes,
            path=f"/courses/{section.offering.course_version.course.slug}",
            group=section.code,
            group_title=course_title(section),
        )


def session_event(section: Section, session: LiveSession) -> Event:
    """A live session as an event."""
    return Event(
        uid=f"session:{session.id}",
        kind=EventKind.SESSION,
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.starts_at + timedelta(minutes=session.minutes),
        path=f"/learn/{section.code}#live",
        group=section.code,
        group_title=course_title(section),
        where=session.place,
    )


def session_of(person: Person, code: str, session_id: uuid.UUID) -> tuple[Section, LiveSession]:
    """A live session of a section that PERSON takes or teaches. Raises NotVisible."""
    view = section_for(person, code)
    session = db.session.get(LiveSession, session_id)
    if session is None or session.section_id != view.section.id or session.cancelled_at is not None:
        raise NotVisible(str(session_id))
    return view.section, session


def item_path(section: Section, item: CourseItem) -> str:
    """Where an item leads within the site, whichever room shows it."""
    return f"/learn/{section.code}/items/{item.kind.value}/{item.slug}"


def course_title(section: Section) -> str:
    return str(section.offering.course_version.title)


def filters_of(events: Sequence[Event]) -> dict[str, str]:
    """What events can be filtered by: title by group, in the order of their titles."""
    found = {event.group: event.group_title for event in events if event.group}
    return dict(sorted(found.items(), key=lambda row: row[1]))


def feed_of(person: Person) -> CalendarFeed | None:
    """Her secret address, if there is one now; the secret itself is not kept."""
    return db.session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.person_id == person.id, CalendarFeed.revoked_at.is_(None)
        )
    )


def feed_by_token(token: str) -> CalendarFeed:
    """The feed of a secret, with whose it is. Raises NotVisible when it was revoked, never was,
    or she is suspended."""
    found = db.session.scalar(
        select(CalendarFeed)
        .where(CalendarFeed.token_digest == token_digest(token), CalendarFeed.revoked_at.is_(None))
        .options(joinedload(CalendarFeed.person).selectinload(Person.memberships))
    )
    if found is None or found.person.suspended_at is not None:
        raise NotVisible
    return found


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def calendar_name(person: Person) -> str:
    return _("Banyan: %(name)s", name=person.name)
