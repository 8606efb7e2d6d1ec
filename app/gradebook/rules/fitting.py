"""From what an instructor once set to what holds for the items that a section has now. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.gradebook.rules.scheme import Category, Counting, Item, Missing, Scheme, Totals

__all__ = ["ALL_WORK", "Gradable", "default_scheme", "fitted", "uncounted"]

ALL_WORK = "all"


@dataclass(frozen=True, slots=True)
class Gradable:
    """An item of a section that can be graded: ``lab:slug``, ``quiz:slug``, ``manual:id``."""

    key: str
    title: str
    points: Decimal


def default_scheme(items: Sequence[Gradable], title: str) -> Scheme:
    """Points over points, in one category TITLE: what holds until somebody sets something."""
    return Scheme(
        categories=(Category(ALL_WORK, title, Decimal(100), Counting.POINTS),),
        items=tuple(Item(row.key, row.title, row.points, ALL_WORK) for row in items),
        totals=Totals.POINTS,
        missing=Missing.ZERO,
    )


def fitted(scheme: Scheme, items: Sequence[Gradable]) -> Scheme:
    """SCHEME for ITEMS, in their order, with the points that they are worth now.

    What the section no longer has is left out. What came later goes into the category when there
    is only one; otherwise it counts nothing until somebody says where it belongs.
    """
    known = {item.key: item for item in scheme.items}
    home = scheme.categories[0].key if len(scheme.categories) == 1 else None
    found: list[Item] = []
    for row in items:
        item = known.get(row.key)
        if item is not None:
            found.append(replace(item, title=row.title, points=row.points))
        elif home is not None:
            found.append(Item(row.key, row.title, row.points, home))
    return replace(scheme, items=tuple(found))


def uncounted(scheme: Scheme, items: Sequence[Gradable]) -> list[Gradable]:
    """Those of ITEMS that SCHEME does not count."""
    counted = {item.key for item in scheme.items}
    return [row for row in items if row.key not in counted]
