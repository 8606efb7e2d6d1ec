"""Closing the labs and opening them again."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.operations import operations, queries
from app.operations.forms import DrainForm
from app.operations.views.banner import forget
from app.operations.views.blueprint import bp, operators


@bp.route("/operations/maintenance", methods=["GET", "POST"])
@operators
def maintenance() -> Any:
    form = DrainForm()
    if form.validate_on_submit():
        assert form.until.instant is not None
        try:
            operations.announce_drain(
                me(),
                start=form.start.instant,
                put_away=form.put_away.instant,
                until=form.until.instant,
                message=form.message,
            )
        except Refused as error:
            form.form_errors.append(str(error.message))
        else:
            forget()
            flash(_("Announced. Every page and every open lab says so now."), "success")
            return redirect(url_for("operations.maintenance"), code=303)
    drain = queries.current_drain()
    page = render_template(
        "operations/maintenance.html",
        form=form,
        drain=drain,
        words=queries.drain_words(drain) if drain else "",
        totals=queries.totals(),
        past=queries.last_drains(),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/operations/maintenance/opening")
@operators
def open_labs() -> Response:
    try:
        operations.open_again(me())
    except Refused as error:
        flash(str(error.message), "error")
    else:
        forget()
        flash(_("Labs are open again."), "success")
    return redirect(url_for("operations.maintenance"), code=303)
