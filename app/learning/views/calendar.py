"""Somebody's calendar: a month, an agenda, and an address for calendar programs."""

import calendar as months
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from babel.dates import format_date, get_day_names
from flask import Response, current_app, flash, redirect, render_template, request, url_for

from app.accounts.operations.throttling import Limit, TooManyTries, take
from app.accounts.session import me
from app.kernel import clock
from app.kernel.i18n import current_locale
from app.kernel.i18n import gettext as _
from app.learning.operations import calendars as operations
from app.learning.queries import calendars as queries
from app.learning.rules import ical
from app.learning.views.blueprint import asked_text, bp
from app.web.calendar import KIND_NAMES, Event, events_of, provide
from app.web.doors import machine, signed_in

provide("learning", queries.section_events)

READS = Limit("calendar-feed", 60, 3600)
AGENDA_DAYS = 60
AROUND = timedelta(days=200)
"""How far around what is shown events are looked for, to know what can be filtered by."""
CALENDAR = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Day:
    date: date
    events: list[Event]
    is_today: bool
    is_outside: bool
    """Of the month before or after."""


@bp.get("/calendar")
@signed_in
def calendar() -> str:
    """One month, or with ``view=agenda`` the days ahead on which something is."""
    today = clock.now().astimezone(clock.TAIPEI).date()
    first = _asked_month(today)
    as_agenda = request.args.get("view") == "agenda"
    weeks = months.Calendar(firstweekday=6).monthdatescalendar(first.year, first.month)
    begin, end = weeks[0][0], weeks[-1][-1] + timedelta(days=1)
    if as_agenda:
        begin = today if (first.year, first.month) == (today.year, today.month) else first
        end = begin + timedelta(days=AGENDA_DAYS)
    around = events_of(me(), _midnight(begin) - AROUND, _midnight(end) + AROUND)
    groups = queries.filters_of(around)
    wanted = asked_text("course")
    by_day: dict[date, list[Event]] = {}
    for event in around:
        if not wanted or event.group == wanted:
            by_day.setdefault(_day(event.starts_at), []).append(event)

    def made(day: date) -> Day:
        return Day(day, by_day.get(day, []), day == today, day.month != first.month)

    return render_template(
        "learning/calendar.html",
        as_agenda=as_agenda,
        weeks=[[made(day) for day in week] for week in weeks],
        days=[made(day) for day in sorted(by_day) if begin <= day < end],
        day_names=_day_names(),
        title=_month_name(first),
        first=first,
        before=_shifted(first, -1),
        after=_shifted(first, 1),
        groups=groups,
        wanted=wanted if wanted in groups else "",
        kind_names=KIND_NAMES,
        day_name=lambda day: format_date(day, "full", locale=_babel()),
    )


@bp.route("/calendar/feed", methods=["GET", "POST"])
@signed_in
def feed() -> Any:
    """The secret address: whether there is one, and how to make, renew or end it.

    A POST makes a new one and shows it this once; with ``end=1`` it ends the one there is.
    """
    address = ""
    if request.method == "POST" and request.form.get("end"):
        operations.revoke_feed(me())
        flash(_("The address opens nothing any more."), "success")
        return redirect(url_for("learning.feed"))
    if request.method == "POST":
        token = operations.renew_feed(me())
        address = f"{_site_url()}{url_for('learning.read_feed', token=token)}"
    response = Response(
        render_template("learning/feed.html", feed=queries.feed_of(me()), address=address)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/calendar/<token>.ics")
@machine("the secret token in its address, of which only a digest is kept")
def read_feed(token: str) -> Response:
    """Somebody's calendar for a program. 404 when it was revoked or she is suspended."""
    found = queries.feed_by_token(token)
    try:
        take((READS, str(found.id)))
    except TooManyTries as error:
        late = Response(str(error.message), 429, mimetype="text/plain")
        late.headers["Retry-After"] = str(error.retry_minutes * 60)
        return late
    body = operations.read_feed(found, site_url=_site_url())
    response = Response(body, content_type=CALENDAR)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Disposition"] = 'inline; filename="banyan.ics"'
    response.make_conditional(request)
    return response


@bp.get("/learn/<code>/sessions/<uuid:session_id>.ics")
@signed_in
def session_file(code: str, session_id: uuid.UUID) -> Response:
    """One live session as a file that calendar programs open."""
    section, session = queries.session_of(me(), code, session_id)
    event = queries.session_event(section, session)
    standings = ical.advance([event], {}, session.created_at.replace(microsecond=0))
    body = ical.calendar(session.title, [event], standings, site_url=_site_url())
    response = Response(body, content_type=CALENDAR)
    response.headers["Content-Disposition"] = f'attachment; filename="session-{session.id}.ics"'
    return response


def _asked_month(today: date) -> date:
    try:
        found = datetime.strptime(request.args.get("month", ""), "%Y-%m").date()  # noqa: DTZ007
    except ValueError:
        found = today
    return found.replace(day=1) if 2000 <= found.year <= 2100 else today.replace(day=1)


def _shifted(first: date, by: int) -> date:
    month = first.year * 12 + first.month - 1 + by
    return date(month // 12, month % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.TAIPEI)


def _day(instant: datetime) -> date:
    return instant.astimezone(clock.TAIPEI).date()


def _babel() -> str:
    return "en" if current_locale() == "en" else "zh_Hant_TW"


def _day_names() -> Sequence[tuple[str, str]]:
    """(short, long) names of the days from Sunday on."""
    short, full = (get_day_names(width, locale=_babel()) for width in ("abbreviated", "wide"))
    return [(short[n], full[n]) for n in (6, 0, 1, 2, 3, 4, 5)]


def _month_name(first: date) -> str:
    return format_date(first, "MMMM y" if _babel() == "en" else "y年M月", locale=_babel())


def _site_url() -> str:
    url: str = current_app.extensions["config"].site_url
    return url
