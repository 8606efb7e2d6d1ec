"""Words of labs."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class FileRole(StrEnum):
    SOURCE = "source"
    """The instructor's notebook, with solutions and hidden tests."""
    RELEASE = "release"
    """What students get of it."""
    DATA = "data"
    """Other files, the same for both."""


LIMITS: dict[str, tuple[int, int]] = {
    "cell_seconds": (1, 600),
    "total_seconds": (5, 3600),
    "memory_mb": (128, 16384),
    "processes": (4, 512),
    "disk_mb": (1, 4096),
    "output_bytes": (1000, 20_000_000),
}
"""What a lab may limit, and between which values."""


def limit_problems(limits: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[str]:
    """What is wrong with the LIMITS that a lab sets beside DEFAULTS, in words for its author."""
    problems = []
    for name, value in limits.items():
        if name not in LIMITS:
            problems.append(f"limits: there is no limit {name!r}; known: {', '.join(LIMITS)}")
            continue
        low, high = LIMITS[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            problems.append(f"limits: {name} is {value!r}; give a number from {low} to {high}")
        elif not low <= value <= high:
            problems.append(f"limits: {name} is {value:g}; give a number from {low} to {high}")
    whole = {**defaults, **limits}
    if not problems and whole["cell_seconds"] > whole["total_seconds"]:
        problems.append(
            f"limits: a cell may take {whole['cell_seconds']:g} seconds, but the whole notebook "
            f"only {whole['total_seconds']:g}; raise total_seconds or lower cell_seconds"
        )
    return problems
