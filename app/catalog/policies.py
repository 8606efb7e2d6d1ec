"""Who may write courses."""

from enum import StrEnum
from typing import Any

from app.accounts.models import Person
from app.accounts.policies import is_officer
from app.accounts.rules import Role
from app.catalog.models import Course


class Permission(StrEnum):
    WRITE_COURSES = "write_courses"
    EDIT_CLUSTERS = "edit_clusters"


def instructs_somewhere(person: Person, *_subject: Any) -> bool:
    return person.has_role(Role.INSTRUCTOR)


GRANTS = {
    Permission.WRITE_COURSES: [[instructs_somewhere]],
    # A cluster belongs to the programme and binds students of every school.
    Permission.EDIT_CLUSTERS: [[is_officer]],
}


def can_edit(person: Person, course: Course) -> bool:
    """Instructors of the school that leads it, and instructors elsewhere who were added by name."""
    if course.school_id in person.organisations_as(Role.INSTRUCTOR):
        return True
    return instructs_somewhere(person) and any(
        place.person_id == person.id and place.ended_at is None for place in course.editors
    )
