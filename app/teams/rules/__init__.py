"""Teams without a database: sizes, leads, who votes for whom, what they can do together."""

from app.teams.rules.consent import TEAM, TEAM_SEARCH
from app.teams.rules.skills import Held, SkillRow, Wanted, balance, gain
from app.teams.rules.voting import Ballot, elected
from app.teams.rules.words import (
    INVITATION_LASTS,
    LARGEST,
    MOST_NAME,
    MOST_WAITING,
    MOST_WORDS,
    Answer,
    How,
    Way,
    is_full,
    lacks,
)

__all__ = [
    "INVITATION_LASTS", "LARGEST", "MOST_NAME", "MOST_WAITING", "MOST_WORDS",
    "TEAM", "TEAM_SEARCH", "Answer", "Ballot",
    "Held", "How", "SkillRow", "Wanted", "Way", "balance", "elected", "gain", "is_full", "lacks",
]  # fmt: skip
