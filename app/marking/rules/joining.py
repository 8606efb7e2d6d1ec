"""One judgement of the two that two graders made by the same rubric. Pure."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from app.rubrics.rules import Criterion, Level, Mark, Marks, Scale, Scoring, assess

__all__ = ["agreed", "joined", "says_the_same"]

STEP = Decimal("0.01")


def joined(scale: Scale, first: Marks, second: Marks) -> dict[str, Mark]:
    """FIRST and SECOND, which are complete, taken together criterion by criterion.

    Points are the mean, half up to 0.01. Where points follow from levels, the level counts whose
    points are nearest to the mean, the better one of two that are as near; levels without points
    meet in the middle, again at the better one. Comments of both stand, one after the other.
    """
    one, other = assess(scale, first), assess(scale, second)
    found = {}
    for criterion in scale.criteria:
        a, b = one.row(criterion.id), other.row(criterion.id)
        comment = "\n\n".join(dict.fromkeys(text for text in (a.comment, b.comment) if text))
        level = _between(scale, criterion, a.level, b.level)
        points = None
        follows = scale.scoring is Scoring.LEVELS and scale.has_choice(criterion)
        if a.points is not None and b.points is not None and not follows:
            points = ((a.points + b.points) / 2).quantize(STEP, ROUND_HALF_UP)
            # Between two levels the points say which one it is.
            level = level if a.level is b.level else None
        found[criterion.id] = Mark(level.id if level is not None else None, points, comment)
    return found


def _between(
    scale: Scale, criterion: Criterion, first: Level | None, second: Level | None
) -> Level | None:
    if first is None or second is None or first is second:
        return first or second
    if scale.scoring is Scoring.NONE:
        places = [_place(criterion.levels, one) for one in (first, second)]
        return criterion.levels[sum(places) // 2]
    mean = (first.points + second.points) / 2
    return min(criterion.levels, key=lambda level: (abs(level.points - mean), -level.points))


def _place(levels: Sequence[Level], level: Level) -> int:
    return next(place for place, one in enumerate(levels) if one.id == level.id)


def agreed(scale: Scale, first: Marks, second: Marks) -> dict[str, Mark]:
    """The criteria for which both gave the same: there is nothing to settle about them."""
    one, other = assess(scale, first), assess(scale, second)
    both = joined(scale, first, second)
    return {
        criterion.id: both[criterion.id]
        for criterion in scale.criteria
        if (a := one.row(criterion.id)).points == (b := other.row(criterion.id)).points
        and a.level == b.level
    }


def says_the_same(scale: Scale, first: Marks, second: Marks) -> bool:
    """Whether both give the same levels and points, whatever the comments."""
    return len(agreed(scale, first, second)) == len(scale.criteria)
