"""Open lab: start her server, show how far it is, go there."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, url_for
from flask_login import current_user

from app.accounts.policies import may_use_labs
from app.catalog.rules import ItemKind
from app.kernel.config import Config
from app.kernel.database import db
from app.kernel.i18n import current_locale
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.web.doors import signed_in
from app.web.errors import page
from app.workspaces import hub

PATIENCE_SECONDS = 90.0
LOOK_SECONDS = 0.2

bp = Blueprint("workspaces", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    hub.configure(hub.RestHub(app.extensions["config"]))


@bp.post("/learn/<code>/labs/<slug>/workspace")
@signed_in
def create_workspace(code: str, slug: str) -> Any:
    """Start her server and show how it comes up."""
    view = learning.section_for(current_user, code)
    view.item(ItemKind.LAB, slug)
    if not may_use_labs(current_user):
        return page(403, _("Labs open once your mail address is confirmed and you have a school."))
    try:
        hub.client().start(current_user.handle, locale=current_locale())
    except hub.HubUnavailable as refusal:
        return page(503, refusal.message)
    return redirect(url_for("workspaces.opening", code=code, slug=slug), code=303)


@bp.get("/learn/<code>/labs/<slug>/workspace")
@signed_in
def opening(code: str, slug: str) -> str:
    view = learning.section_for(current_user, code)
    item = view.item(ItemKind.LAB, slug)
    return render_template("workspaces/opening.html", view=view, item=item, **_progress(code, slug))


@bp.get("/learn/<code>/labs/<slug>/workspace/progress")
@signed_in
def progress(code: str, slug: str) -> str:
    """How far the server is, as the part of a page."""
    learning.section_for(current_user, code)
    return render_template("workspaces/progress.html", **_progress(code, slug))


@bp.get("/learn/<code>/labs/<slug>/workspace/events")
@signed_in
def events(code: str, slug: str) -> Response:
    """Says ``message`` whenever the state of her server changes, until it is decided."""
    learning.section_for(current_user, code)
    handle = current_user.handle
    db.session.remove()  # the stream lasts: give the connection back before it begins

    def lines() -> Iterator[str]:
        before = ""
        for _look in range(int(PATIENCE_SECONDS / LOOK_SECONDS)):
            try:
                state = hub.client().status(handle).state
            except hub.HubUnavailable:
                state = "unavailable"
            if state != before:
                before = state
                yield f"data: {state}\n\n"
            if state != "starting":
                return
            time.sleep(LOOK_SECONDS)

    return Response(lines(), mimetype="text/event-stream")


def _progress(code: str, slug: str) -> dict[str, object]:
    try:
        state = hub.client().status(current_user.handle).state
    except hub.HubUnavailable:
        state = "unavailable"
    started = {"starting": "current", "ready": "done"}.get(state, "failed")
    steps = [
        {"label": _("Your place is reserved"), "state": "done"},
        {"label": _("JupyterLab starts"), "state": started},
        {
            "label": _("The notebook opens with its files in place"),
            "state": "current" if state == "ready" else "waiting",
        },
    ]
    config: Config = current_app.extensions["config"]
    return {
        "state": state,
        "steps": steps,
        "lab_url": lab_url(config, current_user.handle, code, slug),
        "retry_url": url_for("workspaces.create_workspace", code=code, slug=slug),
        "code": code,
        "slug": slug,
    }


def lab_url(config: Config, handle: str, code: str, slug: str) -> str:
    """Where a person's own server opens a lab, fetching it when it is not there yet."""
    labs = urlsplit(config.labs_url)
    query = urlencode({"course_id": code, "assignment_id": slug})
    return f"{labs.scheme}://{handle}.{labs.netloc}/user/{handle}/banyan/open?{query}"
