"""Who marks and who sets marking up. Entering the desk is learning's permission to teach."""

from app.accounts.models import Person
from app.learning.models import Section
from app.learning.policies import is_instructor_of, is_on_the_staff


def can_mark(person: Person, section: Section) -> bool:
    """Work of the section: its staff, teaching assistants too; never her own (queries leave it
    out)."""
    return is_on_the_staff(person, section)


def can_set_up(person: Person, section: Section) -> bool:
    """Which rubric is used for what: instructors, not assistants."""
    return is_instructor_of(person, section)
