"""A purpose of the tests: office hours of lin, for whoever is among its guests."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.accounts.models import Person
from app.bookings import operations
from app.bookings.models import BookingSlot
from app.bookings.purposes import PURPOSES, Meeting
from app.bookings.rules import Span
from app.kernel.errors import NotVisible
from app.kernel.i18n import LazyText

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""A Monday, 9:00 in Taipei."""
KEY = "hours:1"


@dataclass
class Hours:
    """Everybody in BOOKERS books for herself; PARTIES come together; HIDDEN have taken consent
    back; HOSTS offer."""

    name: str = "test-hours"
    title: LazyText = field(default_factory=lambda: LazyText("Office hours", {}))
    bookers: set[uuid.UUID] = field(default_factory=set)
    hosts: set[uuid.UUID] = field(default_factory=set)
    parties: dict[uuid.UUID, tuple[str, tuple[uuid.UUID, ...]]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    organisation_id: uuid.UUID | None = None

    def meeting(self, person: Person, subject_key: str) -> Meeting:
        if subject_key != KEY or person.id not in self.bookers | self.hosts | set(self.parties):
            raise NotVisible(subject_key)
        party, guests = self.parties.get(person.id, ("", (person.id,)))
        return Meeting(
            "Questions about squares",
            "/courses",
            guests=() if person.id in self.hosts else guests,
            party_key=party,
            may_offer=person.id in self.hosts,
            organisation_id=self.organisation_id,
        )

    def known(self, organisation_id: uuid.UUID | None, party_keys: Collection[str]) -> set[str]:
        return set(party_keys) - self.hidden


def opened(cast, *bookers: str, hosts: tuple[str, ...] = ("lin",)) -> Hours:
    """The purpose, known to the house until ``closed``."""
    hours = Hours()
    with cast.app.app_context():
        hours.bookers = {cast.person(handle).id for handle in bookers}
        hours.hosts = {cast.person(handle).id for handle in hosts}
    PURPOSES[hours.name] = hours
    return hours


def closed() -> None:
    PURPOSES.pop("test-hours", None)


def span(hours: float, minutes: int = 30) -> Span:
    """MINUTES from HOURS after NOW."""
    begin = NOW + timedelta(hours=hours)
    return Span(begin, begin + timedelta(minutes=minutes))


def offered(host: Person, *spans: Span, **options) -> list[BookingSlot]:
    return operations.offer_slots(
        host,
        spans,
        **{"purpose": "test-hours", "subject_key": KEY, "place": "Room 3"} | options,
    )
