"""Who may ask, answer and regrade. Entering the staff's pages is learning's permission to teach."""

from app.accounts.models import Person
from app.learning.models import Section
from app.learning.policies import is_instructor_of, is_on_the_staff
from app.regrading.models import RegradeRequest

__all__ = ["can_decide", "can_regrade", "can_set_terms", "can_withdraw", "is_open"]


def can_decide(person: Person, request: RegradeRequest) -> bool:
    """Staff of the section, never her own request."""
    return request.person_id != person.id and is_on_the_staff(person, request.section)


def can_withdraw(person: Person, request: RegradeRequest) -> bool:
    return request.person_id == person.id


def can_set_terms(person: Person, section: Section) -> bool:
    """How long and how much may be asked: instructors, not assistants."""
    return is_instructor_of(person, section)


def can_regrade(person: Person, section: Section) -> bool:
    """Grading everybody's submissions again: instructors, not assistants."""
    return is_instructor_of(person, section)


def is_open(request: RegradeRequest) -> bool:
    """State only: it can be answered or taken back."""
    return request.decided_at is None and request.withdrawn_at is None
