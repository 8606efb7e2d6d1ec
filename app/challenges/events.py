"""What happens in challenges."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class ChallengeScored:
    """An entry has a score; also again, when a later evaluation superseded the one before."""

    challenge_id: uuid.UUID
    entry_id: uuid.UUID


@dataclass(frozen=True)
class ChallengeEnded:
    """A challenge is over and everything that came in time is scored: the ranking is final."""

    challenge_id: uuid.UUID


@dataclass(frozen=True)
class ChallengeCorrected:
    """After its end everything was scored again, or what it shows was changed."""

    challenge_id: uuid.UUID
