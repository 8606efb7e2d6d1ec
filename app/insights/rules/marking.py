"""Which stretches of a work's code are marked, and how. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.insights.rules.documents import Piece

__all__ = ["Shown", "Stretch", "stretches"]


@dataclass(frozen=True)
class Stretch:
    """A run of characters that are all alike. ``number`` (from 1) is that of a similar part, 0 when
    it is none; ``other`` that of the same part in the other work."""

    text: str
    number: int = 0
    other: int = 0
    is_common: bool = False
    begins: bool = False
    """The part begins here: it can be led to."""


@dataclass(frozen=True)
class Shown:
    """A piece with its stretches."""

    piece: Piece
    stretches: tuple[Stretch, ...]

    @property
    def is_marked(self) -> bool:
        return any(row.number for row in self.stretches)


def stretches(
    pieces: Sequence[Piece], parts: Sequence[Sequence[int]], common: Sequence[Sequence[int]]
) -> list[Shown]:
    """PIECES cut where marks begin and end.

    PARTS are [piece, begin, end, place of the same part in the other work], COMMON [piece, begin,
    end]; where both are, the part is shown. What lies outside a piece is left out.
    """
    found = []
    for number, piece in enumerate(pieces):
        mine = [(n, *row[1:]) for n, row in enumerate(parts, 1) if row[0] == number]
        shared = [row[1:] for row in common if row[0] == number]
        cuts = {0, len(piece.text)}
        for begin, end in [*(row[1:3] for row in mine), *shared]:
            cuts |= {min(begin, len(piece.text)), min(end, len(piece.text))}
        edges = sorted(cuts)
        rows: list[Stretch] = []
        for begin, end in pairwise(edges):
            inside = next((row for row in mine if row[1] <= begin and end <= row[2]), None)
            is_common = any(row[0] <= begin and end <= row[1] for row in shared)
            text = piece.text[begin:end]
            if inside is None:
                rows.append(Stretch(text, is_common=is_common))
            else:
                rows.append(Stretch(text, inside[0], inside[3] + 1, False, inside[1] == begin))
        found.append(Shown(piece, tuple(rows)))
    return found
