"""When a skill counts as shown. The one place that says so; pure.

A person shows a skill at level L, vouched for at least as V, when pieces of live evidence of it

- at level L or above,
- vouched for at least as V (autograded < confirmed < supervised),
- each with at least ``PASS`` of its points, and
- each from another item (of one item the largest weight counts, then the largest share; of equals
  the earliest)

have weights that come to at least ``ENOUGH``. A piece of weight 1 is enough by itself; a lab that
proves a skill only in part says so by a smaller weight. For each way of vouching the highest such
level is stated by itself: the three are never merged into one.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.evidence.rules.words import Vouching, at_least

PASS = Decimal("0.6")
"""The share of its points that a piece needs to count."""
ENOUGH = Decimal(1)


@dataclass(frozen=True)
class Weighed:
    """What the rule has to know of a piece. ``share`` is from 0 to 1, ``item`` tells apart."""

    id: uuid.UUID
    level: int
    weight: Decimal
    share: Decimal
    vouching: Vouching
    item: str
    at: datetime

    @property
    def passes(self) -> bool:
        return self.share >= PASS


@dataclass(frozen=True)
class Shown:
    """A skill is shown at LEVEL since SINCE by the pieces IDS, the best first."""

    level: int
    vouching: Vouching
    since: datetime
    ids: tuple[uuid.UUID, ...]


def shown(pieces: Iterable[Weighed], level: int, vouching: Vouching) -> Shown | None:
    """Whether a skill is shown at LEVEL (or above), vouched for at least as VOUCHING."""
    best: dict[str, Weighed] = {}
    for piece in sorted(pieces, key=lambda p: (p.at, p.id)):
        if piece.level < level or not at_least(piece.vouching, vouching) or not piece.passes:
            continue
        held = best.get(piece.item)
        if held is None or (piece.weight, piece.share) > (held.weight, held.share):
            best[piece.item] = piece
    total, since = Decimal(0), None
    for piece in sorted(best.values(), key=lambda p: (p.at, p.id)):
        total += piece.weight
        if total >= ENOUGH:
            since = piece.at
            break
    if since is None:
        return None
    order = sorted(best.values(), key=lambda p: (-p.weight, -p.share, p.at, p.id))
    return Shown(level, vouching, since, tuple(piece.id for piece in order))


def highest(pieces: Collection[Weighed], vouching: Vouching) -> Shown | None:
    """The highest level at which a skill is shown, vouched for at least as VOUCHING."""
    for level in sorted({piece.level for piece in pieces}, reverse=True):
        found = shown(pieces, level, vouching)
        if found is not None:
            return found
    return None
