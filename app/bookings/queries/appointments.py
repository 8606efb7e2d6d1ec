"""What somebody has before her."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Person
from app.bookings.models import Booking, BookingSeat, BookingSlot
from app.bookings.policies import is_of_the_hosts_side, sits_there
from app.bookings.purposes import known_parties
from app.bookings.rules import BookingState
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page

__all__ = [
    "Appointment", "appointments_of", "booking_for", "coming_of", "live_booking_of", "met_by",
    "seats_of",
]  # fmt: skip

PARTS = (
    contains_eager(Booking.slot).joinedload(BookingSlot.host),
    contains_eager(Booking.slot).joinedload(BookingSlot.organisation),
    selectinload(Booking.seats).joinedload(BookingSeat.person),
)


@dataclass(frozen=True)
class Appointment:
    """A booking as one person meets it. IS_HOSTS: she is of the host's side. SEES_GUESTS: she may
    know who comes."""

    booking: Booking
    is_hosts: bool
    sees_guests: bool = True

    @property
    def slot(self) -> BookingSlot:
        return self.booking.slot

    @property
    def state(self) -> BookingState:
        return self.booking.state

    @property
    def guests(self) -> list[Person]:
        """Who comes, as far as she may know."""
        if not self.sees_guests:
            return []
        return [seat.person for seat in self.booking.seats if not seat.is_host]

    @property
    def others(self) -> list[Person]:
        """Whom she meets: the host for guests, the guests for the host's side."""
        return self.guests if self.is_hosts else [self.slot.host]


def _bookings() -> Select[Booking]:
    return select(Booking).join(Booking.slot).options(*PARTS)


def appointments_of(
    person: Person, *, over: bool = False, search: str = "", page: int | None = 1
) -> Listed[Appointment]:
    """Where PERSON sits: what is coming, the nearest first; OVER: what was, or was cancelled."""
    hers = select(BookingSeat.booking_id).where(BookingSeat.person_id == person.id)
    statement = _bookings().where(Booking.id.in_(hers))
    is_over = Booking.cancelled_at.is_not(None) | (BookingSlot.ends_at <= clock.now())
    if search:
        with_whom = (
            select(BookingSeat.booking_id)
            .join(BookingSeat.person)
            .where(Person.name.icontains(search, autoescape=True))
        )
        statement = statement.where(
            Booking.id.in_(with_whom)
            | BookingSlot.place.icontains(search, autoescape=True)
            | BookingSlot.note.icontains(search, autoescape=True)
        )
    if over:
        statement = statement.where(is_over).order_by(BookingSlot.starts_at.desc(), Booking.id)
    else:
        statement = statement.where(~is_over).order_by(BookingSlot.starts_at, Booking.id)
    chosen, total, page = one_page(statement, page)
    rows = db.session.scalars(chosen).unique().all()
    return Listed(met_by(person, rows), total, page)


def coming_of(person: Person, begin: datetime, end: datetime) -> Sequence[Booking]:
    """PERSON's live appointments that begin in a stretch of time."""
    return (
        db.session.scalars(
            _bookings()
            .join(BookingSeat, BookingSeat.booking_id == Booking.id)
            .where(
                BookingSeat.person_id == person.id,
                BookingSeat.released_at.is_(None),
                BookingSlot.starts_at >= begin,
                BookingSlot.starts_at < end,
            )
            .order_by(BookingSlot.starts_at)
        )
        .unique()
        .all()
    )


def booking_for(person: Person, booking_id: uuid.UUID) -> Appointment:
    """A booking for who sits there, and for who acts for its organisation. Raises NotVisible."""
    found = db.session.scalars(_bookings().where(Booking.id == booking_id)).unique().one_or_none()
    if found is None:
        raise NotVisible(str(booking_id))
    if not (sits_there(person, found) or is_of_the_hosts_side(person, found.slot)):
        raise NotVisible(str(booking_id))
    return met_by(person, [found])[0]


def met_by(person: Person, bookings: Sequence[Booking]) -> list[Appointment]:
    """BOOKINGS as PERSON meets them: guests know each other; the host's side knows who comes as
    long as it is in good standing and they agree."""
    asked: dict[tuple[str, uuid.UUID | None], set[str]] = {}
    for row in bookings:
        asked.setdefault((row.slot.purpose, row.slot.organisation_id), set()).add(row.party_key)
    known = {key: known_parties(*key, parties) for key, parties in asked.items()}
    made = []
    for row in bookings:
        slot = row.slot
        is_guest = any(s.person_id == person.id and not s.is_host for s in row.seats)
        sees = is_guest or (
            is_of_the_hosts_side(person, slot)
            and row.party_key in known[slot.purpose, slot.organisation_id]
        )
        made.append(Appointment(row, not is_guest, sees))
    return made


def live_booking_of(purpose: str, subject_key: str, party_key: str) -> Booking | None:
    """What a party has booked of a subject and is not over, if anything."""
    return (
        db.session.scalars(
            _bookings()
            .where(
                BookingSlot.purpose == purpose,
                BookingSlot.subject_key == subject_key,
                Booking.party_key == party_key,
                Booking.cancelled_at.is_(None),
                BookingSlot.ends_at > clock.now(),
            )
            .order_by(BookingSlot.starts_at)
        )
        .unique()
        .first()
    )


def seats_of(booking_id: uuid.UUID) -> Sequence[BookingSeat]:
    return db.session.scalars(
        select(BookingSeat)
        .where(BookingSeat.booking_id == booking_id)
        .options(joinedload(BookingSeat.person))
        .order_by(BookingSeat.is_host.desc(), BookingSeat.id)
    ).all()
