"""Answering an invitation, and asking to be taken in."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for

from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.privacy.queries import has_consented
from app.teams import operations, queries
from app.teams.forms import AskForm, JoinForm
from app.teams.models import TeamInvitation
from app.teams.rules import TEAM
from app.teams.views.blueprint import bp
from app.teams.views.lists import students_only
from app.web.doors import signed_in


@bp.get("/teams/invitations/<token>")
@signed_in
def letter(token: str) -> Any:
    """Whoever holds a letter or a link sees which team it is, and may join."""
    students_only()
    return _letter_page(token, queries.invitation_by_token(token), JoinForm(formdata=None))


def _letter_page(token: str, invitation: TeamInvitation, form: JoinForm) -> Any:
    html = render_template(
        "teams/letter.html",
        token=token,
        invitation=invitation,
        team=invitation.team,
        form=form,
        is_in=me().id in invitation.team.person_ids,
        has_consented=has_consented(me().id, TEAM.name),
    )
    return html, 422 if form.errors else 200


@bp.post("/teams/invitations/<token>")
@signed_in
def join_by_letter(token: str) -> Any:
    students_only()
    invitation = queries.invitation_by_token(token)
    form = JoinForm()
    if not form.validate_on_submit():
        return _letter_page(token, invitation, form)
    team_id = invitation.team_id
    try:
        operations.accept(me(), invitation, consents_now=form.consent.data)
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
        return _letter_page(token, queries.invitation_by_token(token), form)
    flash(_("You are in the team now."), "success")
    return redirect(url_for("teams.show", team_id=team_id), code=303)


@bp.post("/teams/mine/invitations/<uuid:invitation_id>/<any(yes, no):answer>")
@signed_in
def answer(invitation_id: uuid.UUID, answer: str) -> Any:
    """An invitation that waits for her in the site."""
    students_only()
    invitation = queries.my_invitation(me(), invitation_id)
    team_id, form = invitation.team_id, JoinForm()
    try:
        if answer == "no":
            operations.decline(me(), invitation)
            flash(_("Declined."), "success")
            return redirect(url_for("teams.index"), code=303)
        operations.accept(me(), invitation, consents_now=bool(form.consent.data))
    except Refused as refusal:
        flash(str(refusal.message), "error")
        return redirect(url_for("teams.index"), code=303)
    flash(_("You are in the team now."), "success")
    return redirect(url_for("teams.show", team_id=team_id), code=303)


@bp.post("/teams/open/<uuid:team_id>/requests")
@signed_in
def ask(team_id: uuid.UUID) -> Any:
    students_only()
    team = queries.open_team(me(), team_id)
    form = AskForm()
    if not form.validate_on_submit():
        flash(_("A few words are at most 1,000 characters."), "error")
        return redirect(url_for("teams.open_teams"), code=303)
    try:
        operations.ask_to_join(me(), team, form.words.data or "")
    except Refused as refusal:
        flash(str(refusal.message), "error")
    else:
        flash(_("Asked. You hear of the answer."), "success")
    return redirect(url_for("teams.open_teams"), code=303)


@bp.post("/teams/mine/requests/<uuid:request_id>/withdrawal")
@signed_in
def take_back(request_id: uuid.UUID) -> Any:
    students_only()
    operations.take_back_request(me(), queries.my_request(me(), request_id))
    flash(_("Taken back."), "success")
    return redirect(url_for("teams.index"), code=303)
