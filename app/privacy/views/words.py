"""Rows of tables in words: what a column is called, how a value looks."""

import json
from datetime import datetime
from typing import Any

from app.kernel import clock
from app.kernel.i18n import LazyText, current_locale
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l

ROOM_NAMES: dict[str, LazyText] = {
    "accounts": _l("Account"),
    "privacy": _l("Consent and privacy"),
    "search": _l("Search"),
    "notifications": _l("Notifications"),
    "conversations": _l("Discussions"),
    "rubrics": _l("Rubrics"),
    "skills": _l("Skills"),
    "datasets": _l("Data sets"),
    "labs": _l("Labs"),
    "catalog": _l("Courses that you write"),
    "learning": _l("Courses that you take"),
    "workspaces": _l("Lab servers"),
    "quizzes": _l("Quizzes"),
    "grading": _l("Work handed in"),
    "gradebook": _l("Gradebook"),
    "regrading": _l("Grading again"),
    "marking": _l("Marking by hand"),
    "finals": _l("Final grades"),
    "insights": _l("Help and hints"),
    "challenges": _l("Challenges"),
    "evidence": _l("Evidence of skills"),
    "credentials": _l("Credentials"),
    "portfolio": _l("Portfolio"),
    "bookings": _l("Appointments"),
    "teams": _l("Teams for projects"),
    "needs": _l("Needs of companies"),
    "briefs": _l("Briefs"),
    "talent": _l("Being found by companies"),
    "applications": _l("Applications"),
    "rounds": _l("Ranking rounds"),
    "steering": _l("The officers’ desk"),
    "operations": _l("Use of labs"),
}
LONGEST = 400


def column_words(name: str) -> str:
    """A column's name as a label; the words of the database, readable."""
    return name.removesuffix("_at").removesuffix("_id").replace("_", " ")


def value_words(value: Any) -> str:
    """A value as somebody reads it: instants in Taipei, both languages as hers, the rest short."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value == "you":
        return _("you")
    if value == "another person":
        return _("another person")
    if isinstance(value, str):
        return _instant(value) or _short(value)
    if isinstance(value, dict) and value and set(value) <= {"en", "zh-Hant-TW"}:
        return _short(str(value.get(current_locale()) or next(iter(value.values()))))
    if isinstance(value, dict | list):
        return _short(json.dumps(value, ensure_ascii=False))
    return str(value)


def _short(value: str) -> str:
    return value if len(value) <= LONGEST else value[:LONGEST] + "…"


def _instant(value: str) -> str:
    if len(value) < 19 or value[4:5] != "-" or value[10:11] != "T":
        return ""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return ""
    if found.tzinfo is None:
        return ""
    return found.astimezone(clock.TAIPEI).strftime("%Y-%m-%d %H:%M")
