"""Regrading a lab: which submissions, what changes, what stands. Pure."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = [
    "AT_WORK", "EFFECT_NAMES", "PENDING", "RUN_STATE_NAMES", "WHICH_NAMES", "Effect", "Points",
    "RunState", "Which", "WorkState", "cell_key", "effect_of", "fingerprint", "points_of",
    "with_chosen_cells",
]  # fmt: skip


class Which(StrEnum):
    """Which submissions are graded again."""

    COUNTING = "counting"
    NEWEST = "newest"
    ALL = "all"


WHICH_NAMES: dict[Which, LazyText] = {
    Which.COUNTING: _l("Of each student the one that counts"),
    Which.NEWEST: _l("Of each student the newest"),
    Which.ALL: _l("All of them"),
}


class RunState(StrEnum):
    TRYING = "trying"
    """Everything is graded by the corrected lab; nothing counts."""
    TRIED = "tried"
    """It is known what would change."""
    APPLYING = "applying"
    APPLIED = "applied"
    CANCELLED = "cancelled"


AT_WORK = (RunState.TRYING, RunState.APPLYING)
RUN_STATE_NAMES: dict[RunState, LazyText] = {
    RunState.TRYING: _l("Looking at what would change"),
    RunState.TRIED: _l("Waits for your decision"),
    RunState.APPLYING: _l("Grading again"),
    RunState.APPLIED: _l("Graded again"),
    RunState.CANCELLED: _l("Cancelled"),
}


class WorkState(StrEnum):
    """One submission of a regrade."""

    WAITING = "waiting"
    RUNNING = "running"
    TRIED = "tried"
    APPLIED = "applied"
    """A new attempt has taken the place of the last."""
    STANDS = "stands"
    """The score would have become lower, and nobody's score is to become lower."""
    FAILED = "failed"
    """It could not be graded again; what counted goes on counting."""


PENDING = (WorkState.WAITING, WorkState.RUNNING)


class Effect(StrEnum):
    UP = "up"
    DOWN = "down"
    SAME = "same"


EFFECT_NAMES: dict[Effect, LazyText] = {
    Effect.UP: _l("more points"),
    Effect.DOWN: _l("fewer points"),
    Effect.SAME: _l("as before"),
}

Cells = Mapping[str, tuple[float | None, float]]
"""By ``cell_key``: points by itself (None: a person gives them), and what the cell is worth."""


@dataclass(frozen=True)
class Points:
    """What a submission comes to, persons' points included."""

    score: float | None
    max_score: float
    pending: int
    cells: Mapping[str, tuple[float | None, float]]

    def as_json(self) -> dict[str, Any]:
        return {
            "score": self.score,
            "max": self.max_score,
            "pending": self.pending,
            "cells": {key: list(pair) for key, pair in self.cells.items()},
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Points":
        cells = {key: (points, most) for key, (points, most) in plain["cells"].items()}
        return cls(plain["score"], plain["max"], plain["pending"], cells)


def cell_key(notebook: str, grade_id: str) -> str:
    return f"{notebook}/{grade_id}"


def points_of(
    cells: Cells, given: Mapping[str, float], max_score: float, *, is_graded: bool = True
) -> Points:
    """CELLS with the points that persons GAVE, at most what each cell is worth.

    IS_GRADED False: the attempt has no score.
    """
    shown = {
        key: (min(given[key], most) if key in given else points, most)
        for key, (points, most) in cells.items()
    }
    score = sum(points for points, _most in shown.values() if points is not None)
    pending = sum(1 for points, _most in shown.values() if points is None)
    return Points(score if is_graded else None, max_score, pending, shown)


def effect_of(before: Points, after: Points) -> Effect:
    """Whether AFTER is a larger share of what there is to get. Nothing is less than something."""
    was = _share(before)
    now = _share(after)
    if now == was:
        return Effect.SAME
    return Effect.UP if now > was else Effect.DOWN


def _share(points: Points) -> Decimal:
    if points.score is None:
        return Decimal(-1)
    if not points.max_score:
        return Decimal(0)
    share = Decimal(str(points.score)) / Decimal(str(points.max_score))
    return share.quantize(Decimal("0.000001"))


def with_chosen_cells(
    new: list[dict[str, Any]],
    old: Mapping[str, dict[str, Any]],
    chosen: Collection[str] | None,
) -> list[dict[str, Any]]:
    """NEW notebooks, in which cells that are not CHOSEN keep what they had in OLD (by cell_key).

    A cell that is worth something else now, or was not there, is always new. CHOSEN None: all.
    """
    if chosen is None:
        return new

    def kept(notebook: str, cell: dict[str, Any]) -> dict[str, Any]:
        key = cell_key(notebook, cell["grade_id"])
        before = old.get(key)
        if key in chosen or before is None or before["max_score"] != cell["max_score"]:
            return cell
        return before

    return [
        {**notebook, "cells": [kept(notebook["name"], cell) for cell in notebook["cells"]]}
        for notebook in new
    ]


def fingerprint(receipt: str, digest: str, roads: Mapping[str, Any] | None) -> str:
    """Names everything that a result depends on: what was handed in and what it is graded by."""
    made_of = json.dumps([receipt, digest, roads], sort_keys=True)
    return hashlib.sha256(made_of.encode()).hexdigest()
