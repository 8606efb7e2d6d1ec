"""What a rubric is: criteria in order, each with levels from best to worst or free points.

A *raw* rubric is what JSON, a file or a form holds, perhaps unfinished; a `Scale` is a valid one.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from app.kernel.i18n import LOCALES, LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText

__all__ = [
    "ZERO",
    "BadPoints",
    "Criterion",
    "Level",
    "NotARubric",
    "Raw",
    "Scale",
    "Scoring",
    "Visibility",
    "blank",
    "new_part_id",
    "plain",
    "points_of",
    "raw_of",
    "scale_of",
    "text_of",
    "tidy",
]  # fmt: skip

Raw = dict[str, Any]
ZERO = Decimal(0)
MOST_POINTS = Decimal(10_000)
MOST_CRITERIA = 30
MOST_LEVELS = 10
LONGEST_TITLE = 200
LONGEST_TEXT = 4000


class Scoring(StrEnum):
    """How points come about."""

    LEVELS = "levels"
    """Each level has its points."""
    RANGES = "ranges"
    """A level reaches from the next lower one's points up to its own; any of these may be given."""
    POINTS = "points"
    """Any points up to the criterion's; levels, if there are, only describe."""
    NONE = "none"
    """Feedback only."""


class Visibility(StrEnum):
    """Who finds a rubric in the list."""

    MINE = "mine"
    ORGANISATION = "organisation"
    EVERYBODY = "everybody"


class NotARubric(Exception):
    """What was given has not even the outline of a rubric."""

    message: LazyText

    def __init__(self, message: LazyText) -> None:
        self.message = message
        super().__init__(str(message))


class BadPoints(ValueError):
    """Not a number from 0 to 10,000 with at most two decimals."""


@dataclass(frozen=True)
class Level:
    id: str
    title: LocalizedText
    description: LocalizedText
    points: Decimal


@dataclass(frozen=True)
class Criterion:
    id: str
    title: LocalizedText
    description: LocalizedText
    points: Decimal
    """The most that can be given where there are no levels to choose from."""
    levels: tuple[Level, ...] = ()
    """From best to worst."""
    is_critical: bool = False
    """Failing it fails the whole."""
    least: Decimal | None = None
    """A critical criterion is failed below these points; None: at its last level, or at 0."""

    def level(self, level_id: str | None) -> Level | None:
        return next((level for level in self.levels if level.id == level_id), None)

    def range_of(self, level: Level) -> tuple[Decimal, Decimal]:
        """The least and the most points within LEVEL, both included (Scoring.RANGES)."""
        place = self.levels.index(level)
        last = place == len(self.levels) - 1
        return (ZERO if last else self.levels[place + 1].points), level.points


@dataclass(frozen=True)
class Scale:
    """A valid rubric."""

    title: LocalizedText
    description: LocalizedText
    scoring: Scoring
    criteria: tuple[Criterion, ...]

    @property
    def has_points(self) -> bool:
        return self.scoring is not Scoring.NONE

    def has_choice(self, criterion: Criterion) -> bool:
        """Whether one of the criterion's levels is chosen when it is judged."""
        return bool(criterion.levels) and self.scoring is not Scoring.POINTS

    def maximum_of(self, criterion: Criterion) -> Decimal:
        """The most points of one criterion."""
        if not self.has_points:
            return ZERO
        return criterion.levels[0].points if self.has_choice(criterion) else criterion.points

    @property
    def maximum(self) -> Decimal:
        """The most points of all."""
        return sum((self.maximum_of(criterion) for criterion in self.criteria), ZERO)

    def criterion(self, criterion_id: str) -> Criterion | None:
        return next((c for c in self.criteria if c.id == criterion_id), None)


def points_of(text: object) -> Decimal | None:
    """TEXT as points; None when it is empty. Raises BadPoints."""
    written = str(text if text is not None else "").strip().replace(",", ".")
    if not written:
        return None
    try:
        value = Decimal(written)
    except InvalidOperation as error:
        raise BadPoints(written) from error
    if not value.is_finite() or not ZERO <= value <= MOST_POINTS:
        raise BadPoints(written)
    rounded = value.quantize(Decimal("0.01"))
    if rounded != value:
        raise BadPoints(written)
    return Decimal(plain(rounded))


def plain(value: Decimal | None) -> str:
    """Points as people write them: no needless zeros, no exponent; empty for None."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def new_part_id() -> str:
    """A name for a criterion or level that no earlier one of its rubric had."""
    return secrets.token_hex(4)


def text_of(given: object) -> dict[str, str]:
    """GIVEN, a text or texts by language, as texts by language. A lone text's is guessed."""
    if isinstance(given, Mapping):
        return {code: _line(given.get(code)) for code in LOCALES if _line(given.get(code))}
    text = _line(given)
    if not text:
        return {}
    is_chinese = any("\u3400" <= letter <= "\u9fff" for letter in text)
    return {"zh-Hant-TW" if is_chinese else "en": text}


def _line(given: object) -> str:
    if given is None or isinstance(given, list | dict | bool):
        return ""
    return str(given).replace("\0", "").replace("\r\n", "\n").strip()[: 2 * LONGEST_TEXT]


def tidy(given: object, fresh: Callable[[], str] = new_part_id) -> Raw:
    """GIVEN as a raw rubric of the right shape, whatever is still missing or wrong in it.

    Parts without an id of their own get one from FRESH. Raises NotARubric.
    """
    if not isinstance(given, Mapping) or not isinstance(given.get("criteria"), list):
        raise NotARubric(_l("This holds no rubric: a title and a list of criteria are expected."))
    taken: set[str] = set()
    scoring = str(given.get("scoring") or Scoring.LEVELS)
    return {
        "scoring": scoring if scoring in list(Scoring) else Scoring.LEVELS.value,
        "title": text_of(given.get("title")),
        "description": text_of(given.get("description")),
        "criteria": [
            _tidy_criterion(row, taken, fresh)
            for row in given["criteria"][: MOST_CRITERIA + 1]
            if isinstance(row, Mapping)
        ],
    }


def _tidy_criterion(row: Mapping[str, Any], taken: set[str], fresh: Callable[[], str]) -> Raw:
    levels = row.get("levels")
    known: set[str] = set()
    return {
        "id": _id(row.get("id"), taken, fresh),
        "title": text_of(row.get("title")),
        "description": text_of(row.get("description")),
        "points": _line(row.get("points")),
        "critical": row.get("critical") is True,
        "least": _line(row.get("least")),
        "levels": [
            {
                "id": _id(level.get("id"), known, fresh),
                "title": text_of(level.get("title")),
                "description": text_of(level.get("description")),
                "points": _line(level.get("points")),
            }
            for level in (levels if isinstance(levels, list) else [])[: MOST_LEVELS + 1]
            if isinstance(level, Mapping)
        ],
    }


def _id(given: object, taken: set[str], fresh: Callable[[], str]) -> str:
    text = str(given or "")
    fits = 0 < len(text) <= 40 and text.isascii() and text.replace("-", "").isalnum()
    if not fits or text in taken:
        text = fresh()
    taken.add(text)
    return text


def scale_of(raw: Mapping[str, Any]) -> Scale:
    """The scale that a raw rubric without problems (see `checking.check`) describes."""
    return Scale(
        LocalizedText(raw["title"]),
        LocalizedText(raw.get("description") or {}),
        Scoring(raw["scoring"]),
        tuple(
            Criterion(
                id=row["id"],
                title=LocalizedText(row["title"]),
                description=LocalizedText(row.get("description") or {}),
                points=_points(row.get("points")) or ZERO,
                levels=tuple(
                    Level(
                        level["id"],
                        LocalizedText(level["title"]),
                        LocalizedText(level.get("description") or {}),
                        _points(level.get("points")) or ZERO,
                    )
                    for level in row["levels"]
                ),
                is_critical=bool(row.get("critical")),
                least=_points(row.get("least")) if row.get("critical") else None,
            )
            for row in raw["criteria"]
        ),
    )


def _points(text: object) -> Decimal | None:
    """As points_of, for fields that a kind of scoring does not look at and nobody checked."""
    try:
        return points_of(text)
    except BadPoints:
        return None


def raw_of(scale: Scale) -> Raw:
    """SCALE as JSON; `scale_of` reads it back."""
    return {
        "scoring": scale.scoring.value,
        "title": dict(scale.title),
        "description": dict(scale.description),
        "criteria": [
            {
                "id": row.id,
                "title": dict(row.title),
                "description": dict(row.description),
                "points": plain(row.points),
                "critical": row.is_critical,
                "least": plain(row.least),
                "levels": [
                    {
                        "id": level.id,
                        "title": dict(level.title),
                        "description": dict(level.description),
                        "points": plain(level.points),
                    }
                    for level in row.levels
                ],
            }
            for row in scale.criteria
        ],
    }


def blank(title: Mapping[str, str] | None = None) -> Raw:
    """A rubric to begin with: one criterion with three levels, nothing written yet."""
    return {
        "scoring": Scoring.LEVELS.value,
        "title": dict(title or {}),
        "description": {},
        "criteria": [blank_criterion()],
    }


def blank_criterion(levels: int = 3) -> Raw:
    empty: Raw = {"title": {}, "description": {}, "points": ""}
    return {
        **empty,
        "id": new_part_id(),
        "critical": False,
        "least": "",
        "levels": [{**empty, "id": new_part_id()} for _number in range(levels)],
    }
