"""What happens to rounds."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class RoundAnnounced:
    """Its rules, dates and the hash of its seed hold from now on."""

    round_id: uuid.UUID


@dataclass(frozen=True)
class RoundClosed:
    round_id: uuid.UUID


@dataclass(frozen=True)
class RoundPublished:
    """Everybody may read her result."""

    round_id: uuid.UUID


@dataclass(frozen=True)
class RoundCancelled:
    round_id: uuid.UUID
