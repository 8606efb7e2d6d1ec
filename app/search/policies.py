"""What a searcher may find: the keys that she holds, and what is closed to her all the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.accounts.models import Person
from app.accounts.policies import is_officer, is_operator, organisations_run_by
from app.search.rules import OFFICERS, PUBLIC


@dataclass
class Keys:
    """What opens documents to one person now."""

    places: dict[str, str] = field(default_factory=lambda: {PUBLIC: ""})
    """Each key, with what it puts for ``{place}`` into the address of a document."""
    sealed: set[str] = field(default_factory=set)
    """Documents (by key) that are not found although a key would open them."""

    def add(self, keys: Iterable[str], place: str = "") -> None:
        for key in keys:
            self.places.setdefault(key, place)

    def address(self, path: str, audience: Iterable[str]) -> str:
        """Where a document is for her."""
        if "{place}" not in path:
            return path
        place = next((self.places[key] for key in audience if self.places.get(key)), "")
        return path.replace("{place}", place)


Provider = Callable[[Person, Keys], None]
_providers: list[Provider] = []


def add_provider(provider: Provider) -> Provider:
    """Decorator: let a room hand out its keys. Called once for each search of a signed-in person;
    it sends a constant number of statements."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def keys_of(person: Person | None) -> Keys:
    """All keys of PERSON; nobody in particular holds only the public one."""
    keys = Keys()
    if person is not None:
        for provider in _providers:
            provider(person, keys)
    return keys


@add_provider
def _own_keys(person: Person, keys: Keys) -> None:
    keys.add([f"person:{person.id}"])
    keys.add(f"member:{m.organisation_id}" for m in person.live_memberships)
    keys.add(f"desk:{organisation_id}" for organisation_id in organisations_run_by(person))
    if is_operator(person):
        keys.add(["operators"])
    if is_operator(person) or is_officer(person):
        keys.add([OFFICERS], "/people")
