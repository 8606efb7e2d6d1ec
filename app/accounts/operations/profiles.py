"""What somebody says about herself."""

from app.accounts.events import AccountSeen, ProfileChanged
from app.accounts.models import Person
from app.accounts.rules import normalise_name
from app.kernel.events import publish
from app.kernel.i18n import LOCALES
from app.kernel.transaction import operation

__all__ = ["change_profile", "note_look"]


@operation
def change_profile(person: Person, *, name: str, locale: str) -> None:
    """Change the name that others see and the language of pages and mails."""
    if locale not in LOCALES:
        raise ValueError(f"unknown language {locale!r}")
    person.name = normalise_name(name)
    person.locale = locale
    publish(ProfileChanged(person.id))


@operation
def note_look(viewer: Person, person: Person) -> None:
    """VIEWER, who looks after people, opened PERSON's page; she is told who did."""
    publish(AccountSeen(person.id, viewer.id))
