"""What this room puts into the frame: dates of the calendar, what comes next at home, words."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from flask import Flask, url_for
from sqlalchemy import ColumnElement, Uuid, bindparam, exists

from app.bookings import queries
from app.bookings.models import Booking, BookingSeat
from app.bookings.operations.telling import purpose_title, when
from app.bookings.queries import SlotView
from app.bookings.rules import BOOKING_NAMES, STATE_NAMES, BookingState, SlotState
from app.kernel import clock
from app.kernel.database import NOW
from app.kernel.i18n import current_locale
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.web.calendar import Event, EventKind, provide
from app.web.layout import Todo, TodoSection, layout

SOON = timedelta(days=7)
TONES = {
    SlotState.FREE: "open",
    SlotState.BOOKED: "done",
    SlotState.BUSY: "due",
    SlotState.PAST: "closed",
    SlotState.WITHDRAWN: "withdrawn",
    BookingState.COMING: "active",
    BookingState.OVER: "closed",
    BookingState.CANCELLED: "withdrawn",
    BookingState.MOVED: "withdrawn",
}


def event_of(booking: Booking) -> Event:
    """A booking as a date of somebody's calendar; no name stands in it."""
    slot = booking.slot
    return Event(
        uid=f"booking:{booking.id}",
        kind=EventKind.MEETING,
        title=purpose_title(slot),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        path=f"/bookings/{booking.id}",
        where=" · ".join(filter(None, [slot.place, slot.link])),
    )


def events(person: Any, begin: datetime, end: datetime) -> Iterator[Event]:
    yield from (event_of(booking) for booking in queries.coming_of(person, begin, end))


def coming_soon(person: Any) -> list[TodoSection]:
    """Her appointments of the next seven days."""
    now = clock.now()
    items = [
        Todo(
            purpose_title(booking.slot),
            url_for("bookings.show", booking_id=booking.id),
            detail=f"{when(booking.slot)} {booking.slot.place}".strip(),
            action=_("See it"),
        )
        for booking in queries.coming_of(person, now, now + SOON)
    ]
    return [TodoSection(_("Appointments"), items)]


def sits_somewhere() -> ColumnElement[bool]:
    return exists().where(
        BookingSeat.person_id == bindparam("person_id", type_=Uuid()),
        BookingSeat.released_at.is_(None),
        BookingSeat.starts_at > NOW,
    )


def by_day(views: Sequence[SlotView]) -> list[tuple[str, list[SlotView]]]:
    """Slots under the day that they are on in Taipei, with its name."""
    locale = "en" if current_locale() == "en" else "zh_Hant_TW"
    days: dict[date, list[SlotView]] = {}
    for view in views:
        days.setdefault(view.slot.starts_at.astimezone(clock.TAIPEI).date(), []).append(view)
    return [(format_date(day, "full", locale=locale), rows) for day, rows in days.items()]


def words() -> dict[str, Any]:
    """For the templates of this room."""
    return {
        "slot_names": STATE_NAMES,
        "booking_names": BOOKING_NAMES,
        "tones": TONES,
        "when": when,
        "by_day": by_day,
        "purpose_title": purpose_title,
    }


def init_frame(app: Flask) -> None:
    provide("bookings", events)
    with app.app_context():
        layout().add_home_section(coming_soon, order=20, present=sits_somewhere)
        layout().add_navigation(
            _l("Appointments"),
            "bookings.index",
            visible=lambda user: bool(user.is_authenticated),
            order=25,
            menu="account",
        )
