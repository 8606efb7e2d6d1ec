"""Who may see and do what with grades. Entering the staff's pages is learning's permission."""

import uuid

from app.accounts.models import Person
from app.learning.models import Section
from app.learning.policies import is_instructor_of, is_on_the_staff

__all__ = ["can_grade", "can_see_grades", "can_set_scheme"]


def can_see_grades(person: Person, section: Section) -> bool:
    """Everybody's grades in a section: its staff, teaching assistants too."""
    return is_on_the_staff(person, section)


def can_grade(person: Person, section: Section, student_id: uuid.UUID) -> bool:
    """Staff of the section, never her own grade."""
    return student_id != person.id and is_on_the_staff(person, section)


def can_set_scheme(person: Person, section: Section) -> bool:
    """Weights, columns, scale: instructors, not assistants."""
    return is_instructor_of(person, section)
