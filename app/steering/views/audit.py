"""The log of decisions: found, read, taken along."""

import json
from dataclasses import replace
from datetime import date

from flask import Response, render_template, request

from app.kernel.i18n import gettext as _
from app.steering import queries
from app.steering.queries import AskedLog, Line
from app.steering.views.blueprint import asked_page, asked_text, auditors, bp, kept_query
from app.web.csv import csv_response

NAMES = ("actor", "verb", "kind", "subject", "since", "until")


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _asked() -> AskedLog:
    return AskedLog(
        actor=asked_text("actor"),
        verb=asked_text("verb"),
        kind=asked_text("kind"),
        subject=asked_text("subject"),
        since=_day("since"),
        until=_day("until"),
        page=asked_page(),
    )


@bp.get("/steering/log")
@auditors
def audit() -> str:
    asked = _asked()
    listed = queries.log(asked)
    return render_template(
        "steering/audit.html",
        listed=listed,
        asked=asked,
        verbs=queries.verbs(),
        kinds=queries.kinds(),
        names=queries.names_in(listed.rows),
        kept=kept_query(*NAMES),
    )


@bp.get("/steering/log.csv")
@auditors
def audit_csv() -> Response:
    rows = queries.log(replace(_asked(), page=None)).rows
    return csv_response(
        "log.csv",
        [
            _("When"),
            _("By whom"),
            _("Handle"),
            _("Act"),
            _("Kind"),
            _("Object"),
            _("Details"),
        ],
        (_line(row) for row in rows),
    )


def _line(row: Line) -> list[str]:
    entry = row.entry
    return [
        entry.at.isoformat(timespec="seconds"),
        row.actor.name if row.actor else "",
        row.actor.handle if row.actor else "",
        entry.verb,
        entry.subject_kind,
        entry.subject_id,
        json.dumps(entry.details, ensure_ascii=False, sort_keys=True) if entry.details else "",
    ]
