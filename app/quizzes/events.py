"""What happens in quizzes."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class QuizHandedIn:
    """An attempt ended, however it did; what can be marked by its key is marked."""

    attempt_id: uuid.UUID


@dataclass(frozen=True)
class MarkOffered:
    """A person is about to mark an answer. A room above that decides how marks come about refuses
    by raising a Refused."""

    attempt_id: uuid.UUID
    question_id: str


@dataclass(frozen=True)
class QuizMarked:
    """What an attempt came to has changed: a person marked it, or a key was corrected."""

    attempt_id: uuid.UUID


@dataclass(frozen=True)
class AccommodationGiven:
    accommodation_id: uuid.UUID
