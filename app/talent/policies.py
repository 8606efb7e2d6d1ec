"""Who says what of herself, and who may look for others."""

import uuid

from app.accounts.models import Person
from app.accounts.policies import is_approved_company_person
from app.accounts.rules import Role


def has_a_profile(person: Person) -> bool:
    return person.has_role(Role.STUDENT)


def may_search(person: Person, organisation_id: uuid.UUID) -> bool:
    """Whoever acts for an organisation that is approved now; asked at every request."""
    return is_approved_company_person(person, organisation_id)
