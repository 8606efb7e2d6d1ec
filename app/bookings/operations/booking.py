"""Taking a slot, moving to another one, giving it back. One gets it, whoever tries at once."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.bookings.events import Booked, BookingCancelled, BookingMoved
from app.bookings.models import Booking, BookingSeat, BookingSlot
from app.bookings.operations.reminding import plan_reminders
from app.bookings.operations.telling import tell_booked, tell_cancelled, tell_moved
from app.bookings.queries import live_booking_of
from app.bookings.rules import MOST_WORDS
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

__all__ = [
    "AlreadyBooked",
    "GuestBusy",
    "NotForYou",
    "SlotTaken",
    "book",
    "cancel",
    "lock_slots",
    "move",
]


class SlotTaken(Refused):
    message = _l("This time is taken by now. Please choose another one.")


class GuestBusy(Refused):
    message = _l("You, or somebody who comes with you, have another appointment at this time.")


class AlreadyBooked(Refused):
    message = _l("You have booked a time for this already. Move it, or cancel it first.")


class NotForYou(Refused):
    message = _l("This time cannot be booked by you.")


@operation
def book(
    person: Person,
    slot: BookingSlot,
    *,
    guests: Sequence[uuid.UUID] = (),
    party_key: str = "",
) -> Booking:
    """PERSON takes SLOT. GUESTS: who sits there (default: she); PARTY_KEY: as what they come.

    Of many who try at once one gets it. Raises SlotTaken, GuestBusy, AlreadyBooked, NotForYou.
    """
    booking = _take(person, slot, tuple(guests) or (person.id,), party_key or _own(person))
    tell_booked(person, booking)
    publish(Booked(booking.id, slot.purpose, slot.subject_key, booking.party_key))
    audit.record(person.id, "bookings.booked", "booking", booking.id, slot=str(slot.id))
    return booking


@operation
def move(person: Person, booking: Booking, slot: BookingSlot) -> Booking:
    """The same people meet at SLOT instead; all of it or nothing.

    Raises SlotTaken, GuestBusy, NotForYou.
    """
    before = booking.slot
    if (before.purpose, before.subject_key) != (slot.purpose, slot.subject_key):
        raise NotForYou
    lock_slots((before.id, slot.id))
    db.session.refresh(booking)
    if booking.cancelled_at is not None or slot.id == before.id:
        raise SlotTaken
    guests = tuple(seat.person_id for seat in booking.seats if not seat.is_host)
    _hold((*guests, before.host_id, slot.host_id))
    _give_back(person, booking)
    made = _take(person, slot, guests, booking.party_key)
    booking.moved_to_id = made.id
    db.session.flush()
    tell_moved(person, booking, made)
    publish(BookingMoved(booking.id, made.id, slot.purpose, slot.subject_key, booking.party_key))
    audit.record(person.id, "bookings.moved", "booking", made.id, before=str(booking.id))
    return made


@operation
def cancel(person: Person, booking: Booking, *, reason: str = "") -> None:
    """Give the time back; everybody else is told, with REASON. Again: nothing happens."""
    slot = booking.slot
    lock_slots((slot.id,))
    db.session.refresh(booking)
    if booking.cancelled_at is not None:
        return
    if slot.starts_at <= clock.now():
        raise NotForYou(_l("What has begun cannot be cancelled any more."))
    _give_back(person, booking, reason)
    tell_cancelled(person, booking)
    publish(
        BookingCancelled(booking.id, slot.purpose, slot.subject_key, booking.party_key, person.id)
    )
    audit.record(person.id, "bookings.cancelled", "booking", booking.id)


def _take(
    person: Person, slot: BookingSlot, guests: tuple[uuid.UUID, ...], party_key: str
) -> Booking:
    lock_slots((slot.id,))
    db.session.refresh(slot)
    if slot.withdrawn_at is not None or slot.starts_at <= clock.now():
        raise SlotTaken
    if slot.host_id in guests:
        raise NotForYou
    _hold((*guests, slot.host_id))
    if live_booking_of(slot.purpose, slot.subject_key, party_key) is not None:
        raise AlreadyBooked
    booking = Booking(slot_id=slot.id, party_key=party_key, booked_by_id=person.id)
    _insert([booking], SlotTaken)
    _insert([_seat(booking, slot, slot.host_id, is_host=True)], SlotTaken)
    _insert([_seat(booking, slot, one, is_host=False) for one in guests], GuestBusy)
    db.session.refresh(booking)
    plan_reminders(booking)
    return booking


def _give_back(person: Person, booking: Booking, reason: str = "") -> None:
    booking.cancelled_at, booking.cancelled_by_id = clock.now(), person.id
    booking.reason = reason.strip()[:MOST_WORDS]
    db.session.flush()
    for seat in booking.seats:
        db.session.refresh(seat)


def _seat(
    booking: Booking, slot: BookingSlot, person_id: uuid.UUID, *, is_host: bool
) -> BookingSeat:
    return BookingSeat(
        booking_id=booking.id,
        person_id=person_id,
        is_host=is_host,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
    )


def _insert(rows: Sequence[Booking | BookingSeat], otherwise: type[Refused]) -> None:
    """Write ROWS; what the database does not let in is OTHERWISE."""
    try:
        with db.session.begin_nested():
            db.session.add_all(rows)
            db.session.flush()
    except IntegrityError as error:
        raise otherwise from error


def lock_slots(slot_ids: Iterable[uuid.UUID]) -> None:
    """Let nobody else take or withdraw these until the end, in one order for everybody."""
    db.session.execute(
        select(BookingSlot.id)
        .where(BookingSlot.id.in_(set(slot_ids)))
        .order_by(BookingSlot.id)
        .with_for_update()
    )


def _hold(person_ids: Iterable[uuid.UUID]) -> None:
    """One booking at a time for each of these people, in one order for everybody.

    The exclusion constraint alone would let two transactions wait for each other.
    """
    for person_id in sorted(set(person_ids)):
        db.session.execute(
            select(func.pg_advisory_xact_lock(func.hashtextextended(f"seat:{person_id}", 0)))
        )


def _own(person: Person) -> str:
    return f"person:{person.id}"
