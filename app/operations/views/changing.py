"""Her server is not what the next lab needs: she restarts it, or goes on as it is."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.policies import may_use_labs
from app.accounts.session import me
from app.catalog.rules import ItemKind
from app.kernel.errors import NotVisible
from app.kernel.i18n import current_locale
from app.kernel.localized import LocalizedText
from app.learning import queries as learning
from app.operations import operations, queries
from app.operations.queries import profiles
from app.operations.views.blueprint import bp, is_live
from app.web.doors import signed_in


@bp.route("/learn/<code>/labs/<slug>/server", methods=["GET", "POST"])
@signed_in
def change_server(code: str, slug: str) -> Any:
    """What runs and what the lab needs; a POST orders the restart. An open page asks again."""
    view = learning.section_for(current_user, code)
    item = view.item(ItemKind.LAB, slug)
    environment = item.lab_version.environment if item.lab_version else ""
    wanted = profiles.profile_for(environment)
    if wanted is None or not may_use_labs(current_user):
        raise NotVisible(slug)
    here = url_for("operations.change_server", code=code, slug=slug)
    if request.method == "POST":
        operations.order_restart(
            me(), view.section, slug, environment=environment, locale=current_locale()
        )
        return redirect(here, code=303)
    run = queries.live_run_of(me().id)
    running = profiles.profile_named(run.profile) if run is not None else None
    return render_template(
        "operations/change_now.html" if is_live() else "operations/change.html",
        view=view,
        item=item,
        run=run,
        fits=run is not None and profiles.fits(run.profile, wanted),
        running=LocalizedText(running.title) if running is not None else None,
        wanted=LocalizedText(wanted.title),
        grace=operations.GRACE_SECONDS,
        here=here,
        code=code,
        slug=slug,
    )


@bp.post("/learn/<code>/labs/<slug>/server/continuation")
@signed_in
def keep_server(code: str, slug: str) -> Response:
    learning.section_for(current_user, code).item(ItemKind.LAB, slug)
    operations.call_off_restart(me())
    return redirect(url_for("operations.change_server", code=code, slug=slug), code=303)
