"""Who may need attention, by plain rules that say why. Pure.

A rule with a threshold of 0 is off. No rule weighs or predicts: each says something that is so.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

__all__ = [
    "DEFAULT", "FALLING_OVER", "Facts", "Kind", "Reason", "Stuck", "Thresholds",
    "is_new", "matters_of", "reasons",
]  # fmt: skip

FALLING_OVER = 3
"""How many percents in a row have to be lower, each than the one before: two steps down."""


class Kind(StrEnum):
    MISSING = "missing"
    FALLING = "falling"
    STUCK = "stuck"
    ABSENT = "absent"
    BELOW = "below"


@dataclass(frozen=True)
class Thresholds:
    """From when on a section's staff want to hear of somebody."""

    missing: int = 1
    """So many items that are due and for which nothing came."""
    falling: bool = True
    stuck: int = 3
    """So many submissions in which the same cell did not get its points."""
    absent_days: int = 14
    below_pass: bool = True


DEFAULT = Thresholds()


@dataclass(frozen=True)
class Stuck:
    """A cell that did not get its points in the last COUNT submissions."""

    item: str
    cell: str
    count: int


@dataclass(frozen=True)
class Facts:
    """What is known of one person in a section."""

    missing: Sequence[str] = ()
    """Keys of items that are due for her, extensions included, and for which nothing came."""
    percents: Sequence[tuple[str, float]] = ()
    """Key and percent of every graded item, in the course's order."""
    stuck: Sequence[Stuck] = ()
    last_here: datetime | None = None
    """When she last opened something of the section or handed in; enrolment when nothing of it."""
    percent: float | None = None
    is_passed: bool | None = None
    """None while there is no grade."""


@dataclass(frozen=True)
class Reason:
    """One rule that holds, with what it holds for."""

    kind: Kind
    items: tuple[str, ...] = ()
    """Keys of items, the oldest first."""
    values: tuple[float, ...] = ()
    """Percents, a number of attempts, days, or a percent; by kind."""
    cell: str = ""

    @property
    def matters(self) -> tuple[str, ...]:
        """What it is about: more days away are no news, another missing item is."""
        if self.kind is Kind.MISSING:
            return tuple(f"{self.kind.value}:{item}" for item in self.items)
        return (":".join((self.kind.value, *self.items[-1:], self.cell)),)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Reason":
        return cls(Kind(row["kind"]), tuple(row["items"]), tuple(row["values"]), row["cell"])


def reasons(facts: Facts, thresholds: Thresholds, now: datetime) -> list[Reason]:
    """Every rule that holds for FACTS at the instant NOW, the gravest first."""
    found: list[Reason] = []
    if thresholds.missing and len(facts.missing) >= thresholds.missing:
        found.append(Reason(Kind.MISSING, tuple(facts.missing), (len(facts.missing),)))
    if thresholds.below_pass and facts.is_passed is False and facts.percent is not None:
        found.append(Reason(Kind.BELOW, (), (round(facts.percent, 1),)))
    if thresholds.stuck:
        found += [
            Reason(Kind.STUCK, (row.item,), (row.count,), row.cell)
            for row in facts.stuck
            if row.count >= thresholds.stuck
        ]
    last = facts.percents[-FALLING_OVER:]
    if (
        thresholds.falling
        and len(last) == FALLING_OVER
        and all(later[1] < earlier[1] for earlier, later in pairwise(last))
    ):
        keys, percents = zip(*last, strict=True)
        found.append(Reason(Kind.FALLING, keys, tuple(round(p, 1) for p in percents)))
    if thresholds.absent_days and facts.last_here is not None:
        days = (now - facts.last_here).days
        if days >= thresholds.absent_days:
            found.append(Reason(Kind.ABSENT, (), (days,)))
    return found


def matters_of(found: Iterable[Reason]) -> list[str]:
    """Every matter of FOUND."""
    return [matter for reason in found for matter in reason.matters]


def is_new(found: Iterable[Reason], settled: Collection[str]) -> bool:
    """Whether FOUND holds a matter that is not among those SETTLED."""
    return any(matter not in settled for matter in matters_of(found))
