"""Shutting somebody out, and letting her in again."""

from sqlalchemy import select

from app.accounts import events, policies
from app.accounts.models import Person
from app.accounts.operations.sign_ins import end_sign_ins
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

__all__ = ["NotYoursToSuspend", "restore_person", "suspend_person"]


class NotYoursToSuspend(Refused):
    message = _l(
        "Nobody can suspend herself, and only operators can suspend operators and officers."
    )


@operation
def suspend_person(actor: Person | None, person: Person, reason: str) -> None:
    """End PERSON's sign-ins and tokens now and refuse new ones; rooms above stop what runs.

    ACTOR None is the command line. Raises NotYoursToSuspend.
    """
    if actor is not None and not policies.can_suspend(actor, person):
        raise NotYoursToSuspend
    if _locked_state(person) is not None:
        return
    person.suspended_at = clock.now()
    person.suspended_by_id = actor.id if actor else None
    person.suspension_reason = reason[:500]
    audit.record(actor.id if actor else None, "suspended", "person", person.id, reason=reason[:500])
    end_sign_ins(person)
    publish(events.PersonSuspended(person.id))


@operation
def restore_person(actor: Person | None, person: Person) -> None:
    """Let PERSON sign in again. Raises NotYoursToSuspend."""
    if actor is not None and not policies.can_suspend(actor, person):
        raise NotYoursToSuspend
    if _locked_state(person) is None or person.erased_at is not None:
        return
    person.suspended_at = None
    person.suspended_by_id = None
    person.suspension_reason = None
    audit.record(actor.id if actor else None, "restored", "person", person.id)
    publish(events.PersonRestored(person.id))


def _locked_state(person: Person) -> object:
    """When she was suspended, after waiting for whoever is changing that or signing her in."""
    return db.session.scalar(
        select(Person.suspended_at).where(Person.id == person.id).with_for_update()
    )
