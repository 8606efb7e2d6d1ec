"""The applicant's side: enter, rank, read the result, answer the offer."""

import uuid
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for

from app.accounts.session import me
from app.kernel import clock
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.rounds import operations, policies, queries
from app.rounds.models import Round, RoundEntry
from app.rounds.rules import Kind, OfferState, State, in_order, places
from app.rounds.views.blueprint import bp
from app.web.doors import signed_in

SHOWN = (State.PUBLISHED, State.ENDED)


@bp.get("/rounds/<code>/mine")
@signed_in
def mine(code: str) -> Any:
    found = queries.round_for(me(), code)
    entry = queries.entry_of(me(), found)
    if found.state in SHOWN:
        return _result(found, entry)
    return _ranking(found, entry)


def _ranking(
    round_: Round, entry: RoundEntry | None, typed: dict[str, str] | None = None, problem: str = ""
) -> Any:
    page = render_template(
        "rounds/mine.html",
        round=round_,
        entry=entry,
        rows=queries.choosable(entry, round_) if entry else [],
        speaks=entry is not None and policies.speaks_for(me(), entry),
        teams=queries.teams_that_could_enter(me(), round_) if entry is None else [],
        may_alone=round_.kind is Kind.TEAMS or queries.applies_alone(me(), round_),
        typed=typed or {},
        problem=problem,
        is_open=round_.state is State.OPEN and clock.now() < round_.closes_at,
    )
    return page, 422 if problem else 200


def _result(round_: Round, entry: RoundEntry | None) -> Any:
    if entry is None:
        return render_template("rounds/result.html", round=round_, entry=None)
    if round_.kind is Kind.TEAMS:
        return render_template(
            "rounds/team.html", round=round_, entry=entry, team=queries.my_team(round_, entry)
        )
    drawn = queries.drawn_of(round_)
    assert drawn is not None
    offer = queries.offer_of(entry)
    return render_template(
        "rounds/result.html",
        round=round_,
        entry=entry,
        offer=offer,
        received=drawn.project(drawn.first.assigned.get(entry.key)),
        reasons=queries.my_reasons(drawn, entry),
        waits=queries.waiting_place(drawn, entry),
        dropped=queries.dropped_choices(drawn, entry),
        changes=queries.my_changes(entry),
        speaks=policies.speaks_for(me(), entry),
        may_answer=offer is not None and offer.state is OfferState.OPEN,
    )


@bp.post("/rounds/<code>/entry")
@signed_in
def create_entry(code: str) -> Any:
    found = queries.round_for(me(), code)
    wanted = request.form.get("team", "")
    team = None
    if wanted:
        team = next(
            (t for t in queries.teams_that_could_enter(me(), found) if str(t.id) == wanted), None
        )
        if team is None:
            raise NotVisible(wanted)
    operations.enter(me(), found, team)
    flash(_("You take part. Rank what you want; everything is saved as you go."), "success")
    return redirect(url_for("rounds.mine", code=code), code=303)


@bp.post("/rounds/<code>/entry/leaving")
@signed_in
def leave(code: str) -> Any:
    found, entry = _mine(code)
    operations.leave(me(), found, entry)
    flash(_("You take part no more. As long as the ranking is open you can enter again."), "info")
    return redirect(url_for("rounds.round_page", code=code), code=303)


@bp.post("/rounds/<code>/choices")
@signed_in
def save_choices(code: str) -> Any:
    """``place-ID`` of every project, empty when not ranked; a script is told how it went."""
    found, entry = _mine(code)
    typed = typed_places()
    try:
        order = in_order(places(typed))
        revision = operations.save_choices(
            me(), found, entry, order, revision=request.form.get("revision", None, int)
        )
    except Refused as refusal:
        if is_script():
            return refused(refusal)
        return _ranking(found, entry, _by_name(typed), str(refusal.message))
    return saved(revision, url_for("rounds.mine", code=code))


@bp.post("/rounds/<code>/answer")
@signed_in
def answer(code: str) -> Any:
    _found, entry = _mine(code)
    offer = queries.offer_of(entry)
    if offer is None or str(offer.id) != request.form.get("offer"):
        raise NotVisible(code)
    accepts = request.form.get("answer") == "accept"
    operations.answer(me(), offer, accepts=accepts)
    if accepts:
        flash(_("Accepted. The place is yours."), "success")
    else:
        flash(_("Declined. The place goes to the next in line."), "success")
    return redirect(url_for("rounds.mine", code=code), code=303)


def _mine(code: str) -> tuple[Round, RoundEntry]:
    found = queries.round_for(me(), code)
    entry = queries.entry_of(me(), found)
    if entry is None:
        raise NotVisible(code)
    return found, entry


def typed_places() -> dict[uuid.UUID, str]:
    """``place-ID`` fields of this request. Raises NotVisible for what is no id."""
    typed = {}
    for name, text in request.form.items():
        if name.startswith("place-"):
            try:
                typed[uuid.UUID(name.removeprefix("place-"))] = text
            except ValueError:
                raise NotVisible(name) from None
    return typed


def _by_name(typed: dict[uuid.UUID, str]) -> dict[str, str]:
    return {str(one): text for one, text in typed.items()}


def is_script() -> bool:
    return request.headers.get("X-Requested-With") == "rounds"


def saved(revision: int, address: str) -> Any:
    """The answer to a saved list."""
    if is_script():
        at = clock.now().astimezone(clock.TAIPEI).strftime("%H:%M:%S")
        return jsonify(revision=revision, message=_("Saved at %(time)s.", time=at))
    flash(_("Saved."), "success")
    return redirect(address, code=303)


def refused(refusal: Refused) -> Any:
    """The answer to a script whose list was not saved."""
    is_late = isinstance(refusal, operations.Stale | operations.NotNow)
    return jsonify(message=str(refusal.message)), 409 if is_late else 422
