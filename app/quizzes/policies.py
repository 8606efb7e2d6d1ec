"""Who may do what with quizzes. Entering the staff's pages is learning's permission to teach."""

from app.accounts.models import Person
from app.learning.models import Section
from app.learning.policies import is_instructor_of, is_on_the_staff
from app.quizzes.models import QuizAttempt


def can_see_attempts(person: Person, section: Section) -> bool:
    """Everybody's attempts, keys and statistics: the section's staff."""
    return is_on_the_staff(person, section)


def can_mark(person: Person, attempt: QuizAttempt) -> bool:
    """Staff of the section, never her own work."""
    return attempt.person_id != person.id and is_on_the_staff(person, attempt.section)


def can_manage(person: Person, section: Section) -> bool:
    """Accommodations, opening attempts again, marking again: instructors, not assistants."""
    return is_instructor_of(person, section)


def is_finished(attempt: QuizAttempt) -> bool:
    """State only: nothing is answered any more, marks can be given."""
    return attempt.submitted_at is not None
