"""Which items to leave out so that what is left is worth most.

Dropping the lowest percent is right only while all items count alike. When they differ, the best
choice is the maximum of a ratio: D. Eppstein and D. Hirschberg, "Choosing subsets with maximum
weighted average", Journal of Algorithms 24 (1997).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from quicktions import Fraction

NOTHING = Fraction(0)

__all__ = ["Group", "Share", "best_kept"]


@dataclass(slots=True)
class Share:
    """What an item brings (``won``, not below 0) of what it asks for (``asked``, above 0)."""

    key: str
    won: Fraction
    asked: Fraction


_by_key = attrgetter("key")
_by_won = attrgetter("won")


@dataclass(frozen=True, slots=True)
class Group:
    """Shares of which ``count`` are to be kept; all of them when there are no more."""

    shares: Sequence[Share]
    count: int

    def best(self, ratio: Fraction) -> Sequence[Share]:
        """The ``count`` shares with the highest won minus RATIO times asked, equal ones by key."""
        if self.count >= len(self.shares):
            return self.shares
        order = sorted(self.shares, key=lambda share: (ratio * share.asked - share.won, share.key))
        return order[: max(self.count, 0)]

    def best_of_alike(self) -> Sequence[Share] | None:
        """As ``best``, when every share asks for the same: then it is one choice for all ratios,
        that of the highest won. None when they differ."""
        shares = self.shares
        if self.count >= len(shares):
            return shares
        asked = shares[0].asked
        if not all(share.asked is asked or share.asked == asked for share in shares):
            return None
        order = sorted(shares, key=_by_key)
        # Sorting is stable: what won the same stays in the order of keys.
        order.sort(key=_by_won, reverse=True)
        return order[: max(self.count, 0)]


def best_kept(groups: Sequence[Group], extra: Fraction = NOTHING) -> set[str]:
    """The keys to keep so that all that is won plus EXTRA, over all that is asked, is highest.

    The order of groups and shares does not matter. By Dinkelbach's method: the best choice for a
    ratio is found by sorting, the ratio that it reaches is tried next, until none is higher.
    """
    alike = [group.best_of_alike() for group in groups]
    if None not in alike:
        found = [share for shares in alike for share in shares or ()]
        return {share.key for share in found} if any(share.asked for share in found) else set()
    ratio, kept = Fraction(-1), list[Share]()
    while True:
        chosen = [share for group in groups for share in group.best(ratio)]
        asked = sum((share.asked for share in chosen), NOTHING)
        if not asked:
            return set()
        reached = (extra + sum((share.won for share in chosen), NOTHING)) / asked
        if reached <= ratio:
            return {share.key for share in kept}
        ratio, kept = reached, chosen
