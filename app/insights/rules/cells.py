"""How hard the cells of a lab are and what they tell apart, by classical test theory. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.insights.rules.distribution import FEW, mean
from app.quizzes.rules.statistics import ENOUGH, correlation

__all__ = ["CellKey", "CellStatistics", "Sheet", "cell_statistics"]

CellKey = tuple[str, str]
"""Notebook and grade id."""
USUAL = 0.9
"""A cell belongs to the totals when at least this share of the works has points for it."""

Sheet = Mapping[CellKey, float | None]
"""One work: points by cell, None while there are none."""


@dataclass(frozen=True)
class CellStatistics:
    """One cell over the works that have points for it."""

    key: CellKey
    count: int
    out_of: float
    difficulty: float | None
    """Mean share of its points, 0 to 1: the difficulty index p, near 1 for easy ones. None for
    fewer than FEW works."""
    full_share: float | None
    """Share of the works with all of its points."""
    discrimination: float | None
    """Corrected item–total correlation, -1 to 1: Pearson's r of its points with the sum of the
    points of the other cells of the same work; point-biserial where points are all or nothing.
    None for fewer than ENOUGH works or when one of both does not vary."""
    compared: int
    """Of how many works the correlation is."""


def cell_statistics(
    sheets: Sequence[Sheet], out_of: Mapping[CellKey, float]
) -> list[CellStatistics]:
    """Every cell of OUT_OF (what each is worth), in its order.

    Totals are of the cells that at least nine in ten works have points for, over the works that
    have points for all of these; so a cell that still waits for a person does not change them.
    """
    usual = [
        key
        for key in out_of
        if sheets and sum(s.get(key) is not None for s in sheets) >= USUAL * len(sheets)
    ]
    compared: list[tuple[Sheet, float]] = []
    for sheet in sheets:
        points = [sheet.get(key) for key in usual]
        given = [p for p in points if p is not None]
        if len(given) == len(usual):
            compared.append((sheet, sum(given)))
    return [_cell(key, worth, sheets, compared, key in usual) for key, worth in out_of.items()]


def _cell(
    key: CellKey,
    worth: float,
    sheets: Sequence[Sheet],
    compared: Sequence[tuple[Sheet, float]],
    in_total: bool,
) -> CellStatistics:
    points = [p for s in sheets if (p := s.get(key)) is not None]
    own: list[float] = []
    rest: list[float] = []
    for sheet, total in compared:
        mine = sheet.get(key)
        if mine is not None:
            own.append(mine)
            rest.append(total - mine if in_total else total)
    is_said = len(points) >= FEW and worth > 0
    return CellStatistics(
        key,
        len(points),
        worth,
        mean(points) / worth if is_said else None,
        sum(p >= worth for p in points) / len(points) if is_said else None,
        correlation(own, rest) if len(own) >= ENOUGH else None,
        len(own),
    )
