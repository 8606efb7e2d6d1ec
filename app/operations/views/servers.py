"""Who runs what, and starts that failed."""

import uuid
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.config import Config
from app.kernel.i18n import gettext as _
from app.operations import operations, queries
from app.operations.forms import StopForm
from app.operations.operations.looking import TOPIC
from app.operations.rules import CAUSE_NAMES, STATE_NAMES, in_megabytes
from app.operations.views.blueprint import asked_page, asked_text, bp, is_live, operators
from app.web.csv import csv_response
from app.web.streams import stream


def _asked() -> dict[str, Any]:
    sort = request.args.get("sort", "since")
    return {
        "search": asked_text("q"),
        "state": request.args.get("state", ""),
        "sort": sort if sort in queries.SERVER_SORTS else "since",
        "descending": request.args.get("direction", "desc") == "desc",
    }


@bp.get("/operations/servers")
@operators
def servers() -> str:
    """The servers that run now; an open page asks for its table again at this address."""
    asked = _asked()
    return render_template(
        "operations/servers_now.html" if is_live() else "operations/servers.html",
        listed=queries.servers(page=asked_page(), **asked),
        totals=queries.totals(),
        asked=asked,
        states=[(state.value, name) for state, name in STATE_NAMES.items()],
        megabytes=in_megabytes,
        home_bytes=_home_bytes(),
    )


def _home_bytes() -> int:
    """What a home may hold; 0 for no bound."""
    config: Config = current_app.extensions["config"]
    return config.labs_home_mb * 1024 * 1024


@bp.get("/operations/servers/events")
@operators
def servers_events() -> Response:
    return stream(TOPIC)


@bp.get("/operations/servers.csv")
@operators
def servers_csv() -> Response:
    rows = queries.servers(page=None, **_asked()).rows
    return csv_response(
        "lab-servers.csv",
        [
            _("Name"),
            _("Handle"),
            _("Section"),
            _("Lab"),
            _("State"),
            _("Since"),
            _("Memory (MB)"),
            _("Processor (%)"),
            _("Processes"),
            _("Home (MB)"),
            _("Last used"),
        ],
        (
            [
                row.run.person.name,
                row.run.person.handle,
                row.section or "",
                row.run.lab_slug or "",
                row.run.state.value,
                queries.taipei_time(row.run.asked_at),
                in_megabytes(row.run.memory_bytes),
                row.run.cpu_percent,
                row.run.process_count,
                in_megabytes(row.run.disk_bytes),
                queries.taipei_time(row.run.active_at) if row.run.active_at else "",
            ]
            for row in rows
        ),
    )


@bp.route("/operations/servers/<uuid:run_id>", methods=["GET", "POST"])
@operators
def server(run_id: uuid.UUID) -> Any:
    """One server. A POST lets it be stopped."""
    run = queries.run_live(run_id)
    form = StopForm()
    if form.validate_on_submit():
        operations.order_stop(me(), run, form.note.data or "")
        flash(_("%(name)s is told; the server stops in a moment.", name=run.person.name), "success")
        return redirect(url_for("operations.servers"), code=303)
    shown = queries.shown_run(run.id)
    page = render_template(
        "operations/server.html",
        shown=shown,
        run=run,
        form=form,
        megabytes=in_megabytes,
        home_bytes=_home_bytes(),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/operations/servers/<uuid:run_id>/continuation")
@operators
def call_off_stop(run_id: uuid.UUID) -> Response:
    run = queries.run_live(run_id)
    operations.call_off_stop(me(), run)
    flash(_("The server goes on."), "success")
    return redirect(url_for("operations.server", run_id=run_id), code=303)


@bp.get("/operations/failures")
@operators
def failures() -> str:
    return render_template(
        "operations/failures.html",
        listed=queries.failures(search=asked_text("q"), page=asked_page()),
        cause_names=CAUSE_NAMES,
    )
