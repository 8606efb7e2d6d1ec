"""Announcements are made, corrected, withdrawn and told to everybody whom they are for, once."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import LOCALES, speaking
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.jobs import defer
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.learning.models import Announcement, AnnouncementReading
from app.learning.operations.finding import announcement_changed
from app.learning.queries import announcements as queries
from app.learning.queries.announcements import Audience
from app.notifications import rules
from app.notifications.operations import tell
from app.notifications.rules import Delivery, Kind, Note
from app.web.markdown import LABELS, render

CHUNK = 200
"""How many people are told in one transaction."""
MOST_LETTERS = 20_000
IN_A_MAIL = 4_000

ANNOUNCEMENT = rules.register(Kind("learning.announcement", _l("Announcements"), Delivery.NOW))


class OneLanguageNeeded(Refused):
    message = _l("Write a title and a text in at least one language, both in the same.")


class PinnedInThePast(Refused):
    message = _l("It cannot be pinned until a time before it is published.")


class AnnouncementTooLong(Refused):
    message = _l("An announcement may have %(most)s characters.", most=MOST_LETTERS)


@dataclass(frozen=True)
class Told:
    """What somebody announces. PUBLISH_AT None means at once; instants are UTC."""

    title: LocalizedText
    body: LocalizedText
    publish_at: datetime | None = None
    pinned_until: datetime | None = None
    with_followers: bool = False
    school_ids: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@operation
def announce(actor: Person, audience: Audience, told: Told, key: uuid.UUID) -> Announcement:
    """Announce to AUDIENCE now or at a time. The same KEY announces once.

    Raises OneLanguageNeeded, AnnouncementTooLong, PinnedInThePast.
    """
    now = clock.now()
    title, body, body_html = _checked(told, told.publish_at or now)
    is_of_the_site = audience.section is None and audience.offering is None
    made = db.session.scalar(
        insert(Announcement)
        .values(
            id=new_id(),
            section_id=audience.section.id if audience.section else None,
            offering_id=audience.offering.id if audience.offering else None,
            with_followers=told.with_followers and audience.offering is not None,
            school_ids=sorted(told.school_ids) or None if is_of_the_site else None,
            roles=sorted(told.roles) or None if is_of_the_site else None,
            title=title,
            body=body,
            body_html=body_html,
            author_id=actor.id,
            key=key,
            created_at=now,
            publish_at=max(told.publish_at or now, now),
            pinned_until=told.pinned_until,
        )
        .on_conflict_do_nothing(index_elements=["author_id", "key"])
        .returning(Announcement)
    )
    if made is None:
        return db.session.scalars(
            select(Announcement).where(Announcement.author_id == actor.id, Announcement.key == key)
        ).one()
    audit.record(actor.id, "announcement.made", "announcement", made.id)
    _begin_if_out(made)
    return made


@operation
def edit_announcement(actor: Person, announcement: Announcement, told: Told) -> None:
    """Change what it says. Once it is out, people see that it was corrected, and nobody is told
    a second time; before that, when it is published can change too.

    Raises OneLanguageNeeded, AnnouncementTooLong, PinnedInThePast.
    """
    locked = _lock(announcement)
    is_out = locked.begun_at is not None or locked.publish_at <= clock.now()
    title, body, body_html = _checked(told, locked.publish_at)
    says_something_else = (title, body) != (locked.title, locked.body)
    locked.title, locked.body, locked.body_html = title, body, body_html
    locked.pinned_until = told.pinned_until
    if is_out and says_something_else:
        locked.corrected_at = clock.now()
    if not is_out:
        locked.publish_at = max(told.publish_at or clock.now(), clock.now())
    announcement_changed(locked.id)
    audit.record(actor.id, "announcement.edited", "announcement", locked.id)
    db.session.flush()
    _begin_if_out(locked)


@operation
def withdraw_announcement(actor: Person, announcement: Announcement) -> None:
    """Show it to nobody any more; who has not been told is not told."""
    locked = _lock(announcement)
    if locked.withdrawn_at is None:
        locked.withdrawn_at, locked.withdrawn_by_id = clock.now(), actor.id
        announcement_changed(locked.id)
        audit.record(actor.id, "announcement.withdrawn", "announcement", locked.id)


@operation
def restore_announcement(actor: Person, announcement: Announcement) -> None:
    """Show it again; nobody is told a second time."""
    locked = _lock(announcement)
    if locked.withdrawn_at is not None:
        locked.withdrawn_at = locked.withdrawn_by_id = None
        announcement_changed(locked.id)
        audit.record(actor.id, "announcement.restored", "announcement", locked.id)
        db.session.flush()
        if locked.told_at is None:
            locked.begun_at = None
        _begin_if_out(locked)


@operation
def note_announcement_read(person: Person, announcement: Announcement) -> None:
    db.session.execute(
        insert(AnnouncementReading)
        .values(
            id=new_id(),
            announcement_id=announcement.id,
            person_id=person.id,
            read_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["announcement_id", "person_id"])
    )


@operation
def begin_due_announcements() -> int:
    """Begin to tell of everything whose time has come; returns how many began."""
    due = queries.due_announcements()
    for announcement in due:
        _begin_if_out(announcement)
    return len(due)


@operation
def tell_of_announcement(announcement_id: uuid.UUID, after: uuid.UUID | None = None) -> None:
    """Tell the people AFTER this one, and leave the rest to the next job.

    What one transaction told and which job goes on are kept together, and the same news is told
    once to each person: wherever a worker dies, everybody hears of it exactly once.
    """
    announcement = db.session.get_one(Announcement, announcement_id)
    if announcement.withdrawn_at is not None or announcement.publish_at > clock.now():
        return
    ids = queries.recipients_after(announcement, after, CHUNK)
    people = db.session.scalars(
        select(Person)
        .where(Person.id.in_(ids))
        .order_by(Person.id)
        .options(selectinload(Person.memberships))
    ).all()

    def compose() -> Note:
        return Note(
            _("Announcement: %(title)s", title=announcement.title),
            str(announcement.body)[:IN_A_MAIL],
        )

    for person in people:
        path = f"/announcements/{announcement.id}"
        tell(person, ANNOUNCEMENT, compose, path, key=f"announcement:{announcement.id}")
    if len(ids) == CHUNK:
        _leave_to_the_next(announcement, ids[-1])
    else:
        announcement.told_at = announcement.told_at or clock.now()


def _leave_to_the_next(announcement: Announcement, after: uuid.UUID | None) -> None:
    defer(
        "learning.tasks.tell_of_announcement",
        announcement_id=str(announcement.id),
        after=str(after) if after else None,
    )


def _begin_if_out(announcement: Announcement) -> None:
    if (
        announcement.begun_at is None
        and announcement.withdrawn_at is None
        and announcement.publish_at <= clock.now()
    ):
        announcement.begun_at = clock.now()
        announcement_changed(announcement.id)
        _leave_to_the_next(announcement, None)


def _checked(
    told: Told, publish_at: datetime
) -> tuple[LocalizedText, LocalizedText, LocalizedText]:
    """Title, text and its HTML in the languages in which there are both."""
    codes = [code for code in LOCALES if told.title.get(code) and told.body.get(code)]
    if not codes or any(bool(told.title.get(c)) != bool(told.body.get(c)) for c in LOCALES):
        raise OneLanguageNeeded
    if any(len(told.body[code]) > MOST_LETTERS for code in codes):
        raise AnnouncementTooLong
    if told.pinned_until is not None and told.pinned_until <= publish_at:
        raise PinnedInThePast
    html = {}
    for code in codes:
        with speaking(code):
            labels = {name: _(label) for name, label in LABELS.items()}
            html[code] = render(told.body[code], pictures=None, labels=labels)
    return (
        LocalizedText({code: " ".join(told.title[code].split())[:200] for code in codes}),
        LocalizedText({code: told.body[code] for code in codes}),
        LocalizedText(html),
    )


def _lock(announcement: Announcement) -> Announcement:
    return db.session.scalars(
        select(Announcement)
        .where(Announcement.id == announcement.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
