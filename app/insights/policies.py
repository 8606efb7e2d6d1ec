"""Who may see figures about a section and who says from when on they matter.

Entering the staff's pages is learning's permission to teach. Students see nothing of this room.
"""

from app.accounts.models import Person
from app.learning.models import Section
from app.learning.policies import can_manage_section, is_instructor_of, is_on_the_staff

__all__ = ["can_give_time", "can_see_insights", "can_set_thresholds"]


def can_see_insights(person: Person, section: Section) -> bool:
    """Figures, who may need attention, similar parts: the section's staff, who may grade it."""
    return is_on_the_staff(person, section)


def can_set_thresholds(person: Person, section: Section) -> bool:
    """From when on somebody is listed: instructors, not assistants."""
    return is_instructor_of(person, section)


def can_give_time(person: Person, section: Section) -> bool:
    """Extensions, as learning has it: instructors and the department office."""
    return can_see_insights(person, section) and can_manage_section(person, section)
