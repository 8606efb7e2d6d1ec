"""How questions and a whole quiz work, by classical test theory. Pure.

Points are floats; a question that was not drawn for somebody is simply absent from her row.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

ENOUGH = 10
"""With fewer attempts nothing is said about how questions relate: chance would speak."""


@dataclass(frozen=True)
class Sheet:
    """One finished attempt: points by question."""

    points: Mapping[str, float]
    duration: timedelta | None = None


@dataclass(frozen=True)
class QuestionStatistics:
    """One question over all of its variants."""

    question_id: str
    count: int
    out_of: float
    mean: float
    """Mean share of the points, 0 to 1: the difficulty index p (easy questions are near 1)."""
    full_share: float
    """Share of those with all points."""
    discrimination: float | None
    """Correlation of its points with the points of the rest of the attempt, -1 to 1: corrected
    item-total, the point-biserial coefficient where points are all or nothing. None when there are
    too few attempts, or everybody got the same."""


@dataclass(frozen=True)
class QuizStatistics:
    """A whole quiz."""

    count: int
    mean: float | None
    """Mean share of the points, 0 to 1."""
    deviation: float | None
    """Standard deviation of that share over the attempts."""
    median_duration: timedelta | None
    alpha: float | None
    """Cronbach's alpha over the questions that everybody had."""
    alpha_questions: int
    questions: tuple[QuestionStatistics, ...]


def statistics(sheets: Sequence[Sheet], out_of: Mapping[str, float]) -> QuizStatistics:
    """SHEETS of finished attempts; OUT_OF says what each question is worth, in its order."""
    shares = []
    for sheet in sheets:
        most = sum(out_of[question] for question in sheet.points)
        if most:
            shares.append(sum(sheet.points.values()) / most)
    common = [q for q in out_of if sheets and all(q in sheet.points for sheet in sheets)]
    durations = sorted(sheet.duration for sheet in sheets if sheet.duration is not None)
    return QuizStatistics(
        count=len(sheets),
        mean=_mean(shares) if shares else None,
        deviation=math.sqrt(_variance(shares)) if len(shares) > 1 else None,
        median_duration=_median(durations),
        alpha=cronbach([[sheet.points[q] for q in common] for sheet in sheets]),
        alpha_questions=len(common),
        questions=tuple(_question(q, sheets, most) for q, most in out_of.items()),
    )


def _question(question: str, sheets: Iterable[Sheet], out_of: float) -> QuestionStatistics:
    own, rest = [], []
    for sheet in sheets:
        if question in sheet.points:
            own.append(sheet.points[question])
            rest.append(sum(sheet.points.values()) - sheet.points[question])
    return QuestionStatistics(
        question,
        len(own),
        out_of,
        _mean(own) / out_of if own and out_of else 0.0,
        sum(1 for points in own if points >= out_of) / len(own) if own else 0.0,
        correlation(own, rest) if len(own) >= ENOUGH else None,
    )


def correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Pearson's r; None where one of both does not vary."""
    if len(first) < 2:
        return None
    mean_first, mean_second = _mean(first), _mean(second)
    above = sum((a - mean_first) * (b - mean_second) for a, b in zip(first, second, strict=True))
    below = sum((a - mean_first) ** 2 for a in first) * sum((b - mean_second) ** 2 for b in second)
    # Sums of floats that do not vary may differ in their last digit.
    return above / math.sqrt(below) if below > 1e-12 else None


def cronbach(rows: Sequence[Sequence[float]]) -> float | None:
    """Cronbach's alpha of ROWS (attempts) by columns (questions): k/(k-1) (1 - Σs²ᵢ / s²ₜ).

    Cronbach, Psychometrika 16 (1951). None for fewer than two questions or ENOUGH attempts, or
    when the totals do not vary.
    """
    if len(rows) < ENOUGH or len(rows[0]) < 2:
        return None
    count = len(rows[0])
    total = _variance([sum(row) for row in rows])
    if total <= 1e-12:
        return None
    parts = sum(_variance([row[column] for row in rows]) for column in range(count))
    return count / (count - 1) * (1 - parts / total)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _variance(values: Sequence[float]) -> float:
    """Of a sample: n - 1 below."""
    mean = _mean(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _median(values: Sequence[timedelta]) -> timedelta | None:
    if not values:
        return None
    middle = len(values) // 2
    if len(values) % 2:
        return values[middle]
    return (values[middle - 1] + values[middle]) / 2
