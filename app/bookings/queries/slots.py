"""Time that is offered, and what became of it."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.accounts.models import Person
from app.bookings.models import Booking, BookingSeat, BookingSlot
from app.bookings.purposes import PURPOSES, Meeting, meeting_for
from app.bookings.rules import SlotState, slot_state
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page

__all__ = ["SlotView", "is_busy", "own_offers", "slot_for", "slots_for", "subject_of"]


@dataclass(frozen=True)
class SlotView:
    """A slot with what became of it. BOOKING: the live one, only for who may know of it."""

    slot: BookingSlot
    state: SlotState
    booking: Booking | None


def is_busy() -> ColumnElement[bool]:
    """Whether the host of a slot sits somewhere else at its time."""
    seat, other = aliased(BookingSeat), aliased(Booking)
    return (
        exists()
        .where(
            seat.person_id == BookingSlot.host_id,
            seat.released_at.is_(None),
            func.tstzrange(seat.starts_at, seat.ends_at).op("&&")(
                func.tstzrange(BookingSlot.starts_at, BookingSlot.ends_at)
            ),
            seat.booking_id == other.id,
            other.slot_id != BookingSlot.id,
        )
        .correlate(BookingSlot)
    )


def _slots() -> Select[BookingSlot, Booking, bool]:
    """Slots, the live booking of each or None, and whether its host is elsewhere."""
    return (
        select(BookingSlot, Booking, is_busy())
        .outerjoin(Booking, (Booking.slot_id == BookingSlot.id) & Booking.cancelled_at.is_(None))
        .options(
            joinedload(BookingSlot.host),
            joinedload(BookingSlot.organisation),
            selectinload(Booking.seats).joinedload(BookingSeat.person),
        )
        .order_by(BookingSlot.starts_at, BookingSlot.id)
    )


def _view(slot: BookingSlot, booking: Booking | None, busy: bool, knows: bool) -> SlotView:
    state = slot_state(
        starts_at=slot.starts_at,
        is_withdrawn=slot.withdrawn_at is not None,
        is_booked=booking is not None,
        is_busy=busy,
        now=clock.now(),
    )
    return SlotView(slot, state, booking if knows else None)


def slots_for(purpose: str, subject_key: str, *, free_only: bool = False) -> list[SlotView]:
    """Every slot of a subject that is not withdrawn, in their order; two statements.

    FREE_ONLY: those that can be booked now, without who booked others.
    """
    statement = _slots().where(
        BookingSlot.purpose == purpose,
        BookingSlot.subject_key == subject_key,
        BookingSlot.withdrawn_at.is_(None),
    )
    if free_only:
        statement = statement.where(
            BookingSlot.starts_at > clock.now(), Booking.id.is_(None), ~is_busy()
        )
    rows = db.session.execute(statement).unique().all()
    return [_view(slot, booking, busy, not free_only) for slot, booking, busy in rows]


def slot_for(person: Person, slot_id: uuid.UUID) -> tuple[BookingSlot, Meeting]:
    """A slot, and its subject as PERSON meets it. Raises NotVisible."""
    slot = db.session.get(BookingSlot, slot_id)
    if slot is None:
        raise NotVisible(str(slot_id))
    return slot, meeting_for(person, slot.purpose, slot.subject_key)


def own_offers(person: Person, page: int | None = 1) -> Listed[SlotView]:
    """What PERSON offers from now on, whatever it is for."""
    statement = _slots().where(
        BookingSlot.host_id == person.id,
        BookingSlot.withdrawn_at.is_(None),
        BookingSlot.ends_at > clock.now(),
    )
    chosen, total, page = one_page(statement, page)
    rows = db.session.execute(chosen).unique().all()
    return Listed([_view(slot, booking, busy, True) for slot, booking, busy in rows], total, page)


def subject_of(person: Person, slot: BookingSlot) -> Meeting | None:
    """What SLOT is about as PERSON meets it; None when she may not go there any more."""
    if slot.purpose not in PURPOSES:
        return None
    try:
        return meeting_for(person, slot.purpose, slot.subject_key)
    except NotVisible:
        return None
