"""What a person did, item by item, as the engine of grades takes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

__all__ = ["NOTHING", "Override", "Work", "WorkState", "Works"]


class WorkState(StrEnum):
    NOT_DUE = "not-due"
    """Nothing came, and there is time."""
    WAITING = "waiting"
    """It came and has no points yet."""
    GRADED = "graded"
    MISSING = "missing"
    """It was due and never came."""
    EXCUSED = "excused"
    HELD = "held"
    """It has points that she is not to know yet."""


@dataclass(frozen=True, slots=True)
class Override:
    """What a person set instead of what was computed, and why."""

    value: Decimal
    """Points for an item, percent for the course."""
    reason: str
    by: str = ""


@dataclass(slots=True)
class Work:
    """One item of one person. ``late_seconds`` are after her own due date, extensions included."""

    state: WorkState
    points: Decimal | None = None
    """Only when graded or held."""
    late_seconds: int = 0
    extended: bool = False
    """She had a later due date than others."""
    adjustment: Decimal = Decimal(0)
    """What she gets more or less than her team."""
    override: Override | None = None


NOTHING = Work(WorkState.NOT_DUE)


@dataclass(frozen=True)
class Works:
    """One person's work in a section."""

    by_item: Mapping[str, Work]
    override: Override | None = None
    """Of the course's percent."""
    is_incomplete: bool = False
    """An instructor gave her more time for the course."""
