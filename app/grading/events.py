"""What happens in grading."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class SubmissionReceived:
    submission_id: uuid.UUID


@dataclass(frozen=True)
class AttemptFinished:
    attempt_id: uuid.UUID
    submission_id: uuid.UUID


@dataclass(frozen=True)
class AttemptSuperseded:
    """A submission was graded again together with others; those people are told at once later."""

    attempt_id: uuid.UUID
    submission_id: uuid.UUID
    by_id: uuid.UUID
    why: str
    """For the histories of grades."""


@dataclass(frozen=True)
class PointsOffered:
    """A person is about to give a cell points. A room above that decides how points come about
    refuses by raising a Refused."""

    submission_id: uuid.UUID
    notebook: str
    grade_id: str


@dataclass(frozen=True)
class ScoreChanged:
    """A person gave or changed points of a submission."""

    submission_id: uuid.UUID
    by_id: uuid.UUID | None = None


@dataclass(frozen=True)
class CaseOpened:
    """The checks around an attempt's tests did not hold; a person has to decide."""

    case_id: uuid.UUID


@dataclass(frozen=True)
class CaseDecided:
    """A person cleared an attempt, or confirmed that it has no score."""

    case_id: uuid.UUID
