"""How values look: instants in Taipei, numbers, academic terms, states."""

from datetime import date, datetime
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from app.kernel import clock
from app.kernel.i18n import LazyText, current_locale, ngettext
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText

STATUS_WORDS: dict[str, LazyText] = {
    "passed": _l("Passed"),
    "graded": _l("Graded"),
    "done": _l("Done"),
    "active": _l("Active"),
    "published": _l("Published"),
    "open": _l("Open"),
    "ready": _l("Ready"),
    "enrolled": _l("Enrolled"),
    "failed": _l("Not passed"),
    "error": _l("Error"),
    "tampered": _l("Score withheld"),
    "missing": _l("Cell missing"),
    "suspended": _l("Suspended"),
    "rejected": _l("Rejected"),
    "overdue": _l("Overdue"),
    "partial": _l("Partly passed"),
    "timeout": _l("Out of time"),
    "late": _l("Late"),
    "due": _l("Due"),
    "warning": _l("Attention"),
    "queued": _l("Queued"),
    "running": _l("Running"),
    "current": _l("Now"),
    "manual": _l("Instructor grades this"),
    "waiting": _l("Waiting"),
    "submitted": _l("Submitted"),
    "info": _l("Note"),
    "draft": _l("Draft"),
    "closed": _l("Closed"),
    "not_started": _l("Not started"),
    "withdrawn": _l("Withdrawn"),
}


def instant(value: datetime | None, *, seconds: bool = False) -> Markup:
    """An instant as a <time> element in Asia/Taipei."""
    if value is None:
        return Markup("")
    local = value.astimezone(clock.TAIPEI)
    pattern = "%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M"
    return Markup('<time datetime="{}">{}</time>').format(
        value.isoformat(timespec="seconds"), local.strftime(pattern)
    )


def day(value: date | datetime | None) -> str:
    """A day in Asia/Taipei, ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(clock.TAIPEI).date()
    return value.isoformat()


def points(value: float | None) -> str:
    """A score without needless zeros; an en dash when there is none."""
    if value is None:
        return "–"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def percent(value: float | None) -> str:
    """A ratio (0 to 1) in whole per cent."""
    return "–" if value is None else f"{value * 100:.0f}%"


def size(value: int) -> str:
    """A number of bytes in words."""
    if value < 1024:
        return ngettext("%(num)s byte", "%(num)s bytes", value)
    for unit, factor in (("KB", 1024), ("MB", 1024**2), ("GB", 1024**3)):
        if value < factor * 1024 or unit == "GB":
            return f"{value / factor:.1f} {unit}"
    raise AssertionError("unreachable")


def academic_term(year: int, semester: int) -> str:
    """A semester of a ROC academic year, as 114 學年度第 1 學期 (2025–26, fall)."""
    season = _("fall") if semester == 1 else _("spring")
    first = year + 1911
    return _(
        "Academic year %(western)s, semester %(semester)s (%(season)s, ROC %(year)s)",
        year=year,
        semester=semester,
        season=season,
        western=f"{first}–{(first + 1) % 100:02d}",
    )


def localized(value: LocalizedText | None) -> Markup:
    """A text that people wrote, marked with its language when it is not the reader's."""
    if value is None:
        return Markup("")
    language = value.language()
    text = escape(value.in_language())
    if language == current_locale():
        return text
    return Markup('<span lang="{}">{}</span>').format(language, text)


def status_word(status: object) -> object:
    """The word of STATUS in the reader's language; a state without a word shows as it is."""
    return STATUS_WORDS.get(str(status), status)


def init_app(app: Flask) -> None:
    filters: dict[str, Any] = {
        "instant": instant,
        "day": day,
        "points": points,
        "percent": percent,
        "size": size,
        "localized": localized,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals["academic_term"] = academic_term
    app.jinja_env.globals["status_word"] = status_word
