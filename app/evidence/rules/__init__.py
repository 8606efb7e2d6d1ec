"""Evidence of skills, pure: its words, what a piece is, and when a skill counts as shown."""

from app.evidence.rules.pieces import Cells, Found, Piece, changed, pieces_of, work_hash
from app.evidence.rules.showing import ENOUGH, PASS, Shown, Weighed, highest, shown
from app.evidence.rules.words import (
    RANK,
    SOURCE_NAMES,
    VOUCHING_NAMES,
    VOUCHING_TEXTS,
    WITHDRAWAL_NAMES,
    Source,
    Vouching,
    Withdrawn,
    at_least,
)

__all__ = [
    "ENOUGH",
    "PASS",
    "RANK",
    "SOURCE_NAMES",
    "VOUCHING_NAMES",
    "VOUCHING_TEXTS",
    "WITHDRAWAL_NAMES",
    "Cells",
    "Found",
    "Piece",
    "Shown",
    "Source",
    "Vouching",
    "Weighed",
    "Withdrawn",
    "at_least",
    "changed",
    "highest",
    "pieces_of",
    "shown",
    "work_hash",
]
