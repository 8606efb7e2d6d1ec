"""What rooms above may want to know of appointments."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class Booked:
    booking_id: uuid.UUID
    purpose: str
    subject_key: str
    party_key: str


@dataclass(frozen=True)
class BookingCancelled:
    booking_id: uuid.UUID
    purpose: str
    subject_key: str
    party_key: str
    by_id: uuid.UUID


@dataclass(frozen=True)
class BookingMoved:
    """From the booking BEFORE_ID, which is over, to BOOKING_ID."""

    before_id: uuid.UUID
    booking_id: uuid.UUID
    purpose: str
    subject_key: str
    party_key: str
