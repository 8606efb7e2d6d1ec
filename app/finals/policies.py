"""Who may settle, correct, decide and export final grades."""

from enum import StrEnum

from app.accounts.models import Person
from app.accounts.rules import Role
from app.finals.models import FinalCorrection
from app.learning.models import Section
from app.learning.policies import (
    is_in_a_department_office,
    is_instructor_of,
    is_office_of,
    is_on_the_staff,
    teaches_somewhere,
)

__all__ = [
    "GRANTS", "Permission", "can_decide", "can_export", "can_see_finals", "can_settle",
]  # fmt: skip


class Permission(StrEnum):
    SEE_FINALS = "see final grades"


GRANTS = {Permission.SEE_FINALS: [[teaches_somewhere], [is_in_a_department_office]]}


def can_see_finals(person: Person, section: Section) -> bool:
    """The section's staff, assistants too, and its school's department office."""
    return is_on_the_staff(person, section) or is_office_of(person, section.school)


def can_settle(person: Person, section: Section) -> bool:
    """Settle, complete, propose corrections: the section's instructors. Those of the lead for a
    mirror course, the local ones for a satellite, each for her own section."""
    return is_instructor_of(person, section)


def can_export(person: Person, section: Section) -> bool:
    return is_instructor_of(person, section) or is_office_of(person, section.school)


def can_decide(person: Person, correction: FinalCorrection) -> bool:
    """The department office, the offering's owner or another instructor; never who proposed it,
    and never the student whose grade it is."""
    if person.id in (correction.proposed_by_id, correction.final.person_id):
        return False
    section = correction.section
    return (
        is_office_of(person, section.school)
        or is_instructor_of(person, section)
        or (
            section.offering.created_by_id == person.id
            and section.offering.school_id in person.organisations_as(Role.INSTRUCTOR)
        )
    )
