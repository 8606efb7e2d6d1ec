"""Who marks whose work: even by weight, stable, by lot with a kept seed. Pure.

Work is shared by the student whose it is: what she hands in again goes to the same grader.
"""

import hashlib
from collections.abc import Collection, Hashable, Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = [
    "MOST_WEIGHT",
    "SHARING_NAMES",
    "Agreeing",
    "Sharing",
    "by_group",
    "deal",
    "is_seconded",
    "lot",
    "redeal",
]

MOST_WEIGHT = 100

S = TypeVar("S", bound=Hashable)
G = TypeVar("G", bound=Hashable)


class Sharing(StrEnum):
    """How the works of an item come to graders."""

    ALL = "all"
    RANDOM = "random"
    GROUPS = "groups"
    LISTS = "lists"


SHARING_NAMES: dict[Sharing, LazyText] = {
    Sharing.ALL: _l("Everybody takes what comes"),
    Sharing.RANDOM: _l("By lot, evenly"),
    Sharing.GROUPS: _l("By groups of the section"),
    Sharing.LISTS: _l("By a list"),
}


class Agreeing(StrEnum):
    """Which points count when two graders are close enough."""

    MEAN = "mean"
    FIRST = "first"


def lot(seed: str, *what: Hashable) -> str:
    """A number by lot, as text: the same for the same SEED and things, on every machine."""
    return hashlib.sha256(":".join([seed, *map(str, what)]).encode()).hexdigest()


def is_seconded(seconded: int, total: int, percent: int) -> bool:
    """Whether the next work, number TOTAL + 1, gets a second look when SECONDED of those before it
    do: of n works always ceil(n · PERCENT / 100) do."""
    return seconded * 100 < (total + 1) * percent


def deal(
    students: Iterable[S],
    weights: Mapping[G, int],
    loads: Mapping[G, int],
    seed: str,
    apart: Mapping[S, G | None] | None = None,
) -> dict[S, G | None]:
    """STUDENTS among the graders of WEIGHTS, who have LOADS already; APART is who of them may not
    take a work, since it is hers as first grader.

    Each goes to whoever is furthest behind her part by weight; the lot decides among equals and in
    which order STUDENTS, who come at the same time, go. So nobody gets a whole work more than her
    part, and with equal weights and loads nobody two more than another. Nobody marks her own work.
    Without a grader the work is nobody's.
    """
    graders = {grader: weight for grader, weight in weights.items() if weight > 0}
    but = apart or {}
    have = {grader: loads.get(grader, 0) for grader in graders}
    whole = sum(graders.values())
    found: dict[S, G | None] = {}
    for student in sorted(set(students), key=lambda one: (lot(seed, one), str(one))):
        total = sum(have.values()) + 1
        chosen = min(
            (grader for grader in graders if grader not in (student, but.get(student))),
            key=lambda grader: (
                have[grader] - Fraction(graders[grader] * total, whole),
                lot(seed, student, grader),
                str(grader),
            ),
            default=None,
        )
        found[student] = chosen
        if chosen is not None:
            have[chosen] += 1
    return found


def redeal(
    shares: Mapping[S, G | None],
    fixed: Collection[S],
    weights: Mapping[G, int],
    seed: str,
) -> dict[S, G | None]:
    """All of SHARES dealt anew, but those FIXED, which stay whose they are.

    What nobody has begun moves; what is marked does not, even when its grader is gone.
    """
    kept = {student: grader for student, grader in shares.items() if student in fixed}
    loads: dict[G, int] = {}
    for grader in kept.values():
        if grader is not None:
            loads[grader] = loads.get(grader, 0) + 1
    moving = [student for student in shares if student not in kept]
    dealt: dict[S, G | None] = deal(moving, weights, loads, seed)
    return kept | dealt


def by_group(
    students: Iterable[S], groups: Mapping[S, Hashable], graders: Mapping[Hashable, G]
) -> dict[S, G | None]:
    """Each of STUDENTS to the grader of her group; nobody's without a group or a grader."""
    found: dict[S, G | None] = {}
    for student in students:
        grader = graders.get(groups[student]) if student in groups else None
        found[student] = None if grader is None or grader == student else grader
    return found
