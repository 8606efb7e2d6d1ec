"""What is still wrong with a raw rubric, said at the field where it is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.rubrics.rules.shape import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_CRITERIA,
    MOST_LEVELS,
    ZERO,
    BadPoints,
    Raw,
    Scoring,
    points_of,
)

__all__ = ["Problem", "check"]

BAD_POINTS = _l("Points are a number from 0 to 10,000 with at most two decimals.")
NO_POINTS = _l("Say how many points this is worth.")


@dataclass(frozen=True)
class Problem:
    """One thing to mend. PATH names the field, as ``criteria.0.levels.2.points``."""

    path: str
    message: LazyText


def check(raw: Raw) -> list[Problem]:
    """Every problem of RAW (tidied before), in reading order; none means it can be published."""
    problems = _texts(raw, "", what=_l("Give the rubric a title."))
    criteria = raw["criteria"]
    if not criteria:
        problems.append(Problem("criteria", _l("Add at least one criterion.")))
    if len(criteria) > MOST_CRITERIA:
        problems.append(
            Problem("criteria", _l("A rubric has at most %(count)s criteria.", count=MOST_CRITERIA))
        )
    for number, row in enumerate(criteria):
        problems += _criterion(row, f"criteria.{number}.", Scoring(raw["scoring"]))
    return problems


def _criterion(row: Raw, at: str, scoring: Scoring) -> list[Problem]:
    problems = _texts(row, at, what=_l("Give the criterion a title."))
    levels = row["levels"]
    if len(levels) > MOST_LEVELS:
        problems.append(
            Problem(
                f"{at}levels", _l("A criterion has at most %(count)s levels.", count=MOST_LEVELS)
            )
        )
    if len(levels) == 1:
        problems.append(
            Problem(f"{at}levels", _l("One level leaves no choice: add another, or delete it."))
        )
    for number, level in enumerate(levels):
        problems += _texts(level, f"{at}levels.{number}.", what=_l("Give the level a name."))
    if scoring is Scoring.NONE:
        if row["critical"] and not levels:
            problems.append(
                Problem(
                    f"{at}critical",
                    _l("Without points a critical criterion needs levels: the last one fails."),
                )
            )
        return problems
    if levels and scoring is not Scoring.POINTS:
        best, found = _level_points(levels, at)
    else:
        best, found = _worth(row["points"], f"{at}points")
    return problems + found + _least(row, at, best)


def _level_points(levels: list[Raw], at: str) -> tuple[Decimal | None, list[Problem]]:
    """The best level's points, and what is wrong with the points of any."""
    problems: list[Problem] = []
    best: Decimal | None = None
    above: Decimal | None = None
    for number, level in enumerate(levels):
        path = f"{at}levels.{number}.points"
        if number == 0:
            best, found = _worth(level["points"], path)
            problems += found
            above = best
            continue
        value = _points(level["points"], path, problems)
        if value is not None and above is not None and value > above:
            problems.append(
                Problem(
                    path, _l("Levels go from best to worst: at most %(most)s here.", most=above)
                )
            )
        above = value if value is not None else above
    return best, problems


def _worth(text: str, path: str) -> tuple[Decimal | None, list[Problem]]:
    problems: list[Problem] = []
    value = _points(text, path, problems)
    if value == ZERO:
        problems.append(Problem(path, _l("The best that can be reached is more than 0 points.")))
        value = None
    return value, problems


def _points(text: str, path: str, problems: list[Problem]) -> Decimal | None:
    try:
        value = points_of(text)
    except BadPoints:
        problems.append(Problem(path, BAD_POINTS))
        return None
    if value is None:
        problems.append(Problem(path, NO_POINTS))
    return value


def _least(row: Raw, at: str, best: Decimal | None) -> list[Problem]:
    if not row["critical"]:
        return []
    path = f"{at}least"
    try:
        least = points_of(row["least"])
    except BadPoints:
        return [Problem(path, BAD_POINTS)]
    if least is None or best is None or ZERO < least <= best:
        return []
    return [Problem(path, _l("More than 0 and at most %(most)s points.", most=best))]


def _texts(part: Mapping[str, Any], at: str, what: LazyText) -> list[Problem]:
    problems = []
    if not part["title"]:
        problems.append(Problem(f"{at}title", what))
    for name, most in (("title", LONGEST_TITLE), ("description", LONGEST_TEXT)):
        if any(len(text) > most for text in part[name].values()):
            problems.append(
                Problem(f"{at}{name}", _l("Use at most %(count)s characters here.", count=most))
            )
    return problems
