"""The desk: everything that waits, one thing of it, and lists of it as files."""

import io
import uuid
from datetime import datetime, time
from typing import Any

import xlsxwriter
from flask import Response, flash, redirect, render_template, request, send_file, url_for

from app.accounts.session import me
from app.kernel.clock import TAIPEI
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.steering import operations, queries
from app.steering.forms import DueForm, OwnerForm
from app.steering.queries import Row
from app.steering.rules import URGENCY_NAMES, Urgency
from app.steering.views.blueprint import (
    asked_page,
    asked_text,
    bp,
    item_url,
    kept_query,
    officers,
)
from app.web.csv import csv_response, harmless
from app.web.filters import day

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked() -> dict[str, str]:
    return {
        "queue": asked_text("queue"),
        "owner": asked_text("owner"),
        "state": asked_text("state"),
        "search": asked_text("q"),
    }


@bp.get("/steering")
@officers
def desk() -> str:
    found = queries.desk(me(), page=asked_page(), **_asked())
    return render_template(
        "steering/desk.html",
        desk=found,
        officers=queries.officers(),
        urgencies=[(row.value, str(name)) for row, name in URGENCY_NAMES.items()],
        kept=kept_query("queue", "owner", "state", "q"),
    )


@bp.get("/steering/waiting/<queue>/<key>")
@officers
def item(queue: str, key: str) -> str:
    row = queries.row_at(me(), queue, key)
    owner, due = OwnerForm(), DueForm()
    owner.owner.choices = _owners()
    owner.owner.data = str(row.owner.id) if row.owner else ""
    due.due_on.data = row.due_at.astimezone(TAIPEI).date() if row.is_moved else None
    return _page(row, owner, due)


def _page(row: Row, owner: OwnerForm, due: DueForm) -> str:
    history = queries.history_of(row.queue.name, row.item.key)
    return render_template(
        "steering/item.html",
        row=row,
        owner=owner,
        due=due,
        history=history,
        names={str(person.id): person.name for person in queries.officers()},
    )


def _owners() -> list[tuple[str, str]]:
    return [("", _("Nobody")), *((str(row.id), row.name) for row in queries.officers())]


@bp.post("/steering/waiting/<queue>/<key>/taking")
@officers
def take(queue: str, key: str) -> Any:
    row = queries.row_at(me(), queue, key)
    try:
        operations.take(me(), row)
        flash(_("“%(title)s” is yours now.", title=row.item.title), "success")
    except Refused as error:
        flash(str(error.message), "error")
    if request.form.get("back") == "desk":
        return redirect(url_for("steering.desk"), code=303)
    return redirect(url_for("steering.item", queue=queue, key=key), code=303)


@bp.post("/steering/waiting/<queue>/<key>/owner")
@officers
def give(queue: str, key: str) -> Any:
    row = queries.row_at(me(), queue, key)
    form = OwnerForm()
    form.owner.choices = _owners()
    if not form.validate_on_submit():
        raise NotVisible(key)
    owner = next((one for one in queries.officers() if str(one.id) == form.owner.data), None)
    path = url_for("steering.item", queue=queue, key=key)
    try:
        operations.give(me(), row, owner, path)
    except Refused as error:
        flash(str(error.message), "error")
        return redirect(path, code=303)
    if owner is None:
        flash(_("Nobody looks after it now."), "success")
    else:
        flash(_("%(name)s looks after it now.", name=owner.name), "success")
    return redirect(path, code=303)


@bp.post("/steering/waiting/<queue>/<key>/due")
@officers
def move_due(queue: str, key: str) -> Any:
    row = queries.row_at(me(), queue, key)
    form = DueForm()
    if not form.validate_on_submit():
        owner = OwnerForm()
        owner.owner.choices = _owners()
        return _page(row, owner, form), 422
    chosen = form.due_on.data
    due_at = datetime.combine(chosen, time(23, 59, 59), TAIPEI) if chosen else None
    operations.move_due(me(), row, due_at)
    flash(
        _("It is due on another day now.") if chosen else _("It is due as the rule says."),
        "success",
    )
    return redirect(url_for("steering.item", queue=queue, key=key), code=303)


def _table() -> tuple[list[str], list[list[Any]]]:
    rows = queries.desk(me(), page=None, **_asked()).listed.rows
    header = [
        *(_("Queue"), _("What waits"), _("About"), _("Organisation"), _("Since"), _("Days")),
        *(_("Due on"), _("State"), _("Who looks after it"), _("Link to it")),
    ]
    return header, [
        [
            str(row.queue.title),
            row.item.title,
            row.item.detail,
            str(row.organisation.name) if row.organisation else "",
            day(row.item.since),
            row.age,
            day(row.due_at),
            str(URGENCY_NAMES[Urgency(row.urgency)]),
            row.owner.name if row.owner else "",
            item_url(row),
        ]
        for row in rows
    ]


@bp.get("/steering.csv")
@officers
def desk_csv() -> Response:
    header, rows = _table()
    return csv_response("desk.csv", header, rows)


@bp.get("/steering.xlsx")
@officers
def desk_xlsx() -> Response:
    """As the CSV; texts are texts, whatever they begin with."""
    header, rows = _table()
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False,
                                      "strings_to_urls": False}) as book:  # fmt: skip
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for at, text in enumerate(header):
            sheet.write_string(0, at, text, bold)
        for line, cells in enumerate(rows, start=1):
            for at, value in enumerate(cells):
                if isinstance(value, int):
                    sheet.write_number(line, at, value)
                else:
                    sheet.write_string(line, at, harmless(value))
        sheet.freeze_panes(1, 0)
    buffer.seek(0)
    return send_file(buffer, mimetype=XLSX, as_attachment=True, download_name="desk.xlsx")


def parsed_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
