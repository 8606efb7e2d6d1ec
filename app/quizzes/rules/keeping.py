"""Which score of several attempts counts, and what a student may see of them. Pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Show(StrEnum):
    """When keys and explanations are shown."""

    AFTER_ATTEMPT = "after-attempt"
    AFTER_CLOSING = "after-closing"
    NEVER = "never"


@dataclass(frozen=True)
class Result:
    """What one finished attempt came to. ``waiting``: answers that a person has yet to mark."""

    number: int
    score: Decimal
    max_score: Decimal
    waiting: int = 0

    @property
    def share(self) -> Decimal:
        return self.score / self.max_score if self.max_score else Decimal(0)


@dataclass(frozen=True)
class Kept:
    """What counts of a student's attempts. It may still change while ``waiting``."""

    score: Decimal
    max_score: Decimal
    waiting: int
    attempts: int

    @property
    def share(self) -> Decimal:
        return self.score / self.max_score if self.max_score else Decimal(0)

    def passes(self, pass_percent: int | None) -> bool:
        """Without a pass mark it is enough to have handed in."""
        return pass_percent is None or self.share * 100 >= pass_percent


def keep(how: str, results: Sequence[Result]) -> Kept | None:
    """What RESULTS, in the order of their numbers, come to by HOW: best, last or average.

    Attempts of different versions may be out of different points: shares are compared, and an
    average is stated out of what the last attempt was out of. Of equals the earliest counts.
    """
    if not results:
        return None
    last = results[-1]
    if how == "average":
        mean = sum((result.share for result in results), Decimal(0)) / len(results)
        score = (mean * last.max_score).quantize(Decimal("0.001"))
        return Kept(score, last.max_score, sum(r.waiting for r in results), len(results))
    chosen = last if how == "last" else max(results, key=lambda r: (r.share, -r.number))
    # A better attempt may be hidden behind answers that nobody has marked yet.
    waiting = chosen.waiting if how == "last" else sum(r.waiting for r in results)
    return Kept(chosen.score, chosen.max_score, waiting, len(results))


def may_show_score(show: str) -> bool:
    """Whether a student sees what her attempts came to."""
    return show != Show.NEVER


def may_show_keys(
    show: str, *, now: datetime, closed_for_all_at: datetime | None, someone_at_work: bool
) -> bool:
    """Whether a student sees right answers and explanations of an attempt that she handed in.

    CLOSED_FOR_ALL_AT is when the quiz closes for the last person of the section, None for never.
    SOMEONE_AT_WORK: for ``after-attempt`` she herself has another attempt open; for
    ``after-closing`` anybody of the section has.
    """
    if someone_at_work or show == Show.NEVER:
        return False
    if show == Show.AFTER_ATTEMPT:
        return True
    return closed_for_all_at is not None and now >= closed_for_all_at


def fingerprint(response: Any) -> str:
    """Tells whether two answers are the same; says nothing else about them."""
    text = json.dumps(response, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]
