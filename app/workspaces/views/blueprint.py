"""The room's blueprint, and how a page follows a server that comes up."""

import time
from collections.abc import Iterator

from flask import Blueprint, Response
from flask_login import current_user

from app.kernel.i18n import gettext as _
from app.kernel.transaction import end_reading
from app.workspaces import hub

bp = Blueprint("workspaces", __name__, template_folder="../templates")

PATIENCE_SECONDS = 90.0
LOOK_SECONDS = 0.2


def state_of_server() -> str:
    """How the reader's server is, as the Hub's client says it, or ``unavailable``."""
    try:
        return hub.client().status(current_user.handle).state
    except hub.HubUnavailable:
        return "unavailable"


def steps(state: str) -> list[dict[str, str]]:
    """How far the opening of a lab is while her server is in STATE."""
    started = {"starting": "current", "ready": "done"}.get(state, "failed")
    return [
        {"label": _("Your place is reserved"), "state": "done"},
        {"label": _("JupyterLab starts"), "state": started},
        {
            "label": _("The notebook opens with its files in place"),
            "state": "current" if state == "ready" else "waiting",
        },
    ]


def server_events() -> Response:
    """Says ``message`` whenever the state of her server changes, until it is decided."""
    handle = current_user.handle
    end_reading()  # the stream lasts: give the connection back before it begins

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
