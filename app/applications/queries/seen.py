"""An application, and a board of them, as the company meets them: what templates may show."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from app.accounts.models import Person
from app.accounts.rules import Role
from app.applications.models import Application, ApplicationFile
from app.applications.rules import (
    COLUMNS,
    ENDED,
    Eligibility,
    State,
    blinded,
    file_name,
    is_too_long,
)
from app.briefs.models import Brief
from app.kernel import clock
from app.kernel.i18n import gettext as _
from app.teams.models import Team

__all__ = ["Board", "Seen", "SeenFile", "names_of", "wholes_of"]


@dataclass(frozen=True)
class SeenFile:
    """A file as the company meets it: its name may be another one."""

    file: ApplicationFile
    name: str


@dataclass(frozen=True)
class Seen:
    """An application as the company meets it now. Templates show nothing but this."""

    application: Application
    people: tuple[Person, ...]
    """Whose it is and who consent, by name; never shown while ``is_hidden``."""
    eligibility: Eligibility

    @property
    def id(self) -> uuid.UUID:
        return self.application.id

    @property
    def state(self) -> State:
        return self.application.state

    @property
    def number(self) -> int:
        return self.application.number or 0

    @property
    def is_hidden(self) -> bool:
        return self.application.is_hidden

    @property
    def size(self) -> int:
        """How many people it is the application of."""
        return len(self.application.people)

    @property
    def silent_count(self) -> int:
        """Members who do not consent: of them nothing is shown."""
        return self.size - len(self.people)

    @property
    def name(self) -> str:
        if self.is_hidden:
            return _("Applicant %(number)s", number=self.number)
        if self.application.team is not None:
            return self.application.team.name
        return self.people[0].name

    @property
    def members(self) -> list[tuple[str, str]]:
        """(name, school) of everybody who consents; nobody while names are hidden."""
        if self.is_hidden:
            return []
        return [(person.name, school_of(person)) for person in self.people]

    @cached_property
    def statement(self) -> str:
        return self._read(self.application.statement)

    @property
    def links(self) -> list[dict[str, str]]:
        return [] if self.is_hidden else self.application.links

    @property
    def files(self) -> list[SeenFile]:
        """Hidden ones are those that she did not say to be nameless."""
        rows = self.application.files
        if not self.is_hidden:
            return [SeenFile(row, row.name) for row in rows]
        return [
            SeenFile(row, file_name(self.number, place, row.name))
            for place, row in enumerate(rows, 1)
            if row.is_nameless
        ]

    @property
    def haystack(self) -> str:
        """What a search looks through, folded: nothing that is hidden."""
        words = [self.name, self.statement, *(w for pair in self.members for w in pair)]
        return " ".join(words).casefold()

    @property
    def waits_too_long(self) -> bool:
        """Nothing was answered for more than ten days."""
        a = self.application
        return (
            a.answered_at is None
            and a.ended_at is None
            and a.applied_at is not None
            and is_too_long(a.applied_at, clock.now())
        )

    @property
    def waiting_days(self) -> int:
        """Whole days since she applied."""
        applied = self.application.applied_at or clock.now()
        return (clock.now() - applied) // timedelta(days=1)

    def _read(self, text: str) -> str:
        if not self.is_hidden:
            return text
        people = [row.person for row in self.application.people]
        return blinded(text, names_of(people), wholes_of(people, self.application.team))


def names_of(people: Iterable[Person]) -> list[str]:
    """What is taken out word by word of what somebody wrote."""
    return [word for person in people for word in (person.name, person.handle)]


def wholes_of(people: Iterable[Person], team: Team | None) -> list[str]:
    """What is taken out as a whole: schools in both languages, departments, numbers, the team."""
    found = [team.name] if team is not None else []
    for person in people:
        found.append(person.email)
        for membership in person.memberships:
            found += dict(membership.organisation.name).values()
            found += [membership.department or "", membership.student_number or ""]
    return found


def school_of(person: Person) -> str:
    """Where she is a student now; empty when nowhere."""
    return next(
        (str(m.organisation.name) for m in person.live_memberships if m.role is Role.STUDENT), ""
    )


@dataclass(frozen=True)
class Board:
    """Everybody whom the company may see for one brief."""

    brief: Brief
    rows: tuple[Seen, ...]
    is_blind: bool
    seats_taken: int

    @property
    def columns(self) -> list[tuple[State, list[Seen]]]:
        return [(s, [row for row in self.rows if row.state is s]) for s in COLUMNS]

    @property
    def ended(self) -> list[Seen]:
        return [row for row in self.rows if row.state in ENDED]

    def only(self, *, tag: str = "", search: str = "") -> "Board":
        """The same board with those that have TAG and SEARCH in what the company reads of them."""
        kept = [
            row
            for row in self.rows
            if (not tag or any(one.tag == tag for one in row.application.tags))
            and (not search or search in row.haystack)
        ]
        return replace(self, rows=tuple(kept))

    @property
    def tags(self) -> list[str]:
        return sorted({tag.tag for row in self.rows for tag in row.application.tags})
