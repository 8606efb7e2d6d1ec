"""What counts as an answer, and what falls away when an application ends. Within operations."""

import uuid

from app.accounts.models import Person
from app.applications import queries
from app.applications.models import Application
from app.applications.operations.telling import tell_of_brief
from app.applications.rules import State
from app.bookings import operations as bookings
from app.bookings.queries import live_booking_of
from app.briefs.models import Brief
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

__all__ = ["cancel_interview", "note_message", "tell_of_change", "tell_of_closing"]

CHANGED = _l("What you applied for has changed:")
CLOSED = _l("Closed for further applications, yours stays:")


@operation
def note_message(application_id: uuid.UUID, author_id: uuid.UUID) -> None:
    """AUTHOR_ID wrote about an application: the first message of the company's side answers it."""
    found = db.session.get(Application, application_id)
    if found is None or found.answered_at is not None or found.state is State.SAVED:
        return
    if all(row.person_id != author_id for row in found.people):
        found.answered_at = clock.now()


@operation
def tell_of_change(brief_id: uuid.UUID, version_number: int) -> None:
    """Both sides agreed on another scope: who applied for the one before hears of it."""
    tell_of_brief(brief_id, CHANGED, key=f"brief-changed:{brief_id}:{version_number}")


@operation
def tell_of_closing(brief_id: uuid.UUID) -> None:
    """Nobody can apply any more; what was sent stays in selection."""
    closed_at = db.session.get_one(Brief, brief_id).closed_at
    tell_of_brief(brief_id, CLOSED, key=f"brief-closed:{brief_id}:{closed_at}")


@operation
def cancel_interview(application_id: uuid.UUID, brief_id: uuid.UUID) -> None:
    """The interview that was booked and has not begun is given back."""
    booking = live_booking_of(
        queries.INTERVIEW, queries.subject_key(brief_id), queries.party_key(application_id)
    )
    if booking is None:
        return
    who = db.session.get_one(Person, booking.booked_by_id)
    try:
        bookings.cancel(who, booking)
    except Refused:
        return  # it is going on now
