"""Reports, the staff's queue of them, hiding."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.conversations import operations, places, queries
from app.conversations.forms import ReasonForm
from app.conversations.views.blueprint import REPORTS, bp, not_too_often, refused, say, shown
from app.conversations.views.posts import back_to
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.doors import signed_in


@bp.route("/discussions/posts/<uuid:post_id>/report", methods=["GET", "POST"])
@signed_in
def report(post_id: uuid.UUID) -> Any:
    """Ask the staff to look at a post."""
    post, view = queries.post_for(me(), post_id)
    if not view.reports(post):
        raise NotVisible(str(post_id))
    form = ReasonForm()
    page = {"post": post, "view": view}
    if not form.validate_on_submit():
        return shown(form, "conversations/report.html", **page)
    try:
        not_too_often(REPORTS)
        operations.report(me(), post, form.reason.data or "")
    except Refused as error:
        return refused(form, error, "conversations/report.html", **page)
    flash(_("Thank you. The staff looks at it."), "success")
    return back_to(post)


@bp.route("/discussions/posts/<uuid:post_id>/hiding", methods=["GET", "POST"])
@signed_in
def hide(post_id: uuid.UUID) -> Any:
    """Hide a post, saying why; with ``wanted=0`` show it again."""
    post, view = queries.post_for(me(), post_id)
    if not view.place.may_moderate:
        raise NotVisible(str(post_id))
    if request.method == "POST" and request.form.get("wanted") == "0":
        operations.show_again(me(), post, view.place)
        flash(_("Everybody can read it again."), "success")
        return back_to(post)
    form = ReasonForm(reason=post.hidden_reason)
    page = {"post": post, "view": view}
    if not form.validate_on_submit():
        return shown(form, "conversations/hide.html", **page)
    try:
        operations.hide(me(), post, view.place, form.reason.data or "")
    except Refused as error:
        return refused(form, error, "conversations/hide.html", **page)
    flash(_("Only the staff and its author see it now."), "success")
    return back_to(post)


@bp.get("/discussions/reports")
@signed_in
def reports() -> str:
    """What was reported in the places that one looks after."""
    if not places.moderated_by(me()):
        raise NotVisible
    return render_template("conversations/reports.html", reports=queries.open_reports(me()))


@bp.post("/discussions/reports/<uuid:report_id>/settlement")
@signed_in
def settle(report_id: uuid.UUID) -> Response:
    found, _view = queries.report_for(me(), report_id)
    try:
        operations.settle(me(), found)
    except Refused as error:
        say(error)
    return redirect(url_for("conversations.reports"))
