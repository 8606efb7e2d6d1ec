"""How many students have what a brief asks for, said so that nobody can be told from it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")

STEP = 5
"""Numbers are told in steps of five, rounded down, and under five not at all."""


@dataclass(frozen=True)
class Wanted(Generic[S]):
    """A skill that a brief asks for; SKILL is whatever names it."""

    skill: S
    level: int
    is_required: bool = True


def told(count: int) -> int:
    """COUNT as it may be told: rounded down to fives; 0 stands for “fewer than five”."""
    if count < 0:
        raise ValueError("counts are not negative")
    return count - count % STEP


@dataclass(frozen=True)
class Supply(Generic[S]):
    """Of consenting students, as ``told``: who has all required skills, and each skill."""

    together: int
    each: Mapping[S, int]


def supply(people: Iterable[Mapping[S, int]], wanted: Collection[Wanted[S]]) -> Supply[S]:
    """How many of PEOPLE (each: skill → highest level shown) have what is WANTED."""
    rows = list(people)
    required = [one for one in wanted if one.is_required]
    return Supply(
        told(sum(1 for row in rows if all(row.get(w.skill, 0) >= w.level for w in required))),
        {
            one.skill: told(sum(1 for row in rows if row.get(one.skill, 0) >= one.level))
            for one in wanted
        },
    )
