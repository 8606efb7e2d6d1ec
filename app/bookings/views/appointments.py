"""Somebody's appointments, one of them, and giving it back."""

import uuid
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.bookings import operations, queries
from app.bookings.forms import CancelForm
from app.bookings.queries import Appointment
from app.bookings.views.blueprint import asked_page, bp
from app.bookings.views.frame import event_of
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.learning.rules import ical
from app.privacy import operations as privacy
from app.privacy.rules import Look, register_look
from app.web.doors import signed_in

CALENDAR = "text/calendar; charset=utf-8"
LOOK = register_look(Look("appointment", _l("An appointment with you")))


@bp.get("/bookings")
@signed_in
def index() -> str:
    """What is coming; with ``view=past`` what was."""
    over = request.args.get("view") == "past"
    search = request.args.get("q", "").strip()[:100]
    listed = queries.appointments_of(me(), over=over, search=search, page=asked_page())
    offers = queries.own_offers(me(), page=1)
    return render_template("bookings/index.html", listed=listed, over=over, offers=offers)


@bp.get("/bookings/<uuid:booking_id>")
@signed_in
def show(booking_id: uuid.UUID) -> str:
    return _page(_seen(booking_id), CancelForm(formdata=None))


def _seen(booking_id: uuid.UUID) -> Appointment:
    """An appointment of hers; when a company sees a student, that is written down."""
    found = queries.booking_for(me(), booking_id)
    if found.is_hosts and found.slot.organisation_id is not None:
        for guest in found.guests:
            privacy.looked(
                guest.id,
                me(),
                LOOK.name,
                subject=f"{found.slot.starts_at.date()}",
                organisation_id=found.slot.organisation_id,
            )
        found = queries.booking_for(me(), booking_id)
    return found


def _page(found: Appointment, form: CancelForm) -> str:
    meeting = queries.subject_of(me(), found.slot)
    free = (
        queries.slots_for(found.slot.purpose, found.slot.subject_key, free_only=True)
        if meeting is not None and not found.is_hosts and found.state == "coming"
        else []
    )
    return render_template("bookings/show.html", found=found, meeting=meeting, free=free, form=form)


@bp.post("/bookings/<uuid:booking_id>/cancellation")
@signed_in
def cancel(booking_id: uuid.UUID) -> Any:
    found = queries.booking_for(me(), booking_id)
    form = CancelForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    try:
        operations.cancel(me(), found.booking, reason=form.reason.data or "")
    except Refused as refusal:
        flash(str(refusal.message), "error")
    else:
        flash(_("Cancelled. Everybody else has been told."), "success")
    return redirect(url_for("bookings.show", booking_id=booking_id), code=303)


@bp.get("/bookings/<uuid:booking_id>.ics")
@signed_in
def calendar_file(booking_id: uuid.UUID) -> Response:
    """The appointment as a file that calendar programs open."""
    booking = queries.booking_for(me(), booking_id).booking
    event = event_of(booking)
    standings = ical.advance([event], {}, booking.booked_at.replace(microsecond=0))
    site_url = current_app.extensions["config"].site_url
    body = ical.calendar(event.title, [event], standings, site_url=site_url)
    response = Response(body, content_type=CALENDAR)
    response.headers["Content-Disposition"] = f'attachment; filename="booking-{booking.id}.ics"'
    return response
