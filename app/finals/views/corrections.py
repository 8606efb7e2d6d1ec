"""Corrections for those who decide about them."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.finals import operations, policies, queries
from app.finals.forms import DecisionForm
from app.finals.rules import STATE_NAMES
from app.finals.views.blueprint import bp, readers
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _


@bp.get("/finals/corrections")
@readers
def corrections() -> str:
    state = request.args.get("state", "")
    return render_template(
        "finals/corrections.html",
        listed=queries.corrections_for(me(), state=state, page=request.args.get("page", 1, int)),
        states=[("", _("All")), *((s.value, name) for s, name in STATE_NAMES.items())],
    )


@bp.get("/finals/corrections/<uuid:correction_id>")
@readers
def correction(correction_id: uuid.UUID) -> Any:
    return _page(correction_id, DecisionForm(formdata=None))


def _page(correction_id: uuid.UUID, form: DecisionForm) -> str:
    found = queries.correction_for(me(), correction_id)
    return render_template(
        "finals/correction.html",
        correction=found,
        may_decide=policies.can_decide(me(), found),
        may_see=policies.can_see_finals(me(), found.section),
        is_mine=found.proposed_by_id == me().id,
        form=form,
    )


@bp.post("/finals/corrections/<uuid:correction_id>/decision")
@readers
def decide(correction_id: uuid.UUID) -> Any:
    found = queries.correction_for(me(), correction_id)
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(correction_id, form), 422
    approve = request.form.get("decision") == "approve"
    try:
        operations.decide(
            me(), found, approve=approve, words=(form.words.data or "").replace("\0", "")
        )
    except Refused as error:
        form.form_errors.append(str(error.message))
        return _page(correction_id, form), 422
    flash(_("Approved: the grade is changed.") if approve else _("Refused."), "success")
    return redirect(url_for("finals.correction", correction_id=correction_id))


@bp.post("/finals/corrections/<uuid:correction_id>/withdrawal")
@readers
def withdraw(correction_id: uuid.UUID) -> Any:
    found = queries.correction_for(me(), correction_id)
    try:
        operations.withdraw(me(), found)
        flash(_("The proposal is withdrawn."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("finals.correction", correction_id=correction_id))
