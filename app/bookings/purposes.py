"""What time is offered for. Rooms above register purposes and say who may do what for them.

A *subject* is one thing of a purpose, as ``brief:ID`` of interviews: known here by name only.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from app.accounts.models import Person
from app.kernel.errors import NotVisible
from app.kernel.i18n import LazyText


@dataclass(frozen=True)
class Meeting:
    """A subject as one person meets it. PATH leads there within the site."""

    title: str
    path: str
    guests: tuple[uuid.UUID, ...] = ()
    """Who sits there when she books: herself, or her team too. Empty: she books nothing here."""
    party_key: str = ""
    """As what they come; empty: ``person:ID`` of herself."""
    may_offer: bool = False
    """Whether she offers time for it, and sees what others of her side offer."""
    organisation_id: uuid.UUID | None = None
    """For whom she offers."""


class Purpose(Protocol):
    """What a room above says; every answer takes a constant number of queries."""

    @property
    def name(self) -> str:
        """Kept in the database, at most 40 letters."""
        ...

    @property
    def title(self) -> LazyText:
        """As ``Interview``."""
        ...

    def meeting(self, person: Person, subject_key: str) -> Meeting:
        """Raises NotVisible when PERSON has nothing to do with the subject."""
        ...

    def known(self, organisation_id: uuid.UUID | None, party_keys: Collection[str]) -> set[str]:
        """Those of PARTY_KEYS whose people the host's side may see now: who took back her consent
        is not among them."""
        ...


PURPOSES: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Let time be offered for PURPOSE. Rooms do this when they are imported."""
    known = PURPOSES.setdefault(purpose.name, purpose)
    if type(known) is not type(purpose):
        raise ValueError(f"The purpose {purpose.name} of bookings is registered twice")


def purpose_of(name: str) -> Purpose:
    """Raises NotVisible when nobody knows it."""
    if name not in PURPOSES:
        raise NotVisible(name)
    return PURPOSES[name]


def meeting_for(person: Person, name: str, subject_key: str) -> Meeting:
    """The subject as PERSON meets it. Raises NotVisible."""
    return purpose_of(name).meeting(person, subject_key)


def known_parties(
    name: str, organisation_id: uuid.UUID | None, party_keys: Collection[str]
) -> set[str]:
    """Whose names the host's side may see; nobody's when nobody knows the purpose any more."""
    if name not in PURPOSES or not party_keys:
        return set()
    return PURPOSES[name].known(organisation_id, party_keys)
