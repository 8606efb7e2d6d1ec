"""Offering time, and taking an offer back."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.bookings.models import Booking, BookingSlot
from app.bookings.operations.booking import cancel, lock_slots
from app.bookings.rules import BadTimes, Span, check
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

__all__ = ["CannotOffer", "offer_slots", "withdraw_slot"]


class CannotOffer(Refused):
    """Times that cannot be offered."""


@operation
def offer_slots(
    host: Person,
    spans: Sequence[Span],
    *,
    purpose: str,
    subject_key: str,
    organisation_id: uuid.UUID | None = None,
    place: str = "",
    link: str = "",
    note: str = "",
    by: Person | None = None,
) -> list[BookingSlot]:
    """HOST can be met at each of SPANS, for PURPOSE and its subject. BY: who enters it for her.

    The same hour may be offered for several things: the first booking takes it from the others.
    Raises CannotOffer.
    """
    try:
        check(spans, clock.now())
    except BadTimes as error:
        raise CannotOffer(error.message) from error
    slots = [
        BookingSlot(
            host_id=host.id,
            organisation_id=organisation_id,
            purpose=purpose,
            subject_key=subject_key,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            place=place,
            link=link,
            note=note,
            offered_by_id=(by or host).id,
        )
        for span in spans
    ]
    try:
        with db.session.begin_nested():
            db.session.add_all(slots)
            db.session.flush()
    except IntegrityError as error:
        if "slots_of_a_host_do_not_overlap" not in str(error.orig):
            raise
        raise CannotOffer(
            _l("One of these times overlaps what is offered here already. Nothing was added.")
        ) from error
    audit.record((by or host).id, "bookings.offered", purpose, subject_key, count=len(slots))
    return slots


@operation
def withdraw_slot(person: Person, slot: BookingSlot, *, reason: str = "") -> None:
    """Offer SLOT no more; who had booked it is told, with REASON. Again: nothing happens."""
    lock_slots((slot.id,))
    db.session.refresh(slot)
    if slot.withdrawn_at is not None:
        return
    live = db.session.scalar(
        select(Booking).where(Booking.slot_id == slot.id, Booking.cancelled_at.is_(None))
    )
    if live is not None:
        cancel(person, live, reason=reason)
    slot.withdrawn_at, slot.withdrawn_by_id = clock.now(), person.id
    db.session.flush()
    audit.record(person.id, "bookings.withdrawn", "booking_slot", slot.id)
