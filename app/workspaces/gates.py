"""What stands before the start of a server: a room above decides, and explains what went wrong.

One keeper is set by ``configure``; without one every start is let through.
"""

from dataclasses import dataclass
from typing import Protocol

from app.accounts.models import Person
from app.kernel.errors import Refused
from app.kernel.i18n import LazyText
from app.learning.models import Section


class NotNow(Refused):
    """Her server is not started now; ``message`` says why and until when.

    ``path`` leads to where she waits for it, within the site, if there is such a place.
    """

    def __init__(self, message: LazyText | str, *, path: str | None = None) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True)
class Explanation:
    """Why a start failed, for her who started it."""

    happened: str
    advice: str
    reference: str
    """A number that operators find it by."""


class Keeper(Protocol):
    def admit(
        self,
        person: Person,
        section: Section | None,
        lab_slug: str,
        *,
        environment: str = "",
        as_is: bool = False,
    ) -> None:
        """Note that her server is about to start for a lab of ENVIRONMENT, or that she opens it in
        the one that runs; AS_IS, although that was made for another. No SECTION: a lab's author
        opens its source. Raises NotNow."""

    def note(self, person: Person, state: str) -> Explanation | None:
        """Hear that her server was seen in STATE while she waits; why its start failed, if so."""


class NoKeeper:
    """Satisfies Keeper: lets everybody through and knows no reasons."""

    def admit(
        self,
        person: Person,
        section: Section | None,
        lab_slug: str,
        *,
        environment: str = "",
        as_is: bool = False,
    ) -> None:
        return None

    def note(self, person: Person, state: str) -> Explanation | None:
        return None


_keeper: Keeper = NoKeeper()


def configure(made: Keeper) -> None:
    global _keeper
    _keeper = made


def keeper() -> Keeper:
    return _keeper
