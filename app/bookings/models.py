"""Time that is offered, what was booked of it, and who sits where at that time."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, literal_column, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.bookings.rules import MOST_WORDS, BookingState, booking_state
from app.kernel import clock
from app.kernel.database import Model

DURING = func.tstzrange(literal_column("starts_at"), literal_column("ends_at"))


class BookingSlot(Model):
    """Somebody offers a stretch of her time, for a purpose and one subject of it.

    Its times never change: other times are other slots.
    """

    __tablename__ = "booking_slots"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_begins"),
        CheckConstraint("ends_at <= starts_at + interval '8 hours'", name="of_one_day"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_by_somebody"
        ),
        ExcludeConstraint(
            ("host_id", "="),
            ("purpose", "="),
            ("subject_key", "="),
            (DURING, "&&"),
            name="slots_of_a_host_do_not_overlap",
            using="gist",
            where=text("withdrawn_at IS NULL"),
        ),
        Index(None, "purpose", "subject_key", "starts_at"),
    )

    host_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organisations.id"), index=True
    )
    """For whom the host is there; those who act for it see and change the slot as she does."""
    purpose: Mapped[str] = mapped_column(String(40))
    """The name of a registered purpose (``bookings.purposes``)."""
    subject_key: Mapped[str] = mapped_column(String(120))
    """What it is about, as the room above calls it: ``brief:ID``."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(300), default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    """Of a video call; shown to who booked and to the host's side alone."""
    note: Mapped[str] = mapped_column(String(MOST_WORDS), default="")
    offered_at: Mapped[datetime] = mapped_column(default=clock.now)
    offered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)

    host: Mapped[Person] = relationship(foreign_keys=[host_id])
    organisation: Mapped[Organisation | None] = relationship()


class Booking(Model):
    """A slot is taken. What is moved is cancelled and booked anew, and points there."""

    __tablename__ = "bookings"
    __table_args__ = (
        Index(
            "one_live_booking",
            "slot_id",
            unique=True,
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by_id IS NULL)", name="cancelled_by_somebody"
        ),
        CheckConstraint("moved_to_id IS NULL OR cancelled_at IS NOT NULL", name="moved_is_over"),
    )

    slot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("booking_slots.id"), index=True)
    party_key: Mapped[str] = mapped_column(String(120), index=True)
    """As what they come: ``person:ID``, or what the room above says, as ``application:ID``."""
    booked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    booked_at: Mapped[datetime] = mapped_column(default=clock.now)
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    reason: Mapped[str] = mapped_column(String(MOST_WORDS), default="")
    """What whoever cancelled wrote to the others."""
    moved_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bookings.id"), index=True)

    slot: Mapped[BookingSlot] = relationship()
    booked_by: Mapped[Person] = relationship(foreign_keys=[booked_by_id])
    cancelled_by: Mapped[Person | None] = relationship(foreign_keys=[cancelled_by_id])
    seats: Mapped[list["BookingSeat"]] = relationship(
        back_populates="booking", order_by="(BookingSeat.is_host.desc(), BookingSeat.id)"
    )

    @property
    def is_live(self) -> bool:
        return self.cancelled_at is None

    @property
    def state(self) -> BookingState:
        return booking_state(
            ends_at=self.slot.ends_at,
            is_cancelled=not self.is_live,
            is_moved=self.moved_to_id is not None,
            now=clock.now(),
        )


class BookingSeat(Model):
    """Somebody is busy for a booking, as its host or as a guest. Nobody sits twice at one time.

    The database copies the times from the slot, and frees the seat with its booking.
    """

    __tablename__ = "booking_seats"
    __table_args__ = (
        Index(None, "booking_id", "person_id", unique=True),
        ExcludeConstraint(
            ("person_id", "="),
            (DURING, "&&"),
            name="nobody_sits_twice",
            using="gist",
            where=text("released_at IS NULL"),
        ),
    )

    booking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bookings.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    is_host: Mapped[bool]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    released_at: Mapped[datetime | None]

    booking: Mapped[Booking] = relationship(back_populates="seats")
    person: Mapped[Person] = relationship()
