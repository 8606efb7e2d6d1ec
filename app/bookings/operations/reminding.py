"""Reminding everybody of an appointment before it begins."""

import uuid

from app.bookings.models import Booking
from app.bookings.operations.telling import (
    REMINDER,
    everybody_of,
    purpose_title,
    tell_all,
    when,
)
from app.bookings.rules import REMINDERS
from app.kernel import clock
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.notifications.rules import Note

__all__ = ["plan_reminders", "remind"]


def plan_reminders(booking: Booking) -> None:
    """Put the reminders of BOOKING on the queue, those whose time is still to come."""
    for which, before in REMINDERS.items():
        at = booking.slot.starts_at - before
        if at > clock.now():
            defer("bookings.tasks.remind", at=at, booking_id=str(booking.id), which=which)


@operation
def remind(booking_id: uuid.UUID, which: str) -> int:
    """Remind everybody of a booking, unless it was cancelled or has begun; how many were told.

    Done twice, it reminds once.
    """
    booking = db.session.get(Booking, booking_id)
    if booking is None or not booking.is_live or booking.slot.starts_at <= clock.now():
        return 0
    slot = booking.slot

    def note() -> Note:
        lines = [_("Place: %(place)s", place=slot.place) if slot.place else "", slot.note]
        return Note(
            _("Soon: %(what)s, %(when)s", what=purpose_title(slot), when=when(slot)),
            "\n".join(filter(None, lines)),
        )

    people = everybody_of(booking)
    tell_all(people, booking, note, f"reminder-{which}", REMINDER)
    return len(people)
