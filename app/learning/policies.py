"""Who may do what with sections."""

from enum import StrEnum

from app.accounts.models import Person
from app.accounts.rules import Role
from app.learning.models import Enrolment, Section
from app.learning.rules import StaffRole


class Permission(StrEnum):
    TEACH = "teach"


def teaches_somewhere(person: Person) -> bool:
    return person.has_role(Role.INSTRUCTOR, Role.TEACHING_ASSISTANT)


GRANTS = {Permission.TEACH: [[teaches_somewhere]]}


def is_student_of_the_school(person: Person, section: Section) -> bool:
    """Whether she is a student of the section's school now."""
    return section.school_id in person.organisations_as(Role.STUDENT)


def is_on_the_staff(person: Person, section: Section) -> bool:
    """Whether she teaches the section now and still teaches at its school."""
    return any(
        place.person_id == person.id and place.ended_at is None for place in section.staff
    ) and section.school_id in person.organisations_as(Role.INSTRUCTOR, Role.TEACHING_ASSISTANT)


def is_instructor_of(person: Person, section: Section) -> bool:
    return any(
        place.person_id == person.id
        and place.ended_at is None
        and place.role is StaffRole.INSTRUCTOR
        for place in section.staff
    ) and section.school_id in person.organisations_as(Role.INSTRUCTOR)


def can_enrol(person: Person, section: Section) -> bool:
    """Authority only: whether the section takes anyone is ``is_open_to_enrol``."""
    return is_student_of_the_school(person, section)


def can_withdraw(person: Person, enrolment: Enrolment) -> bool:
    return enrolment.person_id == person.id
