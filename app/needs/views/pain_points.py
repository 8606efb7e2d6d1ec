"""Pain points: the ranked list, one of them, writing and correcting, taking away and back."""

import uuid
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.ids import new_id
from app.needs import operations, policies, queries
from app.needs.forms import PainForm
from app.needs.models import PainPoint
from app.needs.views.blueprint import (
    asked,
    bp,
    kept_query,
    key_of,
    number_of,
    panels,
    recorders,
    refused,
    shown,
)

BRIEFS = "briefs.begin"
"""Of the room above."""


@bp.get("/needs")
@recorders
def index() -> str:
    wanted = asked()
    return render_template(
        "needs/index.html",
        listed=queries.ranked(me(), wanted),
        asked=wanted,
        kept=kept_query(),
        steers=policies.steers(me()),
        own=policies.companies_of(me()),
    )


@bp.get("/needs/<uuid:pain_point_id>")
@recorders
def pain_point(pain_point_id: uuid.UUID) -> str:
    found = queries.pain_point(me(), pain_point_id)
    steers = policies.steers(me())
    return render_template(
        "needs/pain_point.html",
        pain_point=found,
        interview=found.interview,
        reach=queries.reach_of(found),
        gap=queries.gap_of(found),
        behind=queries.merged_into(me(), found),
        head=queries.head_of(me(), found),
        resembling=queries.resembling(me(), found) if steers and found.is_head else [],
        history=queries.history_of(found.interview, found),
        steers=steers,
        can_remove=policies.can_remove(me(), found.interview),
        brief_url=_brief_url(found),
        panels=[panel(me(), found) for panel in panels],
    )


def _brief_url(found: PainPoint) -> str | None:
    """Where a brief is made of it; None: not by her, or nothing here makes briefs."""
    if not policies.can_become_brief(me(), found):
        return None
    if "briefs.begin" not in current_app.view_functions:
        return None
    return url_for("briefs.begin", pain_point=found.id)


@bp.route("/needs/interviews/<uuid:interview_id>/pain-points/new", methods=["GET", "POST"])
@recorders
def new_pain_point(interview_id: uuid.UUID) -> Any:
    interview = queries.interview(me(), interview_id)
    form = PainForm()
    if request.method == "GET":
        form.key.data = str(new_id())
        form.industries.data = [interview.industry]
        form.company_count.data = 1
    context = {"interview": interview, "pain_point": None}
    if not form.validate_on_submit():
        return shown(form, "needs/pain_form.html", **context)
    try:
        made = operations.add_pain_point(
            me(), interview, form.pain_words(interview.industry), key=key_of(form)
        )
    except Refused as error:
        return refused(form, error, "needs/pain_form.html", **context)
    flash(_("Pain point %(number)s is kept.", number=f"#{made.number}"), "success")
    if "another" in request.form:
        return redirect(url_for("needs.new_pain_point", interview_id=interview_id), code=303)
    return redirect(url_for("needs.pain_point", pain_point_id=made.id), code=303)


@bp.route("/needs/<uuid:pain_point_id>/edit", methods=["GET", "POST"])
@recorders
def edit_pain_point(pain_point_id: uuid.UUID) -> Any:
    found = queries.pain_point(me(), pain_point_id)
    form = PainForm()
    if request.method == "GET":
        form.show_pain(found)
        form.revision.data = str(found.revision)
    context = {"interview": found.interview, "pain_point": found}
    if not form.validate_on_submit():
        return shown(form, "needs/pain_form.html", **context)
    try:
        changed = operations.correct_pain_point(
            me(),
            found,
            form.pain_words(found.interview.industry),
            revision=number_of(form.revision),
        )
    except Refused as error:
        found = queries.pain_point(me(), pain_point_id)
        form.revision.data = str(found.revision)
        context = {"interview": found.interview, "pain_point": found}
        return refused(form, error, "needs/pain_form.html", **context)
    flash(_("Corrected.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("needs.pain_point", pain_point_id=pain_point_id), code=303)


@bp.post("/needs/<uuid:pain_point_id>/removal")
@recorders
def remove_pain_point(pain_point_id: uuid.UUID) -> Response:
    found = queries.pain_point(me(), pain_point_id)
    interview_id = found.interview_id
    try:
        operations.remove_pain_point(me(), found)
    except Refused as error:
        flash(str(error.message), "error")
        return redirect(url_for("needs.pain_point", pain_point_id=pain_point_id), code=303)
    flash(_("Removed. You can bring it back on this page."), "success")
    return redirect(url_for("needs.interview", interview_id=interview_id), code=303)


@bp.post("/needs/<uuid:pain_point_id>/restoration")
@recorders
def restore_pain_point(pain_point_id: uuid.UUID) -> Response:
    found = queries.removed_pain_point(me(), pain_point_id)
    interview_id = found.interview_id
    operations.restore_pain_point(me(), found)
    flash(_("It is back."), "success")
    return redirect(url_for("needs.interview", interview_id=interview_id), code=303)
