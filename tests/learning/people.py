"""More students than the cast has."""

from app.accounts.models import Person
from app.accounts.operations.memberships import add_membership
from app.accounts.operations.registration import create_person
from app.accounts.queries import organisation_by_slug
from app.accounts.rules import Proof, Role
from app.kernel import clock
from app.kernel.database import db


def student(handle: str, school: str = "rongnan", **membership: str) -> Person:
    """A student of SCHOOL whose mail is confirmed; call it in an application context."""
    person = create_person(name=handle.title(), email=f"{handle}@elsewhere.example", handle=handle)
    assert person is not None
    person.email_verified_at = clock.now()
    organisation = organisation_by_slug(school)
    assert organisation is not None
    add_membership(person, organisation.id, Role.STUDENT, Proof.OPERATOR, **membership)
    db.session.refresh(person)
    return person
