"""Who may do what with offerings and sections."""

from enum import StrEnum
from typing import Any

from app.accounts.models import Organisation, Person
from app.accounts.policies import is_officer, is_operator
from app.accounts.rules import Role
from app.learning.models import Announcement, Enrolment, Offering, RecognitionRequest, Section
from app.learning.rules import Authorisation, OfferingKind, StaffRole


class Permission(StrEnum):
    TEACH = "teach"
    MANAGE_OFFERINGS = "manage offerings"
    SEE_REPORTS = "see enrolment reports"
    DECIDE_RECOGNITION = "decide on credit recognition"
    ANNOUNCE_TO_ALL = "announce to people of every school"


def teaches_somewhere(person: Person, *_subject: Any) -> bool:
    return person.has_role(Role.INSTRUCTOR, Role.TEACHING_ASSISTANT)


def is_instructor_somewhere(person: Person, *_subject: Any) -> bool:
    return person.has_role(Role.INSTRUCTOR)


def is_in_a_department_office(person: Person, *_subject: Any) -> bool:
    return person.has_role(Role.DEPARTMENT_OFFICE)


GRANTS = {
    Permission.TEACH: [[teaches_somewhere]],
    Permission.MANAGE_OFFERINGS: [[teaches_somewhere], [is_in_a_department_office]],
    Permission.SEE_REPORTS: [[is_in_a_department_office], [is_officer], [is_operator]],
    Permission.DECIDE_RECOGNITION: [[is_in_a_department_office]],
    Permission.ANNOUNCE_TO_ALL: [[is_officer], [is_operator]],
}


def is_student_of_the_school(person: Person, section: Section) -> bool:
    """Whether she is a student of the section's school now."""
    return section.school_id in person.organisations_as(Role.STUDENT)


def _teaches_for(person: Person, section: Section, *roles: Role) -> bool:
    """Whether she still teaches at a school whose people teach SECTION.

    A mirror course is taught and graded by the lead's instructors (封閉型授權).
    """
    schools = person.organisations_as(*roles)
    offering = section.offering
    return section.school_id in schools or (
        offering.kind is OfferingKind.MIRROR
        and offering.lead is not None
        and offering.lead.school_id in schools
    )


def is_on_the_staff(person: Person, section: Section) -> bool:
    """Whether she teaches the section now and still teaches at its school."""
    # Her memberships are at hand; who teaches the section may have to be asked for.
    return _teaches_for(person, section, Role.INSTRUCTOR, Role.TEACHING_ASSISTANT) and any(
        place.person_id == person.id and place.ended_at is None for place in section.staff
    )


def is_instructor_of(person: Person, section: Section) -> bool:
    return _teaches_for(person, section, Role.INSTRUCTOR) and any(
        place.person_id == person.id
        and place.ended_at is None
        and place.role is StaffRole.INSTRUCTOR
        for place in section.staff
    )


def is_office_of(person: Person, school: Organisation | None) -> bool:
    return school is not None and Role.DEPARTMENT_OFFICE in person.roles_in(school.id)


def can_see_people(person: Person, section: Section) -> bool:
    """Who takes the section, who waits, who was there."""
    return is_on_the_staff(person, section) or is_office_of(person, section.school)


def can_manage_section(person: Person, section: Section) -> bool:
    """Its settings, its roster, approvals, extensions."""
    return is_instructor_of(person, section) or is_office_of(person, section.school)


def can_open_offering(person: Person, school: Organisation) -> bool:
    return bool(person.roles_in(school.id) & {Role.INSTRUCTOR, Role.DEPARTMENT_OFFICE})


def can_manage_offering(person: Person, offering: Offering) -> bool:
    """Its dates, conditions, version, copies and sections."""
    return (
        is_office_of(person, offering.school)
        or (
            offering.created_by_id == person.id
            and offering.school_id in person.organisations_as(Role.INSTRUCTOR)
        )
        or any(is_instructor_of(person, section) for section in offering.sections)
    )


def can_see_offering(person: Person, offering: Offering) -> bool:
    return can_manage_offering(person, offering) or any(
        can_see_people(person, section) for section in offering.sections
    )


def may_change_conditions(offering: Offering) -> bool:
    """State, not authority: a satellite under a conditional authorisation keeps the lead's design,
    and a mirror is the lead's altogether."""
    if offering.lead is None:
        return True
    return offering.lead.authorisation is Authorisation.OPEN


def can_enrol(person: Person, section: Section) -> bool:
    """Authority only: whether the section takes anyone is ``is_open_to_enrol``."""
    return is_student_of_the_school(person, section)


def can_withdraw(person: Person, enrolment: Enrolment) -> bool:
    return enrolment.person_id == person.id


def can_decide_recognition(person: Person, request: RecognitionRequest) -> bool:
    """The receiving school's department office, never the student herself."""
    return request.person_id != person.id and is_office_of(person, request.school)


def can_change_announcement(person: Person, announcement: Announcement) -> bool:
    """Whoever could make it: the section's staff and office, who manages the offering, or the
    programme's officers."""
    if announcement.section is not None:
        return can_see_people(person, announcement.section)
    if announcement.offering is not None:
        return can_manage_offering(person, announcement.offering)
    return is_officer(person) or is_operator(person)
