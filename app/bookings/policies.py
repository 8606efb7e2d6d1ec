"""Who sees an appointment, and who of it sees whom."""

from app.accounts.models import Person
from app.accounts.policies import is_approved_company_person
from app.bookings.models import Booking, BookingSlot


def is_of_the_hosts_side(person: Person, slot: BookingSlot) -> bool:
    """The host, as long as the organisation that she is there for is in good standing, and
    whoever acts for that organisation."""
    if slot.organisation_id is None:
        return slot.host_id == person.id
    return is_approved_company_person(person, slot.organisation_id)


def sits_there(person: Person, booking: Booking) -> bool:
    return person.id in {seat.person_id for seat in booking.seats}
