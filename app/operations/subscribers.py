"""What stands before the start of a server."""

from flask import current_app

from app.accounts.models import Person
from app.learning.models import Section
from app.operations import operations
from app.workspaces import gates
from app.workspaces.gates import Explanation


class Keeper:
    """Satisfies gates.Keeper: maintenance and quotas before a start, reasons after it."""

    def admit(
        self,
        person: Person,
        section: Section | None,
        lab_slug: str,
        *,
        environment: str = "",
        as_is: bool = False,
    ) -> None:
        operations.open_lab(person, section, lab_slug, environment=environment, as_is=as_is)

    def note(self, person: Person, state: str) -> Explanation | None:
        instance = current_app.extensions["config"].instance
        return operations.note_state(person, state, instance=instance)


gates.configure(Keeper())
