"""Lists as people make them: numbers beside names, or names dragged into an order. Pure."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["LARGEST", "NoNumber", "SamePlace", "in_order", "numbered", "places", "tiers"]

LARGEST = 999
"""The largest number that can be typed."""
_NUMBER = re.compile(r"[0-9０-９]{1,3}")

T = TypeVar("T", bound=Hashable)


class NoNumber(Refused):
    message = _l("Places are whole numbers from 1 to 999. Leave empty what you do not rank.")


class SamePlace(Refused):
    message = _l("Two of your choices have the same number. Give each its own.")


def places(typed: Mapping[T, str]) -> dict[T, int]:
    """The number of everything that has one. Raises NoNumber."""
    found = {}
    for thing, text in typed.items():
        text = text.strip()
        if not text:
            continue
        if not _NUMBER.fullmatch(text) or int(text) < 1:
            raise NoNumber
        found[thing] = int(text)
    return found


def in_order(given: Mapping[T, int]) -> list[T]:
    """Things by their numbers, which may have gaps. Raises SamePlace."""
    if len(set(given.values())) < len(given):
        raise SamePlace
    return sorted(given, key=lambda thing: given[thing])


def tiers(given: Mapping[T, int]) -> tuple[tuple[T, ...], ...]:
    """Things by their numbers, those of the same number together; gaps do not count."""
    by_place: dict[int, list[T]] = {}
    for thing, place in given.items():
        by_place.setdefault(place, []).append(thing)
    return tuple(tuple(by_place[place]) for place in sorted(by_place))


def numbered(rows: Iterable[Sequence[T]]) -> dict[T, int]:
    """The opposite of ``tiers``: each thing with the number of its row, from 1."""
    return {thing: place for place, row in enumerate(rows, 1) for thing in row}
