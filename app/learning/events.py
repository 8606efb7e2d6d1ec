"""What happens in learning."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class Enrolled:
    enrolment_id: uuid.UUID


@dataclass(frozen=True)
class Withdrawn:
    enrolment_id: uuid.UUID
