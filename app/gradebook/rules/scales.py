"""Scales: how a percent is rounded, which letter it is, and whether it passes.

百分制 and 等第制 are those that Taiwan's universities print: a hundred points with 60 to pass
(70 for graduate students), and letters with the grade points and the mid-point percents of
National Taiwan University's regulations on grades.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from quicktions import Fraction

__all__ = [
    "GRADUATE_LETTERS", "LETTERS", "PASS_OR_FAIL", "PERCENT", "PERCENT_GRADUATE", "SCALES", "Mark",
    "Scale", "mark", "round_half_up",
]  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """A letter, the lowest percent that earns it, and its grade points (None when it has none)."""

    name: str
    lowest: Decimal
    grade_points: Decimal | None = None


@dataclass(frozen=True)
class Scale:
    """Percents are rounded half up to DIGITS decimals once, then compared."""

    name: str
    passing: Decimal
    marks: tuple[Mark, ...] = ()
    """From the highest; the last one begins at 0. Empty when the percent itself is the grade."""
    digits: int = 0


def _marks(*rows: tuple[str, int, str]) -> tuple[Mark, ...]:
    return tuple(Mark(name, Decimal(low), Decimal(points)) for name, low, points in rows)


_LETTERS = _marks(
    ("A+", 90, "4.3"), ("A", 85, "4.0"), ("A-", 80, "3.7"),
    ("B+", 77, "3.3"), ("B", 73, "3.0"), ("B-", 70, "2.7"),
    ("C+", 67, "2.3"), ("C", 63, "2.0"), ("C-", 60, "1.7"),
    ("F", 0, "0"),
)  # fmt: skip

PERCENT = Scale("percent", Decimal(60))
PERCENT_GRADUATE = Scale("percent-graduate", Decimal(70))
LETTERS = Scale("letters", Decimal(60), _LETTERS)
GRADUATE_LETTERS = Scale("letters-graduate", Decimal(70), _LETTERS)
PASS_OR_FAIL = Scale("pass-or-fail", Decimal(60), (Mark("P", Decimal(60)), Mark("F", Decimal(0))))
SCALES = {
    scale.name: scale
    for scale in (PERCENT, PERCENT_GRADUATE, LETTERS, GRADUATE_LETTERS, PASS_OR_FAIL)
}


# The same few numbers come in every grade of a section; to read them anew takes longer than to add.
exact = lru_cache(maxsize=50_000)(Fraction)


def round_half_up(value: Fraction, digits: int) -> Decimal:
    """VALUE to DIGITS decimals; a half goes up."""
    scaled = value * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole).scaleb(-digits)


def mark(scale: Scale, rounded: Decimal) -> Mark | None:
    """The mark of a percent that has been rounded; None when the scale has no marks."""
    return next((mark for mark in scale.marks if rounded >= mark.lowest), _last(scale.marks))


def _last(marks: Sequence[Mark]) -> Mark | None:
    return marks[-1] if marks else None
