"""How much the labs of courses and sections may take."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.operations import operations
from app.operations.forms import QuotaForm
from app.operations.queries import quotas as queries
from app.operations.views.blueprint import bp, operators


@bp.route("/operations/quotas", methods=["GET", "POST"])
@operators
def quotas() -> Any:
    """All quotas. A POST sets one, whether it is there or not."""
    form = QuotaForm()
    if form.validate_on_submit():
        try:
            operations.set_quota(
                me(),
                form.name.data or "",
                servers_at_once=form.servers_at_once.data,
                memory_mb=form.memory_mb.data,
                idle_minutes=form.idle_minutes.data,
                weekly_hours=form.weekly_hours.data,
            )
        except Refused as error:
            form.name.errors = [*form.name.errors, str(error.message)]
        else:
            flash(_("Saved. The next start is held to it."), "success")
            return redirect(url_for("operations.quotas"), code=303)
    page = render_template("operations/quotas.html", form=form, rows=queries.all_quotas())
    return page, 422 if form.is_submitted() else 200


@bp.post("/operations/quotas/<uuid:quota_id>/removal")
@operators
def remove_quota(quota_id: uuid.UUID) -> Response:
    operations.remove_quota(me(), queries.quota_by_id(quota_id))
    flash(_("Removed."), "success")
    return redirect(url_for("operations.quotas"), code=303)
