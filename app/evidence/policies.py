"""Who may see and vouch for evidence. Entering the staff's pages is learning's permission."""

from app.accounts.models import Person
from app.catalog.policies import can_edit
from app.evidence.models import Evidence
from app.evidence.rules import Vouching
from app.learning.models import Section
from app.learning.policies import is_instructor_of, is_on_the_staff

__all__ = ["can_confirm", "can_map", "can_see_evidence", "is_vouched"]


def can_see_evidence(person: Person, section: Section) -> bool:
    """What students of SECTION showed in it: its staff, teaching assistants too."""
    return is_on_the_staff(person, section)


def can_confirm(person: Person, section: Section) -> bool:
    """Vouching, ordering and attesting repeats: instructors, not assistants."""
    return is_instructor_of(person, section)


def can_map(person: Person, section: Section) -> bool:
    """What items of a course prove, for every school that teaches it: who edits the course."""
    course = section.offering.course_version.course
    return is_instructor_of(person, section) and can_edit(person, course)


def is_vouched(evidence: Evidence) -> bool:
    """State: somebody stands for it by name."""
    return evidence.vouching is not Vouching.AUTOGRADED
