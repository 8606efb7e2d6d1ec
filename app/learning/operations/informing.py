"""Whom a school enrolled has been shown what happens with her data."""

from app.accounts.models import Person
from app.kernel.transaction import operation
from app.learning.queries.informing import schools_to_tell
from app.privacy import operations as privacy
from app.privacy.rules import ENROLMENT

__all__ = ["read_notices"]


@operation
def read_notices(person: Person) -> None:
    """Note for each school that enrolled PERSON that she was shown the notice of today."""
    for school in schools_to_tell(person):
        privacy.inform(person.id, ENROLMENT.name, school.id)
