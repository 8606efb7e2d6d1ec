"""Handing in, and what came of it."""

import uuid
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.challenges import operations, queries
from app.challenges.forms import EntryForm
from app.challenges.models import ChallengeEntry
from app.challenges.operations.handing_in import topic
from app.challenges.rules import LIVE, MOST_FILE_BYTES
from app.challenges.views.blueprint import bp
from app.challenges.views.pages import challenge_page, mine_of
from app.kernel import blobs, clock
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.web import streams
from app.web.doors import signed_in


@bp.post("/learn/<code>/challenges/<slug>/entries")
@signed_in
def create_entry(code: str, slug: str) -> Any:
    view, found = queries.challenge_for(me(), code, slug)
    form = EntryForm()
    if not form.validate_on_submit():
        return challenge_page(view, found, form)
    sent = form.file.data
    try:
        operations.hand_in(me(), found, sent.filename or "", sent.read(MOST_FILE_BYTES + 1))
    except Refused as error:
        form.form_errors.append(str(error.message))
        return challenge_page(view, found, form)
    flash(_("Received. The score appears here in a moment."), "success")
    return redirect(url_for("challenges.challenge", code=code, slug=slug) + "#mine", code=303)


@bp.get("/learn/<code>/challenges/<slug>/mine")
@signed_in
def mine(code: str, slug: str) -> str:
    """The part of the challenge's page that is fetched again."""
    view, found = queries.challenge_for(me(), code, slug)
    return render_template(
        "challenges/_mine.html", view=view, challenge=found, fragment=True, **mine_of(view, found)
    )


@bp.get("/learn/<code>/challenges/<slug>/events")
@signed_in
def events(code: str, slug: str) -> Response:
    _view, found = queries.challenge_for(me(), code, slug)
    return streams.stream(topic(found.id, me().id))


@bp.get("/learn/<code>/challenges/<slug>/entries")
@signed_in
def entries(code: str, slug: str) -> str:
    view, found = queries.challenge_for(me(), code, slug)
    listed = queries.my_entries(me(), found, max(1, request.args.get("page", 1, int)))
    return render_template("challenges/entries.html", view=view, challenge=found, listed=listed)


@bp.get("/learn/<code>/challenges/<slug>/entries/<uuid:entry_id>")
@signed_in
def entry(code: str, slug: str, entry_id: uuid.UUID) -> str:
    view, found = queries.challenge_for(me(), code, slug)
    one = queries.entry_visible_to(me(), found, entry_id)
    return render_template(
        "challenges/entry.html",
        view=view,
        challenge=found,
        entry=one,
        shows_final=found.is_over(clock.now()) or view.is_staff,
        is_waiting=one.state in LIVE,
    )


@bp.get("/learn/<code>/challenges/<slug>/entries/<uuid:entry_id>/file")
@signed_in
def entry_file(code: str, slug: str, entry_id: uuid.UUID) -> Response:
    """What was handed in, as it came."""
    _view, found = queries.challenge_for(me(), code, slug)
    one: ChallengeEntry = queries.entry_visible_to(me(), found, entry_id)
    answer = Response(blobs.get(one.blob), mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=f"entry-{one.id}.{_end(one)}")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _end(one: ChallengeEntry) -> str:
    return "csv" if one.kind.value == "csv" else "ipynb"
