"""Telling everybody of an appointment what became of it.

No name stands in what is told: who may see whom is asked again on the page that it leads to.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import select

from app.accounts.models import Person
from app.bookings.models import Booking, BookingSlot
from app.bookings.purposes import PURPOSES
from app.kernel import clock
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.notifications import operations as notifications
from app.notifications.rules import Delivery, Kind, Note, register

__all__ = [
    "CHANGED", "REMINDER", "everybody_of", "purpose_title", "tell_all", "tell_booked",
    "tell_cancelled", "tell_moved", "when",
]  # fmt: skip

CHANGED = register(
    Kind("bookings.changed", _l("Appointments: booked, moved, cancelled"), Delivery.NOW)
)
REMINDER = register(Kind("bookings.reminder", _l("Appointments: reminders"), Delivery.NOW))


def when(slot: BookingSlot) -> str:
    """The time of SLOT in Taipei, as people read it."""
    start, end = (at.astimezone(clock.TAIPEI) for at in (slot.starts_at, slot.ends_at))
    return f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}"


def purpose_title(slot: BookingSlot) -> str:
    known = PURPOSES.get(slot.purpose)
    return str(known.title) if known is not None else _("Appointment")


def everybody_of(*bookings: Booking) -> list[Person]:
    """Who sits there, each once."""
    ids = {seat.person_id for booking in bookings for seat in booking.seats}
    return list(db.session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id)))


def tell_booked(by: Person, booking: Booking) -> None:
    slot = booking.slot

    def note() -> Note:
        return Note(
            _("Booked: %(what)s, %(when)s", what=purpose_title(slot), when=when(slot)),
            _where(slot),
        )

    tell_all(_but(by, everybody_of(booking)), booking, note, "booked")


def tell_moved(by: Person, before: Booking, booking: Booking) -> None:
    old, slot = before.slot, booking.slot

    def note() -> Note:
        return Note(
            _("Moved: %(what)s, now %(when)s", what=purpose_title(slot), when=when(slot)),
            "\n".join(filter(None, [_("Before: %(when)s", when=when(old)), _where(slot)])),
        )

    tell_all(_but(by, everybody_of(before, booking)), booking, note, "moved")


def tell_cancelled(by: Person, booking: Booking) -> None:
    slot = booking.slot

    def note() -> Note:
        return Note(
            _("Cancelled: %(what)s, %(when)s", what=purpose_title(slot), when=when(slot)),
            booking.reason,
        )

    tell_all(_but(by, everybody_of(booking)), booking, note, "cancelled")


def tell_all(
    people: Iterable[Person],
    booking: Booking,
    note: Callable[[], Note],
    what: str,
    kind: Kind = CHANGED,
) -> None:
    """Each of PEOPLE hears of it once."""
    for person in people:
        notifications.tell(
            person,
            kind,
            note,
            f"/bookings/{booking.id}",
            key=f"booking-{what}:{booking.id}",
        )


def _but(by: Person, people: list[Person]) -> list[Person]:
    return [person for person in people if person.id != by.id]


def _where(slot: BookingSlot) -> str:
    return _("Place: %(place)s", place=slot.place) if slot.place else ""
