"""Who may do what with people and organisations."""

import uuid
from enum import Enum
from typing import Any

from app.accounts.models import Organisation, Person
from app.accounts.rules import (
    ACTING_ROLES,
    APPLICANT_KINDS,
    COMPANY_ROLES,
    GRANTABLE_BY,
    ROLES_OF,
    SCHOOL_ROLES,
    OrganisationKind,
    Role,
    Standing,
)


class Permission(Enum):
    SEE_PEOPLE = "see everybody's name, address, roles and state"
    SUSPEND_PEOPLE = "suspend and restore people"
    DECIDE_ON_COMPANIES = "approve, return, refuse and suspend companies"
    MANAGE_ORGANISATIONS = "see the pages of some organisation's people and invitations"


def is_operator(person: Person, *_subject: Any) -> bool:
    return person.has_role(Role.OPERATOR)


def is_officer(person: Person, *_subject: Any) -> bool:
    return person.has_role(Role.OFFICER)


def is_department_office(person: Person, organisation: Organisation | None = None) -> bool:
    """Of ORGANISATION, or of any when none is named."""
    return _holds(person, Role.DEPARTMENT_OFFICE, organisation)


def is_instructor(person: Person, organisation: Organisation | None = None) -> bool:
    """In ORGANISATION, or in any when none is named."""
    return _holds(person, Role.INSTRUCTOR, organisation)


GRANTS = {
    Permission.SEE_PEOPLE: [[is_operator], [is_officer]],
    Permission.SUSPEND_PEOPLE: [[is_operator], [is_officer]],
    Permission.DECIDE_ON_COMPANIES: [[is_officer], [is_operator]],
    Permission.MANAGE_ORGANISATIONS: [[is_operator], [is_department_office], [is_instructor]],
}


def can_see_people_of(person: Person, organisation: Organisation) -> bool:
    """The list of an organisation's people, with addresses and student numbers."""
    return is_operator(person) or is_department_office(person, organisation)


def can_manage_roster_of(person: Person, organisation: Organisation) -> bool:
    return organisation.kind == OrganisationKind.SCHOOL and can_see_people_of(person, organisation)


def grantable_roles(person: Person, organisation: Organisation) -> set[Role]:
    """The roles in ORGANISATION that PERSON may give to others."""
    hers = person.roles_in(organisation.id)
    if is_operator(person):
        hers = hers | {Role.OPERATOR}
    allowed = set().union(*(GRANTABLE_BY.get(role, frozenset()) for role in hers))
    return {role for role in allowed if role in ROLES_OF[organisation.kind]}


def can_invite_to(person: Person, organisation: Organisation) -> bool:
    return bool(grantable_roles(person, organisation))


def can_suspend(actor: Person, person: Person) -> bool:
    """Nobody suspends herself; only operators suspend operators and officers."""
    if actor.id == person.id:
        return False
    return is_operator(actor) or (
        is_officer(actor) and not (is_operator(person) or is_officer(person))
    )


def may_use_labs(person: Person) -> bool:
    """Whether she is one of the Hub's users: in good standing, her mail verified, at a school."""
    return (
        person.suspended_at is None
        and person.email_verified_at is not None
        and person.has_role(*SCHOOL_ROLES)
    )


def _holds(person: Person, role: Role, organisation: Organisation | None) -> bool:
    if organisation is None:
        return person.has_role(role)
    return role in person.roles_in(organisation.id)


def organisations_run_by(person: Person) -> set[uuid.UUID]:
    """The organisations whose pages PERSON may open by a role in them (operators: all)."""
    return person.organisations_as(Role.DEPARTMENT_OFFICE, Role.INSTRUCTOR)


def belongs_to(person: Person, organisation: Organisation) -> bool:
    """Whether she is anything of it: owner, representative, employee, mentor."""
    return bool(person.roles_in(organisation.id) & set(COMPANY_ROLES))


def acts_for(person: Person, organisation: Organisation) -> bool:
    """Whether she writes and answers in its name: owner, human resources, representative.

    In whatever standing it is: before it is approved she prepares. Whether she may see anybody's
    data is another question: ``is_approved_company_person``.
    """
    return bool(person.roles_in(organisation.id) & set(ACTING_ROLES))


def is_owner_of(person: Person, organisation: Organisation) -> bool:
    return Role.OWNER in person.roles_in(organisation.id)


def is_approved_company_person(person: Person, organisation_id: uuid.UUID) -> bool:
    """Whether PERSON acts for an organisation that is approved now.

    Ask it on every request before anything of a student is shown to a company, and then her
    consent (``privacy.queries.has_consented``). A suspension holds from the next request on.
    """
    return any(
        m.organisation_id == organisation_id
        and m.role in ACTING_ROLES
        and m.organisation.kind in APPLICANT_KINDS
        and m.organisation.standing == Standing.APPROVED
        for m in person.live_memberships
    )


def acts_for_some(person: Person) -> bool:
    """Whether she acts for any organisation; for menus."""
    return person.has_role(*ACTING_ROLES)


def can_decide_on(person: Person, organisation: Organisation) -> bool:
    """Officers and operators, but nobody on an organisation that she belongs to."""
    return (
        (is_officer(person) or is_operator(person))
        and organisation.kind in APPLICANT_KINDS
        and not person.roles_in(organisation.id)
    )


def can_be_applied_for(person: Person) -> bool:
    """Who may sign an organisation up: anybody whose own mail address is proven."""
    return person.email_verified_at is not None and person.suspended_at is None
