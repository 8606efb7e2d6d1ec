"""Reading challenges, always through a person."""

from app.challenges.queries.boards import Board, BoardRow, bests, board
from app.challenges.queries.challenges import (
    challenge_for,
    challenge_on_desk,
    challenges_at_home,
    challenges_of,
    count_in,
    has_challenges,
    run_of,
    sets_of,
    shows,
)
from app.challenges.queries.entries import (
    Attempts,
    attempts,
    counts_by_state,
    entries_of,
    entry_visible_to,
    my_entries,
    participant,
    team_of,
)

__all__ = [
    "Attempts", "Board", "BoardRow", "attempts", "bests", "board", "challenge_for",
    "challenge_on_desk", "challenges_at_home", "challenges_of", "count_in", "counts_by_state",
    "entries_of", "entry_visible_to", "has_challenges", "my_entries", "participant", "run_of",
    "sets_of", "shows", "team_of",
]  # fmt: skip
