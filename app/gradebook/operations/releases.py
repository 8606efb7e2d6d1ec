"""Students hear once that grades are out, whatever the number of items."""

import uuid
from collections.abc import Collection

from sqlalchemy import select

from app.accounts.models import Person
from app.gradebook.queries.books import book_of
from app.gradebook.queries.releases import who_is_told
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.learning import queries as learning
from app.learning.models import Section
from app.notifications import operations as notifications
from app.notifications import rules
from app.notifications.rules import Delivery, Kind, Note

__all__ = ["CHUNK", "RELEASED", "tell_of_release"]

RELEASED = rules.register(Kind("gradebook.released", _l("Grades that are released"), Delivery.NOW))
CHUNK = 200


@operation
def tell_of_release(
    section_id: uuid.UUID,
    keys: Collection[str],
    batch_id: uuid.UUID,
    after: uuid.UUID | None = None,
) -> int:
    """Tell the students behind AFTER whose work in KEYS came, and leave the rest to the next job;
    returns how many. Each is told once of a batch; no points are in it, since mails are read by
    others too. What was taken back meanwhile is left out."""
    section = db.session.get_one(Section, section_id)
    held = learning.held_items(section_id)
    book = book_of(section)
    titles = [column.title for column in book.columns if column.key in set(keys) - held]
    out = [column.key for column in book.columns if column.key in set(keys) - held]
    readers = who_is_told(section_id, out, after=after, most=CHUNK) if out else []
    people = {
        person.id: person
        for person in db.session.scalars(
            select(Person).where(Person.id.in_([reader.person_id for reader in readers]))
        )
    }
    course = section.offering.course_version.title

    def note() -> Note:
        named = _(", ").join(str(title) for title in titles)
        return Note(
            _("Grades are out: %(course)s", course=str(course)),
            _("You can read your grades and feedback now: %(items)s.", items=named),
        )

    for reader in readers:
        notifications.tell(
            people[reader.person_id],
            RELEASED,
            note,
            f"/learn/{section.code}/grades",
            key=f"released:{batch_id}:{section_id}",
        )
    if len(readers) == CHUNK:
        defer(
            "gradebook.tasks.tell_of_release",
            section_id=str(section_id),
            keys=list(keys),
            batch_id=str(batch_id),
            after=str(readers[-1].person_id),
        )
    return len(readers)
