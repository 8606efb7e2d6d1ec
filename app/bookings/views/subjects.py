"""The slots of one subject: offering, booking, moving, withdrawing."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.bookings import operations, queries
from app.bookings.forms import CancelForm, OfferForm
from app.bookings.purposes import Meeting, meeting_for, purpose_of
from app.bookings.rules import BadTimes
from app.bookings.views.blueprint import bp
from app.kernel import clock
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.doors import signed_in


@bp.get("/bookings/for/<purpose>/<subject_key>")
@signed_in
def subject(purpose: str, subject_key: str) -> Any:
    """Who offers sees every slot; who books sees what is free, and what she has booked."""
    return _page(purpose, subject_key, OfferForm(formdata=None))


def _page(purpose: str, subject_key: str, form: OfferForm) -> Any:
    meeting = meeting_for(me(), purpose, subject_key)
    if form.first_day.data is None and not form.errors:
        form.first_day.data = clock.now().astimezone(clock.TAIPEI).date()
    mine = None
    if meeting.guests:
        mine = queries.live_booking_of(purpose, subject_key, _party(meeting))
    html = render_template(
        "bookings/subject.html",
        purpose=purpose,
        purpose_name=str(purpose_of(purpose).title),
        subject_key=subject_key,
        meeting=meeting,
        slots=queries.slots_for(purpose, subject_key, free_only=not meeting.may_offer),
        mine=mine,
        form=form,
        cancelling=CancelForm(formdata=None),
    )
    return html, 422 if form.errors else 200


def _party(meeting: Meeting) -> str:
    return meeting.party_key or f"person:{me().id}"


@bp.post("/bookings/for/<purpose>/<subject_key>/slots")
@signed_in
def offer(purpose: str, subject_key: str) -> Any:
    meeting = meeting_for(me(), purpose, subject_key)
    if not meeting.may_offer:
        raise NotVisible(subject_key)
    form = OfferForm()
    if not form.validate_on_submit():
        return _page(purpose, subject_key, form)
    try:
        slots = operations.offer_slots(
            me(),
            form.spans(),
            purpose=purpose,
            subject_key=subject_key,
            organisation_id=meeting.organisation_id,
            place=form.place.data or "",
            link=form.link.data or "",
            note=form.note.data or "",
        )
    except (BadTimes, Refused) as refusal:
        form.form_errors.append(str(refusal.message))
        return _page(purpose, subject_key, form)
    flash(_("%(count)s slots are offered.", count=len(slots)), "success")
    return _back(purpose, subject_key)


def _back(purpose: str, subject_key: str) -> Any:
    return redirect(url_for("bookings.subject", purpose=purpose, subject_key=subject_key), code=303)


@bp.post("/bookings/slots/<uuid:slot_id>/booking")
@signed_in
def book(slot_id: uuid.UUID) -> Any:
    """Take a slot; with ``instead_of`` move there what is booked already."""
    slot, meeting = queries.slot_for(me(), slot_id)
    purpose, subject_key = slot.purpose, slot.subject_key
    if not meeting.guests:
        raise NotVisible(str(slot_id))
    try:
        if before := request.form.get("instead_of"):
            mine = queries.booking_for(me(), _id(before))
            if mine.is_hosts:
                raise NotVisible(before)
            booking = operations.move(me(), mine.booking, slot)
            flash(_("Moved. Everybody else has been told."), "success")
        else:
            booking = operations.book(
                me(), slot, guests=meeting.guests, party_key=meeting.party_key
            )
            flash(_("Booked. You are reminded a day and an hour before."), "success")
    except Refused as refusal:
        flash(str(refusal.message), "error")
        return _back(purpose, subject_key)
    return redirect(url_for("bookings.show", booking_id=booking.id), code=303)


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NotVisible(text) from error


@bp.post("/bookings/slots/<uuid:slot_id>/withdrawal")
@signed_in
def withdraw(slot_id: uuid.UUID) -> Any:
    """Offer it no more: the host, and who offers for the same organisation."""
    slot, meeting = queries.slot_for(me(), slot_id)
    purpose, subject_key = slot.purpose, slot.subject_key
    same_side = slot.organisation_id is not None and (
        slot.organisation_id == meeting.organisation_id
    )
    if not meeting.may_offer or not (slot.host_id == me().id or same_side):
        raise NotVisible(str(slot_id))
    form = CancelForm()
    try:
        operations.withdraw_slot(me(), slot, reason=(form.reason.data or "")[:500])
    except Refused as refusal:
        flash(str(refusal.message), "error")
    else:
        flash(_("Withdrawn. Whoever had booked it has been told."), "success")
    return _back(purpose, subject_key)
