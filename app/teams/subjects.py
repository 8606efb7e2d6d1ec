"""What teams form for. Rooms above register kinds of subjects and say what each one wants.

A subject is known here by name only, ``brief:ID``: the kind up to the colon.
"""

from dataclasses import dataclass
from typing import Protocol

from app.accounts.models import Person
from app.kernel.errors import NotVisible
from app.teams.rules import Wanted


@dataclass(frozen=True)
class Subject:
    """A subject as one person meets it. PATH leads there within the site."""

    key: str
    title: str
    path: str
    least: int
    most: int
    """How many members its teams have."""
    wanted: tuple[Wanted, ...] = ()


class SubjectKind(Protocol):
    """What a room above says of its subjects; every answer takes a constant number of queries."""

    @property
    def name(self) -> str: ...

    def subject(self, person: Person, key: str) -> Subject:
        """Raises NotVisible when PERSON may not see it, or it takes no teams."""
        ...


KINDS: dict[str, SubjectKind] = {}


def register(kind: SubjectKind) -> None:
    """Let teams form for subjects of KIND. Rooms do this when they are imported."""
    known = KINDS.setdefault(kind.name, kind)
    if type(known) is not type(kind):
        raise ValueError(f"Subjects of kind {kind.name} are registered twice")


def subject_for(person: Person, key: str) -> Subject:
    """The subject KEY as PERSON meets it. Raises NotVisible."""
    name, colon, _rest = key.partition(":")
    if not colon or name not in KINDS:
        raise NotVisible(key)
    return KINDS[name].subject(person, key)


def subject_or_none(person: Person, key: str) -> Subject | None:
    """The same; None when there is none for her."""
    try:
        return subject_for(person, key) if key else None
    except NotVisible:
        return None
