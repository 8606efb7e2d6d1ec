"""News that this room publishes, in the transaction in which it happens."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class ConsentGiven:
    person_id: uuid.UUID
    purpose: str
    organisation_id: uuid.UUID | None


@dataclass(frozen=True)
class ConsentWithdrawn:
    """From the next request on, nothing rests on it any more."""

    person_id: uuid.UUID
    purpose: str
    organisation_id: uuid.UUID | None


@dataclass(frozen=True)
class PersonErased:
    """Her rows are gone; the id stands for nobody who has a name."""

    person_id: uuid.UUID
