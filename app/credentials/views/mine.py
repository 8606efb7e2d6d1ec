"""What somebody has: her badges, what stands in them, who sees them."""

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from app.accounts.operations import TooManyTries
from app.accounts.operations.throttling import Limit, take
from app.accounts.session import me
from app.credentials import operations, queries
from app.credentials.rules import State
from app.credentials.views.blueprint import bp, file_of
from app.credentials.views.issuing import state_of
from app.credentials.views.paper import transcript
from app.engine import PdfFailed, PdfUnavailable
from app.kernel.i18n import gettext as _
from app.web.doors import signed_in


@bp.get("/me/credentials")
@signed_in
def mine() -> str:
    return _list("credentials/mine.html", shows_name=queries.holder_choice(me().id))


@bp.get("/me/credentials/now")
@signed_in
def mine_now() -> str:
    """The list alone, for a page that waits for a signature."""
    return _list("credentials/_mine.html")


def _list(template: str, **values: Any) -> str:
    awards = queries.awards_of(me())
    return render_template(
        template,
        awards=awards,
        is_waiting=any(state_of(row) is State.WAITING for row in awards),
        issuer_name=operations.issuer_name,
        **values,
    )


def _back() -> Any:
    return redirect(url_for("credentials.mine"), code=303)


@bp.post("/me/credentials/<uuid:award_id>/<any(hide,show,decline,accept):verb>")
@signed_in
def change(award_id: uuid.UUID, verb: str) -> Any:
    award = queries.award_visible_to(me(), award_id)
    verbs = {
        "hide": (operations.hide, _("Its page is hidden now.")),
        "show": (operations.show, _("Its page can be seen again by who has its address.")),
        "decline": (operations.decline, _("Declined. It is revoked, and you get it no more.")),
        "accept": (operations.accept, _("It is yours again and is being signed.")),
    }
    act, words = verbs[verb]
    act(me(), award)
    flash(words, "success")
    return _back()


@bp.post("/me/credentials/name")
@signed_in
def choose_name() -> Any:
    """Whether her name stands in her credentials."""
    operations.choose_name(me(), shows_name=request.form.get("shows-name") == "1")
    flash(_("Kept. Your credentials are signed anew."), "success")
    return _back()


@bp.get("/me/transcript.pdf")
@signed_in
def my_transcript() -> Any:
    try:
        take((Limit("transcript", 10, 600), str(me().id)))
        content = transcript(me())
    except (PdfUnavailable, PdfFailed, TooManyTries):
        abort(503)
    return file_of(content, "application/pdf", f"transcript-{me().handle}.pdf")
