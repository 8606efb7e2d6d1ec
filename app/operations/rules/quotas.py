"""How much the labs of a course or section may take."""

from collections.abc import Iterable
from dataclasses import dataclass

WEEK_DAYS = 7


@dataclass(frozen=True)
class Limits:
    """What holds for one person's server. None: no limit. Memory in mebibytes."""

    memory_mb: int | None = None
    idle_minutes: int | None = None
    weekly_hours: float | None = None


@dataclass(frozen=True)
class Places:
    """Places for servers of a section or a course, and how many are taken by others."""

    limit: int
    taken: int

    @property
    def are_full(self) -> bool:
        return self.taken >= self.limit


def nearest(limits: Iterable[Limits]) -> Limits:
    """What holds when several say something: of each limit the first that is set.

    LIMITS come from the nearest (the section's) to the farthest (the course's).
    """
    found = list(limits)
    return Limits(
        next((one.memory_mb for one in found if one.memory_mb is not None), None),
        next((one.idle_minutes for one in found if one.idle_minutes is not None), None),
        next((one.weekly_hours for one in found if one.weekly_hours is not None), None),
    )
