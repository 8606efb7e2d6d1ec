"""Words of challenges, and how their leaderboards are ordered."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.kernel import clock
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

MOST_FILE_BYTES = 8 * 2**20
"""Of a file of predictions, or of a notebook."""
MOST_ANSWERS_BYTES = 8 * 2**20
MOST_PROGRAM_BYTES = 200_000
MOST_WAITING = 3
"""Entries of one participant that wait or are being scored at once."""
MOST_INVALID_A_DAY = 20
"""Files that could not be scored cost no attempt; beyond so many a day they are too many."""
PREDICTIONS = "predictions.csv"


class EntryState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SCORED = "scored"
    INVALID = "invalid"
    """The file could not be scored, and says why; it costs no attempt."""
    FAILED = "failed"
    """It could not be scored for a reason that is not in the file; it costs no attempt."""


LIVE = (EntryState.QUEUED, EntryState.RUNNING)
COSTS = (EntryState.QUEUED, EntryState.RUNNING, EntryState.SCORED)


class Kind(StrEnum):
    CSV = "csv"
    NOTEBOOK = "notebook"


class ShownAs(StrEnum):
    NUMBER = "number"
    """“Participant 3”."""
    HANDLE = "handle"


SHOWN_NAMES: dict[ShownAs, LazyText] = {
    ShownAs.NUMBER: _l("As a number"),
    ShownAs.HANDLE: _l("By my handle"),
}


@dataclass(frozen=True)
class Metric:
    """How predictions are compared with answers; ``kind`` is what a prediction has to be."""

    name: LazyText
    kind: str
    higher: bool


OWN = "own"
OWN_NAME = _l("The author’s own metric")
METRICS: dict[str, Metric] = {
    "mae": Metric(_l("Mean absolute error"), "number", False),
    "rmse": Metric(_l("Root mean squared error"), "number", False),
    "mape": Metric(_l("Mean absolute percentage error"), "number", False),
    "r2": Metric(_l("Coefficient of determination R²"), "number", True),
    "accuracy": Metric(_l("Accuracy"), "label", True),
    "balanced_accuracy": Metric(_l("Balanced accuracy"), "label", True),
    "f1_macro": Metric(_l("F1, mean over the classes"), "label", True),
    "roc_auc": Metric(_l("Area under the ROC curve"), "probability", True),
    "log_loss": Metric(_l("Log loss"), "probability", False),
}
"""Those of scikit-learn that the evaluator keeps. ``own`` is the author's program."""

KIND_NAMES: dict[str, LazyText] = {
    "number": _l("a number"),
    "probability": _l("a probability from 0 to 1"),
    "label": _l("a class, written as in the training data"),
}

EVALUATOR_PROBLEM = _l(
    "The challenge's own evaluation failed. This is no fault of yours and costs no attempt; the"
    " staff has been told."
)
FAILED_PROBLEM = _l(
    "Scoring broke off several times for a reason that is not in your work. It costs no attempt."
)
PROBLEMS: dict[str, LazyText] = {
    "file-not-text": _l("The file is not text in UTF-8. Save it as “CSV UTF-8”."),
    "file-not-csv": _l(
        "The file is not CSV: a quotation mark is not closed, or something follows one."
    ),
    "file-empty": _l("The file is empty."),
    "file-column": _l("The heading needs the column “%(column)s” exactly once."),
    "file-cells": _l("This row has %(found)s cells; the heading has %(wanted)s."),
    "file-unknown": _l("There is no row “%(id)s” to predict."),
    "file-twice": _l("The row “%(id)s” is here for the second time."),
    "file-no-value": _l("The row “%(id)s” has no prediction."),
    "file-not-a-number": _l("“%(value)s” is not a number."),
    "file-not-finite": _l("“%(value)s” is not a finite number."),
    "file-no-probability": _l("“%(value)s” is not a probability from 0 to 1."),
    "file-missing": _l("%(count)s rows have no prediction; the first of them is “%(id)s”."),
}
"""What the evaluator finds wrong in a participant's file, by its code. Everything else is a fault
of the challenge, told to its staff alone. ``PROBLEMS[code] % params`` is in the reader's
language."""


def day_of(instant: datetime) -> date:
    """The programme's day, in Taipei: attempts are counted by it."""
    return instant.astimezone(clock.TAIPEI).date()


@dataclass(frozen=True)
class ShownSkill:
    """A skill that a challenge shows of whoever reaches a score in the end.

    ``key`` names it as labs do, ``level`` is from 1, ``weight`` above 0 and at most 1. ``reach`` is
    the final score, by the part of the answers kept back, that shows it: a place on the leaderboard
    only says how good the others were.
    """

    key: str
    reach: float
    level: int = 1
    weight: Decimal = Decimal(1)

    @property
    def is_possible(self) -> bool:
        return (
            bool(self.key)
            and math.isfinite(self.reach)
            and 1 <= self.level <= 9
            and 0 < self.weight <= 1
        )

    @property
    def row(self) -> dict[str, Any]:
        """As ``Challenge.skills`` keeps it."""
        return {
            "slug": self.key, "level": self.level, "weight": str(self.weight), "reach": self.reach,
        }  # fmt: skip

    def is_reached(self, score: float, *, higher: bool) -> bool:
        """Whether SCORE is enough; equal in twelve significant digits is enough."""
        found, asked = _rounded(score), _rounded(self.reach)
        return found >= asked if higher else found <= asked


def skills_in(rows: Iterable[Mapping[str, Any]]) -> list[ShownSkill]:
    """What ``Challenge.skills`` says."""
    return [
        ShownSkill(
            str(row["slug"]), float(row["reach"]), int(row["level"]), Decimal(str(row["weight"]))
        )
        for row in rows
    ]


def _rounded(score: float) -> float:
    return float(f"{score:.12g}")


@dataclass(frozen=True)
class Ranked:
    """A place on a leaderboard; equal scores share a rank, and the next one is left out."""

    rank: int
    position: int
    """Index among what was given."""


def ranked(scores: list[tuple[float, datetime, str]], *, higher: bool) -> list[Ranked]:
    """The order of SCORES, each with when its work came and a name that no other has.

    Of equal scores the earlier stands first, though their rank is one. Scores are equal when they
    agree in twelve significant digits: what lies beyond is arithmetic.
    """
    rounded = [_rounded(score) for score, _at, _key in scores]
    order = sorted(
        range(len(scores)),
        key=lambda i: (-rounded[i] if higher else rounded[i], scores[i][1], scores[i][2]),
    )
    places: list[Ranked] = []
    for count, index in enumerate(order, 1):
        same = places and rounded[order[count - 2]] == rounded[index]
        places.append(Ranked(places[-1].rank if same else count, index))
    return places
