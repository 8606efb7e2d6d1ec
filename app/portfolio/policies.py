"""Who composes pages, and which companies a page can be shown to."""

from app.accounts.models import Organisation, Person
from app.accounts.rules import OrganisationKind, Role

COMPANY_ROLES = (Role.EMPLOYEE, Role.MENTOR)


def composes(person: Person) -> bool:
    """Whether the menu offers it to her: students, and who is on her own."""
    return person.has_role(Role.STUDENT) or not person.live_memberships


def is_of_a_company(person: Person) -> bool:
    return person.has_role(*COMPANY_ROLES)


def can_be_named(organisation: Organisation) -> bool:
    """A company sees nothing of students before it is verified."""
    return organisation.kind is OrganisationKind.COMPANY and organisation.verified_at is not None
