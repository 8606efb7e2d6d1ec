"""Reading slots and appointments, always through a person where she is shown them."""

from app.bookings.queries.appointments import (
    Appointment,
    appointments_of,
    booking_for,
    coming_of,
    live_booking_of,
    met_by,
    seats_of,
)
from app.bookings.queries.slots import (
    SlotView,
    own_offers,
    slot_for,
    slots_for,
    subject_of,
)

__all__ = [
    "Appointment",
    "SlotView",
    "appointments_of",
    "booking_for",
    "coming_of",
    "live_booking_of",
    "met_by",
    "own_offers",
    "seats_of",
    "slot_for",
    "slots_for",
    "subject_of",
]
