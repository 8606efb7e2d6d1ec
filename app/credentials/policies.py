"""Who may issue, revoke and say what is awarded."""

from enum import StrEnum

from app.accounts.models import Person
from app.accounts.policies import is_officer, is_operator
from app.accounts.rules import Role
from app.credentials.models import Award, Issuer
from app.learning.policies import is_in_a_department_office

__all__ = ["GRANTS", "Permission", "can_manage", "can_manage_rules", "is_holder"]


class Permission(StrEnum):
    ISSUE_CREDENTIALS = "see what a school or the programme has issued, revoke it, change keys"
    SET_AWARD_RULES = "say what credentials are awarded for"


GRANTS = {
    Permission.ISSUE_CREDENTIALS: [[is_in_a_department_office], [is_officer], [is_operator]],
    Permission.SET_AWARD_RULES: [[is_officer], [is_operator]],
}


def can_manage(person: Person, issuer: Issuer) -> bool:
    """The school's department office for its own; officers and operators for all."""
    if is_officer(person) or is_operator(person):
        return True
    school = issuer.organisation_id
    return school is not None and Role.DEPARTMENT_OFFICE in person.roles_in(school)


def can_manage_rules(person: Person) -> bool:
    return is_officer(person) or is_operator(person)


def is_holder(person: Person, award: Award) -> bool:
    return award.person_id is not None and award.person_id == person.id
