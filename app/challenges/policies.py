"""Who may do what with challenges. Entering the staff's pages is learning's permission to teach."""

from app.accounts.models import Person
from app.challenges.models import Challenge, ChallengeEntry
from app.learning.models import Section
from app.learning.policies import is_instructor_of, is_on_the_staff

__all__ = ["can_see_desk", "can_see_entry", "can_write"]


def can_see_desk(person: Person, section: Section) -> bool:
    """Drafts, every entry, both leaderboards."""
    return is_on_the_staff(person, section)


def can_write(person: Person, section: Section) -> bool:
    """Settings, answers, ending it, scoring again: instructors, not assistants."""
    return is_instructor_of(person, section)


def can_see_entry(person: Person, entry: ChallengeEntry, challenge: Challenge) -> bool:
    return any(row.person_id == person.id for row in entry.people) or can_see_desk(
        person, challenge.section
    )
