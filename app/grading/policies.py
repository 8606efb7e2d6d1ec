"""Who may see and do what with submissions."""

from enum import StrEnum

from app.accounts.models import Person
from app.accounts.policies import is_operator
from app.grading.models import Attempt, Submission, TamperCase
from app.grading.rules import AttemptState
from app.learning.policies import is_on_the_staff


class Permission(StrEnum):
    SEE_QUEUE = "see the queue of gradings, its workers and what failed"


GRANTS = {Permission.SEE_QUEUE: [[is_operator]]}


def is_of(person: Person, submission: Submission) -> bool:
    """Whether it is her work: she handed it in, or was of the team that did."""
    return any(row.person_id == person.id for row in submission.people)


def can_read(person: Person, submission: Submission) -> bool:
    """Her own, and those of the sections that she teaches."""
    return is_of(person, submission) or can_grade(person, submission)


def can_grade(person: Person, submission: Submission) -> bool:
    """Staff of the submission's section, never for their own work."""
    return not is_of(person, submission) and is_on_the_staff(person, submission.section)


def can_answer(person: Person, submission: Submission) -> bool:
    """Only they whose work it is."""
    return is_of(person, submission)


def is_undecided(case: TamperCase) -> bool:
    """State only: an answer can be written and a decision made."""
    return case.decided_at is None


def is_regradable(attempt: Attempt) -> bool:
    """State only: a finished attempt can be followed by another."""
    return attempt.state in (AttemptState.GRADED, AttemptState.FAILED, AttemptState.TAMPERED)
