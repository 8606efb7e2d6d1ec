"""Requests to look again, and corrected labs: what holds for both. Pure."""

from app.regrading.rules.requests import (
    DEFAULT_TERMS,
    MOST_CHARACTERS,
    MOST_DAYS,
    STATE_NAMES,
    Decision,
    Obstacle,
    RequestState,
    Terms,
    closes_at,
    obstacle,
)
from app.regrading.rules.runs import (
    AT_WORK,
    EFFECT_NAMES,
    PENDING,
    RUN_STATE_NAMES,
    WHICH_NAMES,
    Effect,
    Points,
    RunState,
    Which,
    WorkState,
    cell_key,
    effect_of,
    fingerprint,
    points_of,
    with_chosen_cells,
)

__all__ = [
    "AT_WORK", "DEFAULT_TERMS", "EFFECT_NAMES", "MOST_CHARACTERS", "MOST_DAYS", "PENDING",
    "RUN_STATE_NAMES", "STATE_NAMES", "WHICH_NAMES", "Decision", "Effect", "Obstacle", "Points",
    "RequestState", "RunState", "Terms", "Which", "WorkState", "cell_key", "closes_at",
    "effect_of", "fingerprint", "obstacle", "points_of", "with_chosen_cells",
]  # fmt: skip
