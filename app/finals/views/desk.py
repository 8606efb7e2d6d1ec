"""A section's final grades: what is open, settling, the list, sheets for the registrar."""

import uuid
from datetime import date, timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.finals import operations, queries
from app.finals.forms import ExportForm
from app.finals.queries import Desk
from app.finals.rules.sheets import LAYOUT_NAMES, Layout
from app.finals.views.blueprint import bp, readers
from app.gradebook import operations as gradebook
from app.kernel import clock
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
USUAL_TIME = timedelta(days=30)
"""What is offered for incomplete grades."""


@bp.get("/teaching/<code>/finals")
@readers
def section(code: str) -> str:
    return _page(queries.desk_for(me(), code))


def _page(desk: Desk, problem: str = "") -> str:
    gradebook.bring_up_to_date(desk.book)
    seen, incompletes = queries.unsettled_of(desk.book)
    differing = request.args.get("show") == "differing"
    settlements = queries.settlements_of(desk.section)
    return render_template(
        "finals/desk.html",
        code=desk.section.code,
        desk=desk,
        checklist=queries.checklist_of(desk.book),
        seen=seen,
        incompletes=incompletes,
        settlements=settlements,
        listed=queries.desk_rows(desk.book, request.args.get("page", 1, int), differing=differing),
        differing=differing,
        exports=queries.exports_of(desk.section),
        layout_names=LAYOUT_NAMES,
        export_form=ExportForm(formdata=None),
        until=clock.now().astimezone(clock.TAIPEI).date() + USUAL_TIME,
        problem=problem,
        typed=request.form,
    )


@bp.post("/teaching/<code>/finals/settlement")
@readers
def settle(code: str) -> Any:
    desk = queries.desk_for(me(), code)
    if not desk.may_settle:
        raise NotVisible(code)
    try:
        made = operations.settle(
            me(),
            desk.section,
            seen=request.form.get("seen", ""),
            is_looked_at=bool(request.form.get("looked-at")),
            until=_day(request.form.get("until", "")),
            dates=_dates(),
            note=request.form.get("note", "").replace("\0", ""),
        )
    except Refused as error:
        return _page(desk, str(error.message)), 422
    flash(_("Settled: final grades of %(count)s students.", count=made.person_count), "success")
    return redirect(url_for("finals.section", code=code))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _dates() -> dict[uuid.UUID, date]:
    """Last days that were typed for single students."""
    found = {}
    for name, text in request.form.items():
        day = _day(text)
        if name.startswith("until-") and day is not None:
            try:
                found[uuid.UUID(name.removeprefix("until-"))] = day
            except ValueError:
                continue
    return found


@bp.post("/teaching/<code>/finals/exports")
@readers
def export(code: str) -> Response:
    """The sheet itself. Every one leaves a receipt."""
    desk = queries.desk_for(me(), code)
    kind = request.form.get("kind", "csv")
    if not desk.may_export or kind not in TYPES:
        raise NotVisible(code)
    wanted = request.form.get("layout", "")
    done = operations.export(
        me(),
        desk.section,
        layout=Layout(wanted) if wanted in set(Layout) else Layout.GENERIC,
        as_workbook=kind == "xlsx",
    )
    return Response(
        done.content,
        content_type=TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{done.receipt.filename}"',
            "X-Content-SHA256": done.receipt.sha256,
        },
    )
