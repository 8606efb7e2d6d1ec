"""Working days, and how urgent something is."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache

from app.kernel.clock import TAIPEI
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

REASON_LETTERS = 500
SUBJECT_LETTERS = 150
BODY_LETTERS = 8000
SOON = timedelta(days=2)
MOST_EXPORTED = 50_000

FIXED_HOLIDAYS = ((1, 1), (2, 28), (4, 4), (5, 1), (9, 28), (10, 10), (10, 25), (12, 25))
"""Month and day of national holidays (紀念日及節日實施條例, 2025)."""

LUNAR_HOLIDAYS: dict[int, tuple[tuple[int, int], ...]] = {
    2026: ((2, 17), (4, 5), (6, 19), (9, 25)),
    2027: ((2, 6), (4, 5), (6, 9), (9, 15)),
    2028: ((1, 26), (4, 4), (5, 28), (10, 3)),
    2029: ((2, 13), (4, 4), (6, 16), (9, 22)),
}
"""By year: lunar new year's day, tomb sweeping day, dragon boat festival, mid-autumn festival."""

NEW_YEAR_FROM, NEW_YEAR_DAYS = -2, 5
"""The two days before lunar new year's day, the day itself and the two after it."""


@cache
def holidays(year: int) -> frozenset[date]:
    """Days of YEAR on which offices are closed besides weekends.

    A holiday on a Saturday is taken on the Friday before, on a Sunday on the Monday after; those of
    the lunar new year on the next working days. Years beyond the table know the fixed ones only.
    """
    found: set[date] = set()
    for month, day in (*FIXED_HOLIDAYS, *LUNAR_HOLIDAYS.get(year, ())[1:]):
        found.add(_taken(date(year, month, day)))
    if year in LUNAR_HOLIDAYS:
        first = date(year, *LUNAR_HOLIDAYS[year][0]) + timedelta(days=NEW_YEAR_FROM)
        days = [first + timedelta(days=at) for at in range(NEW_YEAR_DAYS)]
        found.update(day for day in days if day.weekday() < 5)
        owed = sum(1 for day in days if day.weekday() >= 5)
        after = days[-1]
        while owed:
            after += timedelta(days=1)
            if after.weekday() < 5:
                found.add(after)
                owed -= 1
    return frozenset(found)


def _taken(day: date) -> date:
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays(day.year)


def due_after(since: datetime, working_days: int) -> datetime:
    """The end of the WORKING_DAYSth working day after SINCE, in Taipei."""
    day = since.astimezone(TAIPEI).date()
    left = working_days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, time(23, 59, 59), TAIPEI)


class Urgency(StrEnum):
    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"


URGENCY_NAMES: dict[Urgency, LazyText] = {
    Urgency.OVERDUE: _l("Overdue"),
    Urgency.SOON: _l("Due soon"),
    Urgency.LATER: _l("Has time"),
}


def urgency(due_at: datetime, now: datetime) -> Urgency:
    if due_at < now:
        return Urgency.OVERDUE
    return Urgency.SOON if due_at - now <= SOON else Urgency.LATER


def age_days(since: datetime, now: datetime) -> int:
    """Whole days in Taipei since then: 0 today."""
    return max(0, (now.astimezone(TAIPEI).date() - since.astimezone(TAIPEI).date()).days)


@dataclass(frozen=True)
class Words:
    """What a message says, in both languages; one of them may be empty."""

    subject_zh: str
    subject_en: str
    body_zh: str
    body_en: str

    def in_language(self, code: str) -> tuple[str, str]:
        """(subject, body) for a reader of CODE, falling back to what there is."""
        chinese, english = (self.subject_zh, self.body_zh), (self.subject_en, self.body_en)
        wanted, other = (english, chinese) if code == "en" else (chinese, english)
        return wanted if all(wanted) else other

    @property
    def is_whole(self) -> bool:
        """Whether subject and body are there in at least one language, and none half."""
        pairs = ((self.subject_zh, self.body_zh), (self.subject_en, self.body_en))
        return any(all(pair) for pair in pairs) and all(all(pair) == any(pair) for pair in pairs)
