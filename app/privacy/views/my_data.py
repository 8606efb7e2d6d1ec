"""Where a person sees what is kept of her, takes it with her, or has it erased."""

import uuid
from datetime import timedelta
from itertools import groupby
from typing import Any

from flask import abort, flash, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from app.accounts import operations as accounts
from app.accounts import queries as people
from app.accounts.session import config, me, sign_in_id
from app.kernel import clock
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.privacy import operations, queries, rules
from app.privacy.forms import EraseForm, WordsForm
from app.privacy.rules import RequestKind
from app.privacy.views.blueprint import asked_page, bp
from app.privacy.views.words import ROOM_NAMES, column_words, value_words
from app.web.doors import public, signed_in

RECENT = timedelta(minutes=10)
"""Who has no password shows by a fresh sign-in that it is her."""


@bp.get("/me/data")
@signed_in
def my_data() -> str:
    return _my_data(WordsForm())


def _my_data(form: WordsForm) -> str:
    kept = queries.kept_of(me())
    asked = queries.requests_of(me())
    return render_template(
        "privacy/my_data.html",
        rooms=[(ROOM_NAMES[room], list(rows)) for room, rows in groupby(kept, _room)],
        asked=asked,
        export=next((r for r in asked if r.kind is RequestKind.EXPORT), None),
        erasing=next((r for r in asked if r.kind is RequestKind.ERASE and r.is_open), None),
        names=rules.REQUEST_NAMES,
        form=form,
    )


def _room(kept: queries.Kept) -> str:
    return kept.room


@bp.get("/me/data/rows/<table>")
@signed_in
def rows(table: str) -> str:
    return render_template(
        "privacy/rows.html",
        shown=queries.kept_rows(me(), table, asked_page()),
        column_words=column_words,
        value_words=value_words,
    )


@bp.post("/me/data/export")
@signed_in
def create_export() -> Any:
    try:
        operations.ask_for_export(me())
        flash(_("Your file is being made. You can leave this page and come back."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("privacy.my_data", _anchor="export"))


@bp.get("/me/data/export/<uuid:request_id>")
@signed_in
def download(request_id: uuid.UUID) -> Response:
    found = queries.own_request(me(), request_id)
    file = operations.export_file(found.id)
    if not found.size or not found.expires_at or found.expires_at < clock.now():
        abort(404)
    response = send_file(
        file, as_attachment=True, download_name=f"banyan-{me().handle}.zip", max_age=0
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/me/data/requests")
@signed_in
def ask() -> Any:
    form = WordsForm()
    if not form.validate_on_submit():
        return _my_data(form), 422
    operations.ask_in_words(me(), RequestKind(form.kind.data), form.words.data)
    flash(_("The office has your request and answers within 30 days."), "success")
    return redirect(url_for("privacy.my_data", _anchor="requests"))


@bp.post("/me/data/requests/<uuid:request_id>/cancellation")
@signed_in
def take_back(request_id: uuid.UUID) -> Any:
    found = queries.own_request(me(), request_id)
    try:
        operations.take_back(me(), found)
        flash(_("Taken back. Nothing was changed."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("privacy.my_data"))


@bp.route("/me/data/erasing", methods=["GET", "POST"])
@signed_in
def erasing() -> Any:
    form = EraseForm()
    page = "privacy/erasing.html"
    kept = [row for row in queries.kept_of(me()) if row.table.reason is not None]
    shown = {"form": form, "kept": kept, "days": rules.COOLING_OFF.days}
    if not form.validate_on_submit():
        return render_template(page, **shown), 422 if form.errors else 200
    if form.handle.data.removeprefix("@") != me().handle:
        form.handle.errors = [_("This is not your handle.")]
        return render_template(page, **shown), 422
    try:
        _make_sure(form.password.data or "")
        made, link = operations.ask_to_be_erased(config(), me())
    except Refused as error:
        form.form_errors.append(str(error.message))
        return render_template(page, **shown), 422
    return render_template("privacy/will_be_erased.html", request_of_hers=made, link=link)


def _make_sure(password: str) -> None:
    """That it is her who asks. Raises Refused."""
    if me().password_hash is not None:
        accounts.confirm_password(me(), password)
        return
    here = next((row for row in people.sign_ins_of(me()) if row.id == sign_in_id()), None)
    if here is None or clock.now() - here.created_at > RECENT:
        raise Refused(_("Please sign out and in again first: this needs a fresh sign-in."))


@bp.get("/privacy/receipts/<token>")
@public
def receipt(token: str) -> Any:
    """What became of an erasing; the link is all that is left to her."""
    found = queries.request_by_token(token)
    response = Response(render_template("privacy/receipt.html", found=found), mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
