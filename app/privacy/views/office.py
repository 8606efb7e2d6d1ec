"""The office: what people asked for, by when it is due, and the answers."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import config, me
from app.kernel import clock
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.privacy import operations, queries, rules
from app.privacy.forms import AnswerForm, RecordForm
from app.privacy.policies import Permission
from app.privacy.rules import RequestKind
from app.privacy.rules.looks import DATA_REQUEST
from app.privacy.views.blueprint import asked_page, bp
from app.web.csv import csv_response
from app.web.doors import needs
from app.web.filters import day


@bp.get("/privacy/requests")
@needs(Permission.ANSWER_REQUESTS)
def requests() -> str:
    return render_template(
        "privacy/requests.html",
        listed=queries.requests_to_answer(asked_page(), _state()),
        state=_state(),
        names=rules.REQUEST_NAMES,
        now=clock.now(),
    )


@bp.get("/privacy/requests.csv")
@needs(Permission.ANSWER_REQUESTS)
def requests_csv() -> Response:
    return csv_response(
        "requests.csv",
        [_("Request"), _("Person"), _("Asked"), _("Due"), _("Done"), _("Taken back")],
        (
            [
                str(rules.REQUEST_NAMES[row.kind]),
                row.person.name if row.person else row.contact,
                day(row.asked_at),
                day(row.due_at),
                day(row.done_at),
                day(row.cancelled_at),
            ]
            for row in queries.requests_to_answer(None, _state()).rows
        ),
    )


def _state() -> str:
    """Open ones, unless the query string asks for others."""
    asked = request.args.get("state", "open")
    return asked if asked in ("done", "all") else "open"


@bp.get("/privacy/requests/<uuid:request_id>")
@needs(Permission.ANSWER_REQUESTS)
def office_request(request_id: uuid.UUID) -> str:
    found = queries.any_request(request_id)
    if found.person_id is not None and found.is_open:
        operations.looked(found.person_id, me(), DATA_REQUEST.name)
    return _page(request_id, AnswerForm())


def _page(request_id: uuid.UUID, form: AnswerForm) -> str:
    found = queries.any_request(request_id)
    return render_template(
        "privacy/request.html",
        found=found,
        form=form,
        names=rules.REQUEST_NAMES,
        in_words=found.kind in (RequestKind.CORRECT, RequestKind.STOP) or not found.person_id,
    )


@bp.post("/privacy/requests/<uuid:request_id>/answer")
@needs(Permission.ANSWER_REQUESTS)
def answer(request_id: uuid.UUID) -> Any:
    found = queries.any_request(request_id)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _page(request_id, form), 422
    try:
        operations.answer(me(), found, form.words.data)
        flash(_("Answered. The person finds it under “My data”."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("privacy.office_request", request_id=request_id))


@bp.post("/privacy/requests/<uuid:request_id>/stop")
@needs(Permission.ANSWER_REQUESTS)
def stop(request_id: uuid.UUID) -> Any:
    """Who wrote it down for somebody takes it back for her, before it begins."""
    found = queries.any_request(request_id)
    try:
        operations.take_back(me(), found)
        flash(_("Taken back. Nothing was changed."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("privacy.office_request", request_id=request_id))


@bp.route("/privacy/requests/new", methods=["GET", "POST"])
@needs(Permission.ANSWER_REQUESTS)
def record() -> Any:
    form = RecordForm()
    if not form.validate_on_submit():
        return render_template("privacy/record.html", form=form), 422 if form.errors else 200
    try:
        made, link = operations.record_for(
            config(),
            me(),
            email=form.email.data,
            kind=RequestKind(form.kind.data),
            words=form.words.data or "",
        )
    except Refused as error:
        form.form_errors.append(str(error.message))
        return render_template("privacy/record.html", form=form), 422
    if link:
        flash(_("The receipt will be here; give the person this link: %(link)s", link=link), "info")
    flash(_("Written down."), "success")
    return redirect(url_for("privacy.office_request", request_id=made.id))
