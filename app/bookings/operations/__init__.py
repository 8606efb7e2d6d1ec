"""Offering time, taking it, giving it back."""

from app.bookings.operations.booking import (
    AlreadyBooked,
    GuestBusy,
    NotForYou,
    SlotTaken,
    book,
    cancel,
    move,
)
from app.bookings.operations.reminding import remind
from app.bookings.operations.slots import CannotOffer, offer_slots, withdraw_slot

__all__ = [
    "AlreadyBooked",
    "CannotOffer",
    "GuestBusy",
    "NotForYou",
    "SlotTaken",
    "book",
    "cancel",
    "move",
    "offer_slots",
    "remind",
    "withdraw_slot",
]
