"""A final grade as a value, and the states of its correction."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from quicktions import Fraction

from app.gradebook.rules import CourseGrade, Scale, number, round_half_up
from app.gradebook.rules.scales import mark
from app.kernel.i18n import LazyText
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l

__all__ = [
    "STATE_NAMES", "WAY_NAMES", "Grade", "State", "Way", "chained", "digest_of",
    "grade_of_percent", "grade_words",
]  # fmt: skip


class Way(StrEnum):
    """How a settled grade became another."""

    CORRECTION = "correction"
    """Proposed with a reason, decided by somebody else."""
    COMPLETION = "completion"
    """An incomplete grade was completed within its time."""


class State(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


WAY_NAMES: dict[Way, LazyText] = {
    Way.CORRECTION: _l("Correction"),
    Way.COMPLETION: _l("Incomplete grade completed"),
}
STATE_NAMES: dict[State, LazyText] = {
    State.PROPOSED: _l("Waits for a decision"),
    State.APPROVED: _l("Approved"),
    State.REFUSED: _l("Refused"),
    State.WITHDRAWN: _l("Withdrawn"),
}


@dataclass(frozen=True)
class Grade:
    """What stands on a transcript. ``rounded`` is None only while it is incomplete."""

    rounded: Decimal | None
    mark: str | None
    is_passed: bool | None
    is_incomplete: bool

    @classmethod
    def of(cls, grade: CourseGrade) -> "Grade":
        """GRADE of the gradebook; incomplete as well when nothing counts yet."""
        if grade.is_incomplete or grade.rounded is None:
            return cls(None, None, None, True)
        return cls(grade.rounded, grade.mark.name if grade.mark else None, grade.is_passed, False)

    def as_json(self) -> dict[str, Any]:
        return {
            "rounded": None if self.rounded is None else number(self.rounded),
            "mark": self.mark,
            "is_passed": self.is_passed,
            "is_incomplete": self.is_incomplete,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Grade":
        rounded = row["rounded"]
        return cls(
            None if rounded is None else Decimal(rounded),
            row["mark"],
            row["is_passed"],
            row["is_incomplete"],
        )

    def is_same(self, other: "Grade") -> bool:
        """Whether both say the same, however many zeros they are written with."""
        return self.as_json() == other.as_json()


def grade_of_percent(percent: Decimal, scale: Scale) -> Grade:
    """PERCENT (0-100 and above) on SCALE, rounded half up as everybody's."""
    rounded = round_half_up(Fraction(percent), scale.digits)
    found = mark(scale, rounded)
    return Grade(rounded, found.name if found else None, rounded >= scale.passing, False)


def grade_words(grade: Grade) -> str:
    """GRADE in the reader's language: ``A · 87``, ``87``, or that it is incomplete."""
    if grade.is_incomplete or grade.rounded is None:
        return _("incomplete")
    shown = number(grade.rounded)
    return f"{grade.mark} · {shown}" if grade.mark else shown


def digest_of(*parts: Any) -> str:
    """SHA-256 over PARTS as JSON: the same for the same content."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def chained(before: str, grade: Grade, reason: str) -> str:
    """The digest of a grade that took the place of the one with the digest BEFORE."""
    return digest_of(before, grade.as_json(), reason)
