"""What a person agreed to, withdrawing it, and the notices themselves."""

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.privacy import operations, queries, rules
from app.privacy.views.blueprint import bp
from app.web.doors import public, signed_in


@bp.get("/me/data/consents")
@signed_in
def consents() -> str:
    return render_template(
        "privacy/consents.html",
        standing=queries.standing_of(me()),
        ledger=queries.ledger_of(me()),
        purposes=rules.PURPOSES,
        Act=rules.Act,
    )


@bp.post("/me/data/consents/<purpose>/withdrawal")
@signed_in
def withdraw(purpose: str) -> Any:
    if purpose not in rules.PURPOSES:
        abort(404)
    try:
        operations.withdraw(me(), purpose, _organisation())
        flash(_("Withdrawn. From the next request on, nothing rests on it any more."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    except ValueError:
        abort(400)
    return redirect(url_for("privacy.consents"))


@bp.get("/privacy/notices/<purpose>")
@public
def notice(purpose: str) -> str:
    """The notice of today, or the version of the query string."""
    if purpose not in rules.PURPOSES:
        abort(404)
    shown = (
        queries.notice_version(purpose, request.args.get("version", 0, int))
        if "version" in request.args
        else queries.current_notice(purpose)
    )
    if shown is None:
        abort(404)
    return render_template(
        "privacy/notice.html",
        notice=shown,
        versions=rules.notices(purpose),
        purpose=rules.PURPOSES[purpose],
        items=rules.NOTICE_ITEMS,
    )


def _organisation() -> uuid.UUID | None:
    given = request.form.get("organisation", "")
    try:
        return uuid.UUID(given) if given else None
    except ValueError:
        abort(400)
