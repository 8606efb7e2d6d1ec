"""Plain rules about who needs to be looked at. Pure."""

from collections.abc import Sequence

__all__ = ["is_falling"]

FEWEST = 4
"""So many works at least have points before anybody is said to fall."""
BY = 15.0
"""Percent points."""


def is_falling(percents: Sequence[float]) -> bool:
    """Whether the newest third of PERCENTS (at least two, in the course's order) is on average
    fifteen percent points or more below those before."""
    if len(percents) < FEWEST:
        return False
    count = max(2, len(percents) // 3)
    newest, before = percents[-count:], percents[:-count]
    return sum(before) / len(before) - sum(newest) / count >= BY
