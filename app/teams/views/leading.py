"""What the lead does."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for

from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.teams import operations, queries
from app.teams.forms import CallForm, TeamForm
from app.teams.views.blueprint import bp
from app.teams.views.one import back, member, page
from app.web.doors import signed_in


def _do(team_id: uuid.UUID, act: Callable[[], object], done: str) -> Any:
    """ACT, then say DONE, or why not."""
    try:
        act()
    except Refused as refusal:
        flash(str(refusal.message), "error")
    else:
        flash(done, "success")
    return back(team_id)


@bp.post("/teams/<uuid:team_id>")
@signed_in
def change(team_id: uuid.UUID) -> Any:
    team = queries.team_led_by(me(), team_id)
    form = TeamForm()
    form.subject.data = team.subject_key
    if team.subject_key:
        form.least.data, form.most.data = team.least, team.most
    if not form.validate_on_submit():
        return page(team, changing=form)
    try:
        operations.change_team(me(), team, form.words())
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
        return page(queries.team_led_by(me(), team_id), changing=form)
    flash(_("Saved."), "success")
    return back(team_id)


@bp.post("/teams/<uuid:team_id>/call")
@signed_in
def call(team_id: uuid.UUID) -> Any:
    team = queries.team_led_by(me(), team_id)
    form = CallForm()
    if not form.validate_on_submit():
        return page(team, calling=form)
    words = form.call.data or ""
    return _do(
        team_id,
        lambda: operations.call_for_members(me(), team, words),
        _("Students find the team among those with room."),
    )


@bp.post("/teams/<uuid:team_id>/call/end")
@signed_in
def stop_calling(team_id: uuid.UUID) -> Any:
    team = queries.team_led_by(me(), team_id)
    return _do(
        team_id,
        lambda: operations.stop_calling(me(), team),
        _("The team is not among those with room any more."),
    )


@bp.post("/teams/<uuid:team_id>/lead/<uuid:person_id>")
@signed_in
def appoint(team_id: uuid.UUID, person_id: uuid.UUID) -> Any:
    team = queries.team_led_by(me(), team_id)
    person = member(team, person_id)
    name = person.name
    return _do(
        team_id,
        lambda: operations.appoint(me(), team, person),
        _("%(name)s leads the team now.", name=name),
    )


@bp.post("/teams/<uuid:team_id>/members/<uuid:person_id>/end")
@signed_in
def put_out(team_id: uuid.UUID, person_id: uuid.UUID) -> Any:
    team = queries.team_led_by(me(), team_id)
    person = member(team, person_id)
    name = person.name
    return _do(
        team_id,
        lambda: operations.put_out(me(), team, person),
        _("%(name)s is not in the team any more.", name=name),
    )


@bp.post("/teams/<uuid:team_id>/requests/<uuid:request_id>/<any(yes, no):answer>")
@signed_in
def answer_request(team_id: uuid.UUID, request_id: uuid.UUID, answer: str) -> Any:
    team = queries.team_led_by(me(), team_id)
    takes = answer == "yes"
    return _do(
        team_id,
        lambda: operations.answer_request(me(), team, request_id, takes=takes),
        _("An invitation waits for her or him now.") if takes else _("Answered."),
    )


@bp.post("/teams/<uuid:team_id>/dissolution")
@signed_in
def dissolve(team_id: uuid.UUID) -> Any:
    team = queries.team_led_by(me(), team_id)
    try:
        operations.dissolve(me(), team)
    except Refused as refusal:
        flash(str(refusal.message), "error")
        return back(team_id)
    flash(_("The team is dissolved."), "success")
    return redirect(url_for("teams.index"), code=303)
