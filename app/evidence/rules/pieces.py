"""What a graded work proves: pure."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.evidence.rules.words import Source

STEP = Decimal("0.001")


@dataclass(frozen=True)
class Cells:
    """Graded cells of a work: grade id to (score, what it is worth)."""

    points: Mapping[str, tuple[Decimal | None, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True)
class Piece:
    """What one work proves of one skill at one level."""

    skill_id: uuid.UUID
    level: int
    weight: Decimal
    source: Source
    score: Decimal
    max_score: Decimal
    cells: tuple[dict[str, Any], ...] = ()

    @property
    def place(self) -> tuple[uuid.UUID, int]:
        return self.skill_id, self.level

    @property
    def share(self) -> Decimal:
        return self.score / self.max_score if self.max_score else Decimal(0)


@dataclass(frozen=True)
class Found:
    """A skill as a work's item names it, found in a framework."""

    skill_id: uuid.UUID
    level: int
    weight: Decimal
    cells: tuple[str, ...] = ()


def pieces_of(
    named: Iterable[Found],
    score: float | Decimal,
    max_score: float | Decimal,
    cells: Cells,
    *,
    source: Source = Source.LAB,
) -> list[Piece]:
    """What a work with SCORE of MAX_SCORE proves of the skills NAMED; one piece for each place.

    A skill with cells of its own is proved by these alone; cells that the work does not have, and
    those that nobody has scored yet, are worth nothing so far. What can have no points proves
    nothing.
    """
    made: dict[tuple[uuid.UUID, int], Piece] = {}
    for one in named:
        if one.cells:
            rows = [(name, cells.points[name]) for name in one.cells if name in cells.points]
            piece = Piece(
                one.skill_id, one.level, one.weight, Source.CELLS,
                _exact(sum((points or Decimal(0) for _n, (points, _m) in rows), Decimal(0))),
                _exact(sum((most for _n, (_p, most) in rows), Decimal(0))),
                tuple(
                    {"cell": name, "score": _plain(points), "max_score": _plain(most)}
                    for name, (points, most) in rows
                ),
            )  # fmt: skip
        else:
            piece = Piece(
                one.skill_id, one.level, one.weight, source, _exact(score), _exact(max_score)
            )
        if piece.max_score > 0:
            made.setdefault(piece.place, piece)
    return list(made.values())


def changed(piece: Piece, *, score: Decimal, max_score: Decimal, cells: Iterable[Any],
            weight: Decimal, source: Source) -> bool:  # fmt: skip
    """Whether PIECE says something else than what is on record."""
    return (piece.score, piece.max_score, list(piece.cells), piece.weight, piece.source) != (
        _exact(score), _exact(max_score), list(cells), weight, source,
    )  # fmt: skip


def work_hash(files: Mapping[str, str]) -> str:
    """SHA-256 (hex) of a work: canonical JSON of each path with the SHA-256 of its content."""
    text = json.dumps(dict(files), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _exact(value: float | Decimal) -> Decimal:
    return Decimal(str(value)).quantize(STEP, ROUND_HALF_UP)


def _plain(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
