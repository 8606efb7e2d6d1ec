"""What a brief says while it is written: a plain document, kept as JSON.

``Raw`` maps the names of STEP_OF to what is written so far. Texts are ``{language: words}``;
deliverables are a text with one a line; numbers are ints or None; days are ISO 8601 or empty;
``milestones`` are ``{"week": int, "words": text}``, ``skills`` ``{"key", "level", "required"}``.
Everything is there in every document, empty or not.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from app.briefs.rules.words import Audience, DataClass, Kind, Nda, Ownership, Pay, Place, Takes
from app.kernel.i18n import LOCALES
from app.kernel.localized import LocalizedText

Raw = dict[str, Any]
TAIPEI = ZoneInfo("Asia/Taipei")

ONE_DAY = timedelta(days=1)
MOST_MILESTONES = 8
MOST_SKILLS = 10
GAPS = ("＿＿", "____")
"""How templates leave a gap, in either language."""
SHORT, MIDDLE, LONG = 120, 600, 6000


class Step(StrEnum):
    """The steps of the guided form, in their order."""

    NEED = "need"
    WORK = "work"
    PEOPLE = "people"
    TERMS = "terms"
    CHECK = "check"


TEXTS: dict[str, tuple[Step, int]] = {
    "title": (Step.NEED, SHORT),
    "outcome": (Step.NEED, MIDDLE),
    "context": (Step.NEED, LONG),
    "deliverables": (Step.WORK, LONG),
    "data_words": (Step.WORK, LONG),
    "data_rights": (Step.WORK, MIDDLE),
    "place_words": (Step.PEOPLE, MIDDLE),
    "mentoring": (Step.PEOPLE, MIDDLE),
    "pay_words": (Step.TERMS, MIDDLE),
    "ownership_words": (Step.TERMS, MIDDLE),
    "nda_words": (Step.TERMS, LONG),
    "confidential": (Step.TERMS, LONG),
}
"""Texts in both languages: where they are asked, and how many characters they may have."""
CHOICES: dict[str, tuple[Step, type[StrEnum]]] = {
    "data_class": (Step.WORK, DataClass),
    "place": (Step.PEOPLE, Place),
    "takes": (Step.PEOPLE, Takes),
    "audience": (Step.PEOPLE, Audience),
    "pay": (Step.TERMS, Pay),
    "ownership": (Step.TERMS, Ownership),
    "nda": (Step.TERMS, Nda),
}
NUMBERS: dict[str, Step] = {
    "quota": Step.PEOPLE,
    "minimum": Step.PEOPLE,
    "team_min": Step.PEOPLE,
    "team_max": Step.PEOPLE,
    "hours_per_week": Step.PEOPLE,
    "pay_amount": Step.TERMS,
}
DAYS: dict[str, Step] = {
    "starts_on": Step.PEOPLE,
    "ends_on": Step.PEOPLE,
    "apply_on": Step.PEOPLE,
}
OTHERS: dict[str, Step] = {
    "industry": Step.NEED,
    "county": Step.NEED,
    "personal_data": Step.WORK,
    "milestones": Step.WORK,
    "course": Step.PEOPLE,
    "skills": Step.PEOPLE,
    "legal_class": Step.TERMS,
}
STEP_OF: dict[str, Step] = {
    **{name: step for name, (step, _most) in TEXTS.items()},
    **{name: step for name, (step, _kind) in CHOICES.items()},
    **NUMBERS,
    **DAYS,
    **OTHERS,
}
"""Every field of a document, with the step where it is asked."""

CONTENT = (
    *("context", "deliverables", "data_words", "data_rights", "personal_data", "place_words"),
    *("mentoring", "pay_words", "ownership_words", "milestones"),
)
"""What a version keeps beside its columns. Confidential words are never among it."""
SECRET = frozenset({"confidential", "nda_words"})


def blank(kind: Kind) -> Raw:
    """A document with nothing in it but what a brief of KIND usually is."""
    is_team = kind is Kind.PROJECT
    raw: Raw = {name: {} for name in TEXTS}
    raw |= {name: next(iter(choices)).value for name, (_step, choices) in CHOICES.items()}
    raw |= {name: None for name in NUMBERS} | {name: "" for name in DAYS}
    return raw | {
        "industry": "",
        "county": "",
        "personal_data": False,
        "milestones": [],
        "skills": [],
        "course": "",
        "legal_class": "general" if kind is Kind.INTERNSHIP else "",
        "takes": (Takes.TEAMS if is_team else Takes.INDIVIDUALS).value,
        "team_min": 3 if is_team else None,
        "team_max": 5 if is_team else None,
        "quota": 1,
        "minimum": 0,
        "hours_per_week": 8,
    }


def text_of(raw: Mapping[str, Any], name: str) -> LocalizedText:
    """The text NAME of a document."""
    found = raw.get(name) or {}
    return LocalizedText({code: str(found.get(code) or "") for code in LOCALES})


def lines_of(text: LocalizedText) -> list[LocalizedText]:
    """A text with one thing a line as things; languages are matched line by line."""
    columns = {
        code: [line.strip(" -•*\t") for line in words.splitlines() if line.strip(" -•*\t")]
        for code, words in text.items()
    }
    most = max((len(lines) for lines in columns.values()), default=0)
    return [
        LocalizedText({code: lines[n] for code, lines in columns.items() if n < len(lines)})
        for n in range(most)
    ]


def day_of(raw: Mapping[str, Any], name: str) -> date | None:
    """A day of a document; None when it is empty or none."""
    try:
        return date.fromisoformat(str(raw.get(name) or ""))
    except ValueError:
        return None


def end_of(day: date) -> datetime:
    """The first instant after DAY in Taipei."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=TAIPEI)


def weeks_of(raw: Mapping[str, Any]) -> int:
    """How many weeks the work lasts, a begun one counted; 0 when the days are not known."""
    starts, ends = day_of(raw, "starts_on"), day_of(raw, "ends_on")
    if starts is None or ends is None or ends < starts:
        return 0
    return (ends - starts).days // 7 + 1


def digest_of(what: object) -> str:
    """SHA-256 (hex) of something that JSON can say, in one spelling."""
    text = json.dumps(what, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def changed_fields(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Which fields of a document say something else, in the order of the form."""
    order = list(Step)
    names = [name for name in STEP_OF if (before.get(name) or None) != (now.get(name) or None)]
    return sorted(names, key=lambda name: order.index(STEP_OF[name]))
