"""What a round is, who takes part, what came out."""

from app.rounds.models.results import RoundChange, RoundClosing, RoundOffer, RoundResult
from app.rounds.models.rounds import (
    MOST_CHOICES,
    Round,
    RoundProject,
    RoundSupervisor,
)
from app.rounds.models.taking import (
    RoundBarrier,
    RoundChoice,
    RoundEntry,
    RoundMember,
    RoundRank,
)

__all__ = [
    "MOST_CHOICES", "Round", "RoundBarrier", "RoundChange", "RoundChoice", "RoundClosing",
    "RoundEntry", "RoundMember", "RoundOffer", "RoundProject", "RoundRank", "RoundResult",
    "RoundSupervisor",
]  # fmt: skip
