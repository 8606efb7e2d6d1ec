"""Challenges, how they are evaluated, and what is handed in."""

from app.challenges.models.challenges import Challenge, ChallengeEvaluation, ChallengeRun
from app.challenges.models.entries import (
    ChallengeEntry,
    ChallengeEntryPerson,
    ChallengeParticipant,
    ChallengeScore,
)

__all__ = [
    "Challenge", "ChallengeEntry", "ChallengeEntryPerson", "ChallengeEvaluation",
    "ChallengeParticipant", "ChallengeRun", "ChallengeScore",
]  # fmt: skip
