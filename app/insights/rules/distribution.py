"""How values lie: quartiles, mean, and how many are where. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["FEW", "Bin", "Summary", "bins", "mean", "quantile", "summary"]

FEW = 5
"""With fewer works nothing is said: single persons would be recognised, and chance would speak."""
BINS = 10


@dataclass(frozen=True)
class Summary:
    """What is said about a sample of at least FEW values."""

    count: int
    mean: float
    deviation: float
    """Standard deviation of a sample: the root of Σ(x - x̄)² / (n - 1)."""
    least: float
    lower: float
    """First quartile."""
    median: float
    upper: float
    """Third quartile."""
    most: float


@dataclass(frozen=True)
class Bin:
    """How many values are from LOW on and below HIGH; the last bin has HIGH itself too."""

    low: float
    high: float
    count: int


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean. Raises ZeroDivisionError without values."""
    return math.fsum(values) / len(values)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which SHARE (0 to 1) of the ascending values ORDERED lie.

    Linear between neighbours at the place (n - 1)·share: type 7 of Hyndman and Fan, The American
    Statistician 50 (1996), which spreadsheets and numpy take too. Raises IndexError without values.
    """
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def summary(values: Iterable[float]) -> Summary | None:
    """What can be said about VALUES; None when they are fewer than FEW."""
    ordered = sorted(values)
    count = len(ordered)
    if count < FEW:
        return None
    middle = mean(ordered)
    variance = math.fsum((value - middle) ** 2 for value in ordered) / (count - 1)
    return Summary(
        count,
        middle,
        math.sqrt(variance),
        ordered[0],
        quantile(ordered, 0.25),
        quantile(ordered, 0.5),
        quantile(ordered, 0.75),
        ordered[-1],
    )


def bins(values: Iterable[float], most: float, count: int = BINS) -> list[Bin]:
    """VALUES in COUNT bins of equal width from 0 to MOST (above 0).

    What lies outside (extra points) is counted in the bin at that end.
    """
    counts = [0] * count
    # Exact: 0.3 of 1 belongs to the fourth of ten bins, whatever 0.1 · 3 comes to in floats.
    width = Fraction(str(most)) / count
    for value in values:
        place = math.floor(Fraction(str(value)) / width)
        counts[min(max(place, 0), count - 1)] += 1
    return [Bin(float(width * n), float(width * (n + 1)), c) for n, c in enumerate(counts)]
