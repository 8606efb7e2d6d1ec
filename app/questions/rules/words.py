"""Kinds of questions, and the words of this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.kernel.errors import Refused
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class QuestionType:
    """A kind of question; PARTS says whether points may be given for parts of an answer."""

    name: str
    title: LazyText
    needs_person: bool = False
    parts: bool = False


TYPES: dict[str, QuestionType] = {
    kind.name: kind
    for kind in (
        QuestionType("single", _l("One of several")),
        QuestionType("multiple", _l("Several of several"), parts=True),
        QuestionType("true-false", _l("True or false")),
        QuestionType("short-text", _l("Short text")),
        QuestionType("numeric", _l("Number")),
        QuestionType("ordering", _l("Put in order"), parts=True),
        QuestionType("matching", _l("Match pairs"), parts=True),
        QuestionType("fill-in", _l("Fill in blanks"), parts=True),
        QuestionType("essay", _l("Text in own words"), needs_person=True),
        QuestionType("file", _l("File"), needs_person=True),
    )
}
BLANKS: dict[str, LazyText] = {
    "short-text": _l("Short text"),
    "numeric": _l("Number"),
    "choice": _l("One of a list"),
}
KEEP: dict[str, LazyText] = {
    "best": _l("The best attempt counts"),
    "last": _l("The last attempt counts"),
    "average": _l("The average of all attempts counts"),
}
SHOW: dict[str, LazyText] = {
    "after-attempt": _l("After each attempt"),
    "after-closing": _l("When the quiz has closed"),
    "never": _l("Never"),
}
MARKING: dict[str, LazyText] = {
    "partial": _l("Points for each part"),
    "all-or-nothing": _l("All or nothing"),
}
HOW: dict[tuple[str, str], LazyText] = {
    ("multiple", "partial"): _l(
        "Choose all that apply. Every right choice gives its share of the points, every wrong one"
        " takes a share away; never less than zero."
    ),
    ("multiple", "all-or-nothing"): _l(
        "Choose all that apply. Points are given only when exactly the right ones are chosen."
    ),
    ("ordering", "partial"): _l("Points are shared out over the places: each right place counts."),
    ("ordering", "all-or-nothing"): _l("Points are given only when the whole order is right."),
    ("matching", "partial"): _l("Each right pair gives its share of the points."),
    ("matching", "all-or-nothing"): _l("Points are given only when all pairs are right."),
    ("fill-in", "partial"): _l("Each right blank gives its share of the points."),
    ("fill-in", "all-or-nothing"): _l("Points are given only when all blanks are right."),
}
"""What people read beside a question about how its parts count."""


@dataclass(frozen=True)
class Problem:
    """Something wrong in a quiz; PATH leads to it, as ``sections.0.questions.2.text.en``."""

    path: str
    message: LazyText


class BadResponse(Refused):
    """An answer of a shape that no form of this question sends."""

    message = _l("This answer does not belong to the question. Load the page again.")

    def __init__(self, message: LazyText | None = None) -> None:
        super().__init__(message or BadResponse.message)


@dataclass(frozen=True)
class PartMarking:
    """One part of an answer; LABEL is the id of its option, pair or blank, as in ``Shown``."""

    label: str
    correct: bool | None


@dataclass(frozen=True)
class Marking:
    """Points for an answer, with two decimals at most; None when a person decides."""

    points: Decimal | None
    out_of: Decimal
    parts: tuple[PartMarking, ...] = ()
    note: LazyText | None = None

    @property
    def correct(self) -> bool | None:
        """Whether the answer is right as a whole; None when a person decides."""
        return None if self.points is None else self.points == self.out_of


@dataclass(frozen=True)
class Solution:
    """What is right: a RESPONSE with full points (None when there is none) and words about it.

    ANSWERS are (label, safe HTML); a label may be empty. EXPLANATION and FEEDBACK are safe HTML,
    feedback by option id.
    """

    response: Any
    answers: tuple[tuple[str, str], ...]
    explanation: str
    feedback: Mapping[str, str]
    language: str
