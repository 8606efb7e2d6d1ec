"""What remains for a cluster's credential. Pure: rules and facts in, what is missing out.

More completed courses, better grades and more recognised credits never make more remain; in
which order they came does not matter (``docs/decisions/0013-completing-a-cluster.md``).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.catalog.rules.completion import Completion, Group

__all__ = [
    "CourseFact",
    "GroupLack",
    "Remaining",
    "Standing",
    "best_for_her",
    "distance",
    "remaining",
]

HAIR = 1e-9
"""So that 0.1 + 0.2 of 0.3 is enough."""


@dataclass(frozen=True)
class CourseFact:
    """How far a student is with one course."""

    slug: str
    is_completed: bool
    credits: float = 0
    """What it gives, or what her school recognises; counted once it is completed."""
    share: float | None = None
    """Her share of the points (0 to 1); None when nothing is graded."""


@dataclass(frozen=True)
class GroupLack:
    """What is missing of a group of electives."""

    group: Group
    count: int = 0
    credits: float = 0
    choices: tuple[str, ...] = ()
    """The courses of the group that are not counted yet."""


@dataclass(frozen=True)
class Remaining:
    """What is missing; all empty or zero when the cluster is complete."""

    required: tuple[str, ...] = ()
    groups: tuple[GroupLack, ...] = ()
    credits: float = 0
    average: float = 0
    """By how much (0 to 1) the average over the required courses, all completed, is too low."""
    below: tuple[tuple[str, int], ...] = ()
    """(course, least percentage) of completed courses whose grade is not sufficient, where that
    keeps something from being complete. They are among what is missing above."""

    @property
    def is_complete(self) -> bool:
        return not (self.required or self.groups or self.credits or self.average)

    @property
    def course_count(self) -> int:
        """How many courses are missing by name or number; credits may need more."""
        return len(self.required) + sum(lack.count for lack in self.groups)

    @property
    def credit_count(self) -> float:
        """Credits that are missing, of the whole or of groups, whichever is more."""
        return max(self.credits, sum(lack.credits for lack in self.groups))


def remaining(rules: Completion, facts: Iterable[CourseFact]) -> Remaining:
    """What a student with FACTS still needs. Of each course its best facts count, once."""
    completed: dict[str, tuple[float, float]] = {}
    for fact in facts:
        if fact.is_completed:
            share, credits = completed.get(fact.slug, (0.0, 0.0))
            completed[fact.slug] = (max(share, fact.share or 0.0), max(credits, fact.credits))
    counted = {
        slug: values
        for slug, values in completed.items()
        if values[0] >= rules.least_percent.get(slug, 0) / 100 - HAIR
    }
    required = tuple(slug for slug in rules.required if slug not in counted)
    groups = tuple(lack for group in rules.groups if (lack := _lack(group, counted)) is not None)
    credits = _short(rules.credits, sum(values[1] for values in counted.values()))
    wanted = {*required, *(slug for lack in groups for slug in lack.choices)}
    return Remaining(
        required=required,
        groups=groups,
        credits=credits,
        average=0 if required else _average_gap(rules, counted),
        below=tuple(
            (slug, rules.least_percent[slug])
            for slug in sorted(completed.keys() - counted.keys())
            if slug in wanted or credits
        ),
    )


def _lack(group: Group, counted: Mapping[str, tuple[float, float]]) -> GroupLack | None:
    done = [slug for slug in group.courses if slug in counted]
    count = max(0, group.count - len(done))
    credits = _short(group.credits, sum(counted[slug][1] for slug in done))
    if not count and not credits:
        return None
    return GroupLack(
        group, count, credits, tuple(slug for slug in group.courses if slug not in counted)
    )


def _average_gap(rules: Completion, counted: Mapping[str, tuple[float, float]]) -> float:
    if not rules.average_percent or not rules.required:
        return 0
    average = sum(counted[slug][0] for slug in rules.required) / len(rules.required)
    return _short(rules.average_percent / 100, average)


def _short(wanted: float, there: float) -> float:
    gap = wanted - there
    return gap if gap > HAIR else 0


@dataclass(frozen=True)
class Standing:
    """By which version of the rules a student stands best, and what remains by it."""

    number: int
    remaining: Remaining


def best_for_her(
    versions: Sequence[tuple[int, Completion]], began: int, facts: Collection[CourseFact]
) -> Standing:
    """Where a student stands who began under version BEGAN: by that one or a later one of
    VERSIONS (number, rules; those in force), whichever leaves least. Equals go to the oldest.

    Raises ValueError when VERSIONS has no version from BEGAN on.
    """
    standings = [
        Standing(number, remaining(rules, facts)) for number, rules in versions if number >= began
    ]
    return min(standings, key=lambda one: (*distance(one.remaining), one.number))


def distance(rest: Remaining) -> tuple[bool, int, float, float]:
    """How far it is: the least comes first."""
    return (not rest.is_complete, rest.course_count, rest.credit_count, rest.average)
