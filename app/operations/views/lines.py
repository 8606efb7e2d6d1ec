"""Waiting for a scarce profile: one's place, without reloading."""

from typing import Any

from flask import Flask, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.policies import may_use_labs
from app.accounts.session import me
from app.catalog.rules import ItemKind
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.kernel.localized import LocalizedText
from app.learning import queries as learning
from app.operations import operations
from app.operations import queries as runs
from app.operations.queries import lines as queries
from app.operations.views.blueprint import bp, is_live
from app.web.doors import signed_in
from app.web.errors import page
from app.workspaces.gates import NotNow


def init_app(app: Flask) -> None:
    app.jinja_env.globals["queued_profiles"] = queries.queued_profiles


@bp.route("/learn/<code>/labs/<slug>/line/<profile>", methods=["GET", "POST"])
@signed_in
def line(code: str, slug: str, profile: str) -> Any:
    """Her place in the line for PROFILE; a POST takes one. An open page asks here again."""
    view = learning.section_for(current_user, code)
    item = view.item(ItemKind.LAB, slug)
    wanted = queries.queued_profile(profile)
    if not may_use_labs(current_user):
        raise NotVisible(slug)
    here = url_for("operations.line", code=code, slug=slug, profile=profile)
    if request.method == "POST":
        try:
            operations.join_line(me(), view.section, slug, wanted)
        except NotNow as refusal:
            return page(409, refusal.message)
        return redirect(here, code=303)
    place = operations.ask_place(me())
    run = runs.live_run_of(me().id)
    return render_template(
        "operations/line_now.html" if is_live() else "operations/line.html",
        view=view,
        item=item,
        profile=wanted,
        title=LocalizedText(wanted.title),
        place=place,
        length=queries.line_length(wanted.name),
        is_called=place is None and run is not None and run.profile == wanted.name,
        here=here,
        code=code,
        slug=slug,
    )


@bp.post("/learn/<code>/labs/<slug>/line/<profile>/leaving")
@signed_in
def leave(code: str, slug: str, profile: str) -> Response:
    learning.section_for(current_user, code).item(ItemKind.LAB, slug)
    operations.leave_line(me())
    flash(_("You left the line."), "success")
    return redirect(url_for("grading.lab", code=code, slug=slug), code=303)
