"""Two graders who mark the same: what counts, and how far they agree. Pure, exact.

``agreement`` takes pairs of points as parts of what was to be had (0 to 1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.marking.rules.sharing import Agreeing

__all__ = ["SETTLED_NAMES", "STEP", "Agreement", "Settled", "agreement", "is_within", "together"]

STEP = Decimal("0.01")


class Settled(StrEnum):
    """How it was settled which points count."""

    WITHIN = "within"
    INSTRUCTOR = "instructor"
    BOTH = "both"


SETTLED_NAMES: dict[Settled, LazyText] = {
    Settled.WITHIN: _l("Close enough: it counted by itself"),
    Settled.INSTRUCTOR: _l("An instructor decided"),
    Settled.BOTH: _l("Both agreed"),
}


def is_within(first: Decimal, second: Decimal, out_of: Decimal, percent: Decimal) -> bool:
    """Whether two points differ by at most PERCENT of what is to be had, the limit included."""
    return abs(first - second) * 100 <= out_of * percent


def together(first: Decimal, second: Decimal, agreeing: Agreeing) -> Decimal:
    """The points that count when two are close enough: the mean, half up to 0.01, or the first's
    as they are."""
    if agreeing is Agreeing.FIRST:
        return first
    return ((first + second) / 2).quantize(STEP, ROUND_HALF_UP)


@dataclass(frozen=True)
class Agreement:
    """How far two graders agree on ``count`` parts. Means are parts of what was to be had."""

    count: int
    within: int
    mean_difference: Fraction | None
    """The second's less the first's: above 0 the second is milder."""
    mean_distance: Fraction | None
    kappa: Fraction | None
    """Cohen's kappa with quadratic weights (Cohen 1968): 1 less the mean squared difference of the
    pairs over that of every first with every second. None where all points are the same."""


def agreement(pairs: Iterable[tuple[Fraction, Fraction]], within: int) -> Agreement:
    """The agreement of PAIRS (first's, second's), WITHIN of which are close enough."""
    found: Sequence[tuple[Fraction, Fraction]] = list(pairs)
    count = len(found)
    if not count:
        return Agreement(0, within, None, None, None)
    zero = Fraction(0)
    sum_first = sum((one for one, _other in found), zero)
    sum_second = sum((other for _one, other in found), zero)
    squares = sum((one * one + other * other for one, other in found), zero)
    observed = sum(((one - other) ** 2 for one, other in found), zero)
    # Every first with every second: n·Σx² + n·Σy² − 2·Σx·Σy, without looking at each pair.
    expected = count * squares - 2 * sum_first * sum_second
    return Agreement(
        count,
        within,
        (sum_second - sum_first) / count,
        sum((abs(one - other) for one, other in found), zero) / count,
        1 - count * observed / expected if expected else None,
    )
