"""What remains for a cluster's credential. Pure: rules and facts in, what is missing out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

__all__ = ["ClusterRule", "CourseFact", "ElectiveRule", "Remaining", "remaining"]


@dataclass(frozen=True)
class ElectiveRule:
    """At least COUNT courses of SLUGS."""

    name: str
    slugs: frozenset[str]
    count: int


@dataclass(frozen=True)
class ClusterRule:
    """When a cluster is completed."""

    required: tuple[str, ...] = ()
    electives: tuple[ElectiveRule, ...] = ()
    least_credits: float = 0
    least_shares: Mapping[str, float] = field(default_factory=dict)
    """The least share of the points (0 to 1) by course."""


@dataclass(frozen=True)
class CourseFact:
    """How far a student is with one course."""

    slug: str
    is_completed: bool
    credits: float = 0
    """What it gives; counted once it is completed with a sufficient grade."""
    share: float | None = None
    """Her share of the points (0 to 1); None when nothing is graded."""


@dataclass(frozen=True)
class Remaining:
    """What is missing; all empty or zero when the cluster is complete."""

    required: tuple[str, ...] = ()
    electives: tuple[tuple[ElectiveRule, int], ...] = ()
    """(rule, how many courses are missing)."""
    credits: float = 0
    below: tuple[tuple[str, float], ...] = ()
    """(course, least share) of completed courses whose grade is not sufficient."""

    @property
    def is_complete(self) -> bool:
        return not (self.required or self.electives or self.credits or self.below)


def remaining(rule: ClusterRule, facts: Collection[CourseFact]) -> Remaining:
    """What a student with FACTS still needs. Each course counts once, its best fact."""
    below = {
        fact.slug
        for fact in facts
        if fact.is_completed and (fact.share or 0.0) < rule.least_shares.get(fact.slug, 0) - 1e-9
    }
    counted: dict[str, float] = {}
    for fact in facts:
        least = rule.least_shares.get(fact.slug, 0)
        if fact.is_completed and (fact.share or 0.0) >= least - 1e-9:
            counted[fact.slug] = max(counted.get(fact.slug, 0.0), fact.credits)
    short = tuple(
        (elective, elective.count - len(elective.slugs & counted.keys()))
        for elective in rule.electives
        if len(elective.slugs & counted.keys()) < elective.count
    )
    return Remaining(
        required=tuple(slug for slug in rule.required if slug not in counted),
        electives=short,
        credits=max(0.0, rule.least_credits - sum(counted.values())),
        below=tuple(
            (slug, rule.least_shares[slug]) for slug in sorted(below) if slug not in counted
        ),
    )
