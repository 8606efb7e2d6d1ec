"""From what an instructor typed about grading to a scheme, and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from app.gradebook.queries import Book
from app.gradebook.rules import (
    SCALES,
    Category,
    Counting,
    Curve,
    CurveKind,
    Item,
    LatePolicy,
    LateUnit,
    Missing,
    Scheme,
    SchemeProblem,
    Totals,
)

__all__ = ["MOST_CATEGORIES", "Typed", "scheme_of"]

MOST_CATEGORIES = 30


@dataclass
class Typed:
    """A form being read: numbers that could not be are noted, with where they stand."""

    values: Mapping[str, str]
    problems: list[SchemeProblem] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.values.get(name, "").strip().replace("\0", "")

    def is_on(self, name: str) -> bool:
        return bool(self.values.get(name))

    def number(self, name: str, usual: str = "0") -> Decimal:
        text = self.text(name) or usual
        try:
            found = Decimal(text)
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or len(text) > 20 or abs(found) > 1_000_000:
            self.problems.append(SchemeProblem("unreadable", text[:40]))
            return Decimal(usual)
        return found

    def whole(self, name: str) -> int:
        text = self.text(name) or "0"
        if not text.isascii() or not text.isdecimal() or len(text) > 6:
            self.problems.append(SchemeProblem("unreadable", text[:40]))
            return 0
        return int(text)


def scheme_of(typed: Typed, book: Book, base: Scheme) -> Scheme:
    """The scheme that was typed. What the form does not ask for stays as in BASE."""
    categories = _categories(typed, base)
    return Scheme(
        categories=categories,
        items=_items(typed, book, base, {row.key for row in categories}),
        totals=Totals.WEIGHTS if typed.text("totals") == "weights" else Totals.POINTS,
        late=_late(typed),
        missing=_chosen(Missing, typed.text("missing"), Missing.ZERO),
        curve=_curve(typed),
        most=typed.number("most", "100"),
        scale=SCALES.get(typed.text("scale"), base.scale),
    )


def _chosen(kind: Any, value: str, usual: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        return usual


def _categories(typed: Typed, base: Scheme) -> tuple[Category, ...]:
    there = {row.key: row for row in base.categories}
    found: list[Category] = []
    for n in range(MOST_CATEGORIES):
        title = typed.text(f"category-{n}-title")[:120]
        if not title:
            continue
        key = typed.text(f"category-{n}-key")[:40] or _free({*there, *(c.key for c in found)})
        old = there.get(key)
        keep = typed.whole(f"category-{n}-keep")
        late, curve = _own_rules(typed, f"category-{n}", old)
        found.append(
            Category(
                key=key,
                title=title,
                weight=typed.number(f"category-{n}-weight"),
                counting=_chosen(Counting, typed.text(f"category-{n}-counting"), Counting.PERCENT),
                drop=typed.whole(f"category-{n}-drop"),
                keep=keep or None,
                is_extra=typed.is_on(f"category-{n}-extra"),
                late=late,
                most=_most(typed, n, old),
                curve=curve,
            )
        )
    return tuple(found)


def _most(typed: Typed, n: int, old: Category | None) -> Decimal | None:
    """The highest percent of the category in row N; what was not asked for stays."""
    if f"category-{n}-most" not in typed.values:
        return old.most if old else None
    return typed.number(f"category-{n}-most") if typed.text(f"category-{n}-most") else None


def _own_rules(
    typed: Typed, prefix: str, old: Category | Item | None
) -> tuple[LatePolicy | None, Curve | None]:
    """Rules for lateness and curve of one category or work; what was not asked for stays."""
    if f"{prefix}-late" not in typed.values:
        return (old.late, old.curve) if old else (None, None)
    own = typed.text(f"{prefix}-late")
    late = None
    if own == "none":
        late = LatePolicy(Decimal(0))
    elif own in set(LateUnit):
        late = _policy(typed, f"{prefix}-late", LateUnit(own))
    return late, _curve(typed, f"{prefix}-curve")


def _policy(typed: Typed, prefix: str, per: LateUnit) -> LatePolicy:
    return LatePolicy(
        percent=typed.number(f"{prefix}-percent"),
        per=per,
        grace_minutes=typed.whole(f"{prefix}-grace"),
        cap=typed.number(f"{prefix}-cap", "100"),
        of_possible=typed.is_on(f"{prefix}-of-possible"),
    )


def _free(taken: set[str]) -> str:
    return next(f"c{n}" for n in range(1, 1000) if f"c{n}" not in taken)


def _items(typed: Typed, book: Book, base: Scheme, homes: set[str]) -> tuple[Item, ...]:
    there = {row.key: row for row in base.items}
    order = [key for key in (f"category-{n}" for n in range(MOST_CATEGORIES))]
    found = []
    for row in book.gradables:
        home = typed.text(f"item-{row.key}-category")
        if home.startswith("new-"):
            # A work can go into a category that is only being typed.
            home = _typed_key(typed, order, home.removeprefix("new-"), homes)
        if home not in homes:
            continue
        old = there.get(row.key) or Item(row.key, row.title, row.points, home)
        late, curve = _own_rules(typed, f"item-{row.key}", old)
        found.append(
            replace(
                old,
                title=row.title,
                points=row.points,
                category=home,
                weight=typed.number(f"item-{row.key}-weight", "1"),
                is_extra=typed.is_on(f"item-{row.key}-extra"),
                late=late,
                curve=curve,
            )
        )
    return tuple(found)


def _typed_key(typed: Typed, order: list[str], place: str, homes: set[str]) -> str:
    """The key that the category typed in row PLACE has got: new ones are numbered in order."""
    if f"category-{place}" not in order or typed.text(f"category-{place}-key"):
        return ""
    new = [
        name.removeprefix("category-")
        for name in order
        if typed.text(f"{name}-title") and not typed.text(f"{name}-key")
    ]
    known = {typed.text(f"{name}-key") for name in order}
    made = [key for key in sorted(homes - known, key=lambda key: int(key[1:] or 0))]
    return made[new.index(place)] if place in new and len(made) == len(new) else ""


def _late(typed: Typed) -> LatePolicy | None:
    if not typed.number("late-percent"):
        return None
    return _policy(typed, "late", _chosen(LateUnit, typed.text("late-per"), LateUnit.DAY))


def _curve(typed: Typed, prefix: str = "curve") -> Curve | None:
    kind = _chosen(CurveKind, typed.text(f"{prefix}-kind"), None)
    return None if kind is None else Curve(kind, typed.number(f"{prefix}-percent"))
