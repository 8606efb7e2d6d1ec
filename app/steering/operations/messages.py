"""Messages to many: kept with everybody they go to, told by jobs."""

import uuid

from sqlalchemy import select

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import current_locale
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.notifications import rules as news
from app.notifications.operations import tell
from app.notifications.rules import Delivery, Kind, Note, plain_line
from app.steering import queries
from app.steering.models import BulkMessage, BulkRecipient
from app.steering.queries import Audience
from app.steering.rules import Words

__all__ = ["NobodyThere", "NotWhole", "SetHasChanged", "send", "tell_some"]

FROM_OFFICE = news.register(
    Kind("steering.message", _l("Messages of the programme’s office"), Delivery.NOW)
)
CHUNK = 200
"""How many people are told in one transaction."""


class NobodyThere(Refused):
    message = _l("Nobody is in this set now.")


class NotWhole(Refused):
    message = _l("Write subject and text in at least one language; a language is never half.")


class SetHasChanged(Refused):
    message = _l("Meanwhile other people are in this set. Look at the preview again.")


@operation
def send(
    actor: Person,
    audience: Audience,
    subject_of: str,
    words: Words,
    *,
    key: uuid.UUID,
    expected: int,
) -> BulkMessage:
    """Keep WORDS and everybody they go to; jobs tell them. The same KEY again sends nothing more.

    EXPECTED is how many the preview named. Raises NobodyThere, NotWhole, SetHasChanged.
    """
    # A form that is sent twice at once: the second waits and finds what the first one made.
    db.session.execute(select(Person.id).where(Person.id == actor.id).with_for_update())
    known = db.session.scalar(
        select(BulkMessage).where(BulkMessage.sender_id == actor.id, BulkMessage.key == key)
    )
    if known is not None:
        return known
    if not words.is_whole:
        raise NotWhole
    people = queries.people_of(audience, subject_of)
    if not people:
        raise NobodyThere
    if len(people) != expected:
        raise SetHasChanged
    choice = queries.choice_of(audience, subject_of)
    made = BulkMessage(
        sender_id=actor.id,
        key=key,
        audience=audience.name,
        subject_of=subject_of,
        audience_name=f"{audience.title}" + (f": {choice.name}" if choice else ""),
        subject_zh=words.subject_zh,
        subject_en=words.subject_en,
        body_zh=words.body_zh,
        body_en=words.body_en,
        recipient_count=len(people),
    )
    db.session.add(made)
    db.session.flush()
    db.session.add_all(BulkRecipient(message_id=made.id, person_id=person.id) for person in people)
    audit.record(
        actor.id,
        "steering.message",
        "bulk_message",
        made.id,
        audience=audience.name,
        about=subject_of,
        people=len(people),
    )
    defer("steering.tasks.tell", message_id=str(made.id))
    return made


@operation
def tell_some(message_id: uuid.UUID) -> int:
    """Tell some of those who do not know yet, and leave the rest to the next job; how many."""
    found = db.session.get_one(BulkMessage, message_id)
    words = Words(found.subject_zh, found.subject_en, found.body_zh, found.body_en)
    rows = queries.untold(message_id, CHUNK)
    for row in rows:
        tell(
            row.person,
            FROM_OFFICE,
            lambda: _note(words),
            "/notifications",
            key=f"bulk:{message_id}",
        )
        row.told_at = clock.now()
    if len(rows) == CHUNK:
        defer("steering.tasks.tell", message_id=str(message_id))
    return len(rows)


def _note(words: Words) -> Note:
    subject, body = words.in_language(current_locale())
    return Note(plain_line(subject), body)
