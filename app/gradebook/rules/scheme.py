"""How a section is graded: what an instructor sets, as plain frozen values.

Numbers are decimals as somebody typed them. Percents are 0–100.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from app.gradebook.rules.scales import PERCENT, Scale

__all__ = [
    "Category", "Counting", "Curve", "CurveKind", "Item", "LatePolicy", "LateUnit", "Missing",
    "Scheme", "SchemeProblem", "Totals", "problems_of",
]  # fmt: skip

HUNDRED = Decimal(100)


class Counting(StrEnum):
    """How the items of a category become its percent."""

    POINTS = "points"
    """All points won over all points possible: a larger item counts more."""
    PERCENT = "percent"
    """The mean of the items' percents, each by its weight."""


class Totals(StrEnum):
    """How the categories become the course's percent."""

    WEIGHTS = "weights"
    POINTS = "points"
    """All points of all categories: weights of categories are not used."""


class LateUnit(StrEnum):
    DAY = "day"
    HOUR = "hour"


class Missing(StrEnum):
    """What work counts that was due and never came."""

    ZERO = "zero"
    LEFT_OUT = "left-out"
    INCOMPLETE = "incomplete"
    """The course has no grade until it comes or somebody decides otherwise."""


class CurveKind(StrEnum):
    ADD = "add"
    """PERCENT points of a hundred more."""
    SCALE = "scale"
    """Whoever has PERCENT gets a hundred, all others in proportion."""
    ROOT = "root"
    """Ten times the square root of the percent."""


@dataclass(frozen=True)
class LatePolicy:
    """PERCENT off for each day or hour begun after the grace time, never more than CAP."""

    percent: Decimal
    per: LateUnit = LateUnit.DAY
    grace_minutes: int = 0
    cap: Decimal = HUNDRED
    of_possible: bool = False
    """Whether percents are of what the item is worth; otherwise of what was won."""


@dataclass(frozen=True)
class Curve:
    """Raises percents of an item or of the course; nobody loses by it."""

    kind: CurveKind
    percent: Decimal = Decimal(0)
    """Meaning by kind; not used for ROOT."""


@dataclass(frozen=True)
class Item:
    """Something graded. ``points`` is what it is worth, 0 when it can only add."""

    key: str
    title: str
    points: Decimal
    category: str
    weight: Decimal = Decimal(1)
    """Within its category, when that counts percents."""
    is_extra: bool = False
    """Adds to its category and is never asked for."""
    late: LatePolicy | None = None
    """Instead of the category's and the scheme's."""
    curve: Curve | None = None


@dataclass(frozen=True)
class Category:
    """A group of items with a weight in the course."""

    key: str
    title: str
    weight: Decimal
    counting: Counting = Counting.PERCENT
    drop: int = 0
    """How many items may be left out: those without which the category's percent is highest."""
    keep: int | None = None
    """How many items count, chosen in the same way; instead of DROP."""
    is_extra: bool = False
    """Its weight comes on top of the hundred."""
    late: LatePolicy | None = None
    most: Decimal | None = None
    """The highest percent it can reach; None when extra work may lift it above a hundred."""
    curve: Curve | None = None
    """Raises the category's percent, where categories count by their weights."""


@dataclass(frozen=True)
class Scheme:
    """Everything that a course's grade depends on except what people did."""

    categories: tuple[Category, ...]
    items: tuple[Item, ...]
    totals: Totals = Totals.WEIGHTS
    late: LatePolicy | None = None
    missing: Missing = Missing.ZERO
    curve: Curve | None = None
    most: Decimal = HUNDRED
    """The highest percent of the course."""
    scale: Scale = PERCENT

    @property
    def by_category(self) -> Mapping[str, tuple[Item, ...]]:
        """Items in each category, by its key, in their order."""
        return {
            category.key: tuple(item for item in self.items if item.category == category.key)
            for category in self.categories
        }


@dataclass(frozen=True)
class SchemeProblem:
    """Why a scheme cannot be used; ``code`` is one of this module's, ``about`` a key or empty."""

    code: str
    about: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


def problems_of(scheme: Scheme) -> list[SchemeProblem]:
    """What has to be put right before anybody is graded by SCHEME; empty when nothing."""
    found: list[SchemeProblem] = []
    keys = [category.key for category in scheme.categories]
    found += [SchemeProblem("twice", key) for key in sorted({k for k in keys if keys.count(k) > 1})]
    items = [item.key for item in scheme.items]
    found += [
        SchemeProblem("twice", key) for key in sorted({k for k in items if items.count(k) > 1})
    ]
    for item in scheme.items:
        if item.category not in keys:
            found.append(SchemeProblem("no-category", item.key))
        if not _is_between(item.points, 0, 100_000) or not _is_between(item.weight, 0, 10_000):
            found.append(SchemeProblem("number", item.key))
        found += _late_problems(item.late, item.key)
        found += _curve_problems(item.curve, item.key)
    for category in scheme.categories:
        if not _is_between(category.weight, 0, 1000):
            found.append(SchemeProblem("number", category.key))
        if category.most is not None and not _is_between(category.most, 1, 1000):
            found.append(SchemeProblem("number", category.key))
        if category.drop < 0 or (category.keep is not None and category.keep < 1):
            found.append(SchemeProblem("drop", category.key))
        if category.drop and category.keep is not None:
            found.append(SchemeProblem("drop-and-keep", category.key))
        found += _late_problems(category.late, category.key)
        found += _curve_problems(category.curve, category.key)
    regular = [c.weight for c in scheme.categories if not c.is_extra]
    if scheme.totals is Totals.WEIGHTS and regular and sum(regular) != HUNDRED:
        found.append(SchemeProblem("weights", params={"sum": sum(regular)}))
    found += _late_problems(scheme.late, "")
    found += _curve_problems(scheme.curve, "")
    if not _is_between(scheme.most, 1, 1000):
        found.append(SchemeProblem("number"))
    return found


def _late_problems(late: LatePolicy | None, about: str) -> list[SchemeProblem]:
    if late is None:
        return []
    good = (
        _is_between(late.percent, 0, 100)
        and _is_between(late.cap, 0, 100)
        and 0 <= late.grace_minutes <= 60 * 24 * 60
    )
    return [] if good else [SchemeProblem("late", about)]


def _curve_problems(curve: Curve | None, about: str) -> list[SchemeProblem]:
    if curve is None or curve.kind is CurveKind.ROOT:
        return []
    low = 1 if curve.kind is CurveKind.SCALE else 0
    return [] if _is_between(curve.percent, low, 100) else [SchemeProblem("curve", about)]


def _is_between(number: Decimal, low: int, high: int) -> bool:
    return number.is_finite() and low <= number <= high
