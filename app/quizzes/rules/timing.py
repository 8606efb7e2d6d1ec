"""How long an attempt may take, when it is over, and how many there are. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

GRACE = timedelta(seconds=20)
"""Answers that were on their way when the time ended are still taken."""


@dataclass(frozen=True)
class Settings:
    """What the quiz itself says. ``attempts`` None: as many as she likes; ``minutes`` None: no
    limit. ``pass_percent`` is 0 to 100."""

    attempts: int | None = None
    minutes: int | None = None
    keep: str = "best"
    show: str = "after-attempt"
    pass_percent: int | None = None

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Settings":
        """The settings of a quiz document, which app.questions has checked."""
        return cls(
            attempts=document.get("attempts"),
            minutes=document.get("minutes"),
            keep=document.get("keep") or "best",
            show=document.get("show") or "after-attempt",
            pass_percent=document.get("pass_percent"),
        )


class Grant(Protocol):
    """What a student was granted (調整措施), for one quiz or (``slug`` None) for all."""

    @property
    def slug(self) -> str | None: ...
    @property
    def extra_percent(self) -> int: ...
    @property
    def extra_minutes(self) -> int: ...
    @property
    def extra_attempts(self) -> int: ...
    @property
    def closes_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Allowance:
    """What counts for one student and quiz. ``time`` None: no limit; ``attempts`` None: no end."""

    time: timedelta | None
    attempts: int | None
    closes_at: datetime | None

    def attempts_left(self, used: int) -> int | None:
        return None if self.attempts is None else max(0, self.attempts - used)


def allowance_for(
    slug: str,
    settings: Settings,
    closes_at: datetime | None,
    grants: Iterable[Grant],
    *,
    time_factor: float = 1.0,
) -> Allowance:
    """The kindest of her GRANTS counts for the time and the close; extra attempts add up.

    TIME_FACTOR is what an extension of the section gives for every quiz (at least 1). CLOSES_AT
    already holds her extension of the date. A grant takes nothing away.
    """
    mine = [grant for grant in grants if grant.slug in (None, slug)]
    time = None
    if settings.minutes is not None:
        usual = timedelta(minutes=settings.minutes)
        time = max(
            [
                usual * max(1.0, time_factor),
                *(
                    usual * (100 + grant.extra_percent) / 100
                    + timedelta(minutes=grant.extra_minutes)
                    for grant in mine
                ),
            ]
        )
    if closes_at is not None:
        closes_at = max([closes_at, *(g.closes_at for g in mine if g.closes_at is not None)])
    attempts = settings.attempts
    if attempts is not None:
        attempts += sum(grant.extra_attempts for grant in mine)
    return Allowance(time, attempts, closes_at)


def deadline_of(started_at: datetime, allowance: Allowance) -> datetime | None:
    """When an attempt is over: at the end of its time or when the quiz closes; None for never."""
    ends = [allowance.closes_at] if allowance.closes_at is not None else []
    if allowance.time is not None:
        ends.append(started_at + allowance.time)
    return min(ends, default=None)


def is_over(deadline: datetime | None, now: datetime, *, grace: timedelta = GRACE) -> bool:
    """Whether nothing more is taken: GRACE after the deadline."""
    return deadline is not None and now >= deadline + grace
