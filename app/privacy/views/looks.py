"""Who has looked at me."""

from flask import render_template
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.i18n import gettext as _
from app.privacy import queries, rules
from app.privacy.views.blueprint import asked_page, bp
from app.web.csv import csv_response
from app.web.doors import signed_in


@bp.get("/me/data/looks")
@signed_in
def looks() -> str:
    return render_template("privacy/looks.html", listed=queries.lookings_at(me(), asked_page()))


@bp.get("/me/data/looks.csv")
@signed_in
def looks_csv() -> Response:
    return csv_response(
        "looks.csv",
        [_("Who"), _("For"), _("What"), _("Which"), _("First"), _("Last"), _("Times")],
        (
            [
                row.viewer.name if row.viewer else _("Somebody who was not signed in"),
                str(row.organisation.name) if row.organisation else "",
                rules.look_title(row.what),
                row.subject,
                row.first_at.isoformat(timespec="seconds"),
                row.last_at.isoformat(timespec="seconds"),
                row.count,
            ]
            for row in queries.lookings_at(me(), None).rows
        ),
    )
