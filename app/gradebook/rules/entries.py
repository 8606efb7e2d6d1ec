"""What a person can set by hand in one cell, and how it is typed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = [
    "COURSE", "EMPTY", "MANUAL", "WAY_NAMES", "Entry", "Typed", "TypedWrong", "Way", "plain",
    "read",
]  # fmt: skip

COURSE = "course"
"""The item key of a whole grade."""
MANUAL = "manual:"
MOST = Decimal(100_000)


class Way(StrEnum):
    """By which way a cell changed."""

    GRID = "grid"
    PAGE = "page"
    IMPORT = "import"
    BULK = "bulk"
    UNDO = "undo"
    HANDED_IN = "handed-in"
    AUTOGRADED = "autograded"
    REGRADED = "regraded"
    MANUAL_GRADING = "manual-grading"
    QUIZ = "quiz"


WAY_NAMES: dict[Way, LazyText] = {
    Way.GRID: _l("typed in the gradebook"),
    Way.PAGE: _l("on the page of the cell"),
    Way.IMPORT: _l("imported from a file"),
    Way.BULK: _l("changed for many at once"),
    Way.UNDO: _l("undone"),
    Way.HANDED_IN: _l("handed in"),
    Way.AUTOGRADED: _l("graded by its tests"),
    Way.REGRADED: _l("graded again"),
    Way.MANUAL_GRADING: _l("graded by a person"),
    Way.QUIZ: _l("quiz"),
}


def plain(value: Decimal | None) -> str | None:
    """VALUE as a text without an exponent and without zeros at the end."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class Entry:
    """All that a person set for one cell."""

    points: Decimal | None = None
    override: Decimal | None = None
    reason: str = ""
    """Why there is an override."""
    is_excused: bool = False
    is_incomplete: bool = False
    adjustment: Decimal = Decimal(0)
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Only what is set; the same entry is always the same JSON."""
        full = {
            "points": plain(self.points),
            "override": plain(self.override),
            "reason": self.reason or None,
            "is_excused": self.is_excused or None,
            "is_incomplete": self.is_incomplete or None,
            "adjustment": plain(self.adjustment) if self.adjustment else None,
            "note": self.note or None,
        }
        return {name: value for name, value in full.items() if value is not None}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Entry":
        def number(name: str) -> Decimal | None:
            return Decimal(row[name]) if row.get(name) is not None else None

        return cls(
            number("points"),
            number("override"),
            row.get("reason") or "",
            bool(row.get("is_excused")),
            bool(row.get("is_incomplete")),
            number("adjustment") or Decimal(0),
            row.get("note") or "",
        )

    def typed(self, key: str, what: "Typed", reason: str) -> "Entry":
        """This entry after somebody typed WHAT into the cell of KEY.

        In a manual column a number is its points; elsewhere it stands instead of what is computed.
        Nothing typed takes both away, and the excuse.
        """
        if what.is_excused:
            return replace(self, is_excused=True)
        if key.startswith(MANUAL):
            return replace(self, points=what.value, override=None, reason="", is_excused=False)
        return replace(
            self,
            override=what.value,
            reason=reason if what.value is not None else "",
            is_excused=False,
        )


EMPTY = Entry()


@dataclass(frozen=True)
class Typed:
    """What somebody typed into a cell: a number, an excuse, or nothing (both empty)."""

    value: Decimal | None = None
    is_excused: bool = False


class TypedWrong(ValueError):
    """It is neither a number in range nor a word for an excuse."""


EXCUSES = {"ex", "excused", "免", "免計", "免計分"}


def read(text: str) -> Typed:
    """What TEXT means in a cell. Raises TypedWrong."""
    text = text.strip().removeprefix("'").strip()
    if not text or text in {"-", "–", "—"}:
        return Typed()
    if text.lower() in EXCUSES:
        return Typed(is_excused=True)
    # Digits of full width are what a Chinese keyboard types; Decimal reads them.
    if len(text) > 20 or "e" in text.lower() or "_" in text:
        raise TypedWrong(text)
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise TypedWrong(text) from None
    if not value.is_finite() or not 0 <= value <= MOST:
        raise TypedWrong(text)
    return Typed(value.quantize(Decimal("0.001")))
