"""Judging by a rubric: points per criterion, the total, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.rubrics.rules.shape import (
    ZERO,
    BadPoints,
    Criterion,
    Level,
    Scale,
    Scoring,
    plain,
    points_of,
)

__all__ = ["Assessment", "Mark", "Marks", "Row", "Wrong", "assess", "marks_of", "marks_to_json"]

LONGEST_COMMENT = 10_000


@dataclass(frozen=True)
class Mark:
    """What a judge gave for one criterion."""

    level: str | None = None
    points: Decimal | None = None
    comment: str = ""


Marks = Mapping[str, Mark]
"""By the criterion's id."""


@dataclass(frozen=True)
class Wrong:
    """A mark that the rubric does not allow."""

    criterion: str
    message: LazyText


@dataclass(frozen=True)
class Row:
    """One criterion, judged or not."""

    criterion: Criterion
    level: Level | None
    points: Decimal | None
    comment: str
    maximum: Decimal
    is_missing: bool
    has_failed: bool
    """It is critical and was failed."""


@dataclass(frozen=True)
class Assessment:
    rows: tuple[Row, ...]
    """In the order of the rubric."""
    sum: Decimal
    """All points added up."""
    total: Decimal
    """What counts: the sum, or 0 when a critical criterion was failed."""
    maximum: Decimal
    wrong: tuple[Wrong, ...]

    @property
    def missing(self) -> tuple[Criterion, ...]:
        return tuple(row.criterion for row in self.rows if row.is_missing)

    @property
    def failed(self) -> tuple[Criterion, ...]:
        return tuple(row.criterion for row in self.rows if row.has_failed)

    @property
    def is_complete(self) -> bool:
        return not self.missing and not self.wrong

    def row(self, criterion_id: str) -> Row:
        return next(row for row in self.rows if row.criterion.id == criterion_id)


def assess(scale: Scale, marks: Marks) -> Assessment:
    """What MARKS make of SCALE. A mark that is not allowed is named and gives no points."""
    wrong: list[Wrong] = [
        Wrong(name, _l("This rubric has no such criterion."))
        for name in marks
        if scale.criterion(name) is None
    ]
    rows = tuple(_row(scale, c, marks.get(c.id, Mark()), wrong) for c in scale.criteria)
    added = sum((row.points for row in rows if row.points is not None), ZERO)
    total = ZERO if any(row.has_failed for row in rows) else added
    return Assessment(rows, added, total, scale.maximum, tuple(wrong))


def _row(scale: Scale, criterion: Criterion, mark: Mark, wrong: list[Wrong]) -> Row:
    level, points, fault = _given(scale, criterion, mark)
    if len(mark.comment) > LONGEST_COMMENT:
        fault = fault or _l("Use at most %(count)s characters here.", count=LONGEST_COMMENT)
    if fault is not None:
        wrong.append(Wrong(criterion.id, fault))
    if scale.has_points:
        is_missing = points is None
    else:
        is_missing = level is None if criterion.levels else not mark.comment.strip()
    return Row(
        criterion=criterion,
        level=level,
        points=points,
        comment=mark.comment,
        maximum=scale.maximum_of(criterion),
        is_missing=is_missing,
        has_failed=not is_missing and _fails(scale, criterion, level, points),
    )


def _given(
    scale: Scale, criterion: Criterion, mark: Mark
) -> tuple[Level | None, Decimal | None, LazyText | None]:
    """The level and points that count, and what is not allowed about them."""
    if not scale.has_choice(criterion):
        if mark.level:
            return None, None, _l("Here no level is chosen.")
        if not scale.has_points:
            return None, None, _NO_POINTS if mark.points is not None else None
        return (None, *_between(mark.points, ZERO, criterion.points))
    level = criterion.level(mark.level)
    if mark.level and level is None:
        return None, None, _l("This criterion has no such level.")
    if scale.scoring is Scoring.NONE:
        return level, None, _NO_POINTS if mark.points is not None else None
    if scale.scoring is Scoring.LEVELS:
        if level is None:
            fault = _l("Choose a level: the points follow from it.")
            return None, None, fault if mark.points is not None else None
        if mark.points not in (None, level.points):
            return level, None, _l("The points follow from the level.")
        return level, level.points, None
    return _in_range(criterion, level, mark.points)


_NO_POINTS = _l("This rubric gives no points.")


def _in_range(
    criterion: Criterion, level: Level | None, points: Decimal | None
) -> tuple[Level | None, Decimal | None, LazyText | None]:
    if level is None and points is not None:
        reached = [one for one in criterion.levels if one.points >= points]
        level = reached[-1] if reached else criterion.levels[0]
    if level is None:
        return None, None, None
    least, most = criterion.range_of(level)
    return (level, *_between(level.points if points is None else points, least, most))


def _between(
    points: Decimal | None, least: Decimal, most: Decimal
) -> tuple[Decimal | None, LazyText | None]:
    if points is None or least <= points <= most:
        return points, None
    return None, _l("From %(least)s to %(most)s points.", least=plain(least), most=plain(most))


def _fails(scale: Scale, criterion: Criterion, level: Level | None, points: Decimal | None) -> bool:
    if not criterion.is_critical:
        return False
    if criterion.least is not None and points is not None:
        return points < criterion.least
    if scale.has_choice(criterion):
        return level is criterion.levels[-1]
    return points == ZERO


def marks_to_json(marks: Marks) -> dict[str, Any]:
    """MARKS as they are kept; `marks_of` reads them back."""
    return {
        name: {"level": mark.level, "points": plain(mark.points) or None, "comment": mark.comment}
        for name, mark in marks.items()
    }


def marks_of(kept: Mapping[str, Any]) -> dict[str, Mark]:
    return {name: Mark(row["level"], _points(row), row["comment"]) for name, row in kept.items()}


def _points(row: Mapping[str, Any]) -> Decimal | None:
    try:
        return points_of(row["points"])
    except BadPoints:
        return None
