"""Where people talk. Rooms above register kinds of places and say who may do what there.

A *place* is what shares its people, such as a section of a course; a *subject* is one thing in it
that is talked about, such as a lesson. Both are known here by name only: ``section:areas-114-1``
and ``lesson:areas``. A name begins with the kind of the place.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from app.accounts.models import Person
from app.kernel.errors import NotVisible


@dataclass(frozen=True)
class Subject:
    """One thing of a place as one person meets it. PATH leads there within the site."""

    key: str
    title: str
    path: str


@dataclass(frozen=True)
class Place:
    """A place as one person meets it who may read there."""

    key: str
    title: str
    path: str
    subjects: Mapping[str, Subject]
    """What is open to her, by key, in its order; all else does not exist for her."""
    may_write: bool
    may_moderate: bool
    moderators: frozenset[uuid.UUID] = field(default_factory=frozenset)
    """Whose posts are marked as those of the staff."""
    is_private: bool = False
    """Two sides talk with each other: news of it tells neither names nor words."""
    names: Mapping[uuid.UUID, str] = field(default_factory=dict)
    """How some are called here, whose names she is not told."""
    veil: Callable[[str], str] = str
    """Takes out of what others wrote what she is not told."""

    def name_of(self, person: Person) -> str:
        return self.names.get(person.id, person.name)


class PlaceKind(Protocol):
    """What a room above says about its places; every answer takes a constant number of queries."""

    @property
    def name(self) -> str:
        """What its places' names begin with, up to the colon."""
        ...

    def place(self, person: Person, key: str) -> Place:
        """Raises NotVisible when PERSON may not read there."""
        ...

    def readers(self, key: str, among: Collection[uuid.UUID]) -> set[uuid.UUID]:
        """Those AMONG them who may still read there."""
        ...

    def moderators(self, key: str) -> set[uuid.UUID]:
        """Who looks after the place now."""
        ...

    def moderated_by(self, person: Person) -> set[str]:
        """The names of the places that PERSON looks after."""
        ...


class PrivateKind(PlaceKind, Protocol):
    """Places where two sides talk with each other."""

    def audience(self, key: str) -> set[uuid.UUID]:
        """Everybody who may read there now, to be told that something was written."""
        ...


KINDS: dict[str, PlaceKind] = {}


def register(kind: PlaceKind) -> None:
    """Let people talk in places of KIND. Rooms do this when they are imported."""
    known = KINDS.setdefault(kind.name, kind)
    if type(known) is not type(kind):
        raise ValueError(f"Places of kind {kind.name} are registered twice")


def kind_of(key: str) -> PlaceKind:
    """Raises NotVisible when nobody knows such places."""
    name, colon, _rest = key.partition(":")
    if not colon or name not in KINDS:
        raise NotVisible(key)
    return KINDS[name]


def audience(key: str) -> set[uuid.UUID] | None:
    """Whom to tell of anything that is written there; None: it is no private place."""
    kind = kind_of(key)
    return kind.audience(key) if hasattr(kind, "audience") else None


def place_for(person: Person, key: str) -> Place:
    """The place KEY as PERSON meets it. Raises NotVisible."""
    return kind_of(key).place(person, key)


def readers(key: str, among: Collection[uuid.UUID]) -> set[uuid.UUID]:
    return kind_of(key).readers(key, among) if among else set()


def moderators(key: str) -> set[uuid.UUID]:
    return kind_of(key).moderators(key)


def moderated_by(person: Person) -> set[str]:
    """Every place that PERSON looks after."""
    return set().union(*(kind.moderated_by(person) for kind in KINDS.values()))
