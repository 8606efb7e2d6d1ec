"""One team, for its members: who is in it, what they can do together, who is missing."""

import uuid
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for

from app.accounts.models import Person
from app.accounts.session import me
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.teams import operations, queries
from app.teams.forms import CallForm, InviteForm, TeamForm
from app.teams.models import Team
from app.teams.policies import leads
from app.teams.subjects import subject_or_none
from app.teams.views.blueprint import bp
from app.web.doors import signed_in


@bp.get("/teams/<uuid:team_id>")
@signed_in
def show(team_id: uuid.UUID) -> Any:
    return page(queries.team_for(me(), team_id))


def page(
    team: Team,
    *,
    inviting: InviteForm | None = None,
    changing: TeamForm | None = None,
    calling: CallForm | None = None,
    link: str = "",
) -> Any:
    """The page of TEAM; a form that came back keeps what was typed."""
    subject = subject_or_none(me(), team.subject_key)
    skills = queries.skills_of(team, subject)
    votes = queries.votes_in(team)
    forms = [form for form in (inviting, changing, calling) if form is not None]
    html = render_template(
        "teams/show.html",
        me=me(),
        team=team,
        subject=subject,
        skills=skills,
        is_lead=leads(me(), team),
        votes={vote.voter_id: vote.candidate_id for vote in votes},
        invitations=queries.open_invitations(team),
        requests=queries.open_requests(team),
        suggestions=queries.suggestions(team, skills.rows) if not team.is_frozen else [],
        inviting=inviting or InviteForm(formdata=None),
        changing=changing or TeamForm(formdata=None, data=TeamForm.data_of(team)),
        calling=calling or CallForm(formdata=None, data={"call": team.seeking_words}),
        link=link,
    )
    return html, 422 if any(form.errors for form in forms) else 200


def back(team_id: uuid.UUID) -> Any:
    return redirect(url_for("teams.show", team_id=team_id), code=303)


def member(team: Team, person_id: uuid.UUID) -> Person:
    """Somebody who is in TEAM. Raises NotVisible."""
    found = next((row.person for row in team.live_members if row.person_id == person_id), None)
    if found is None:
        raise NotVisible(str(person_id))
    return found


@bp.post("/teams/<uuid:team_id>/invitations")
@signed_in
def invite(team_id: uuid.UUID) -> Any:
    team = queries.team_for(me(), team_id)
    form = InviteForm()
    if not form.validate_on_submit():
        return page(team, inviting=form)
    words = form.words.data or ""
    try:
        if form.handle.data:
            operations.invite_by_handle(me(), team, form.handle.data, words)
            said = _("If there is a student with this handle, the invitation waits for her or him.")
        else:
            site_url = current_app.extensions["config"].site_url
            operations.invite_by_mail(me(), team, form.email.data or "", words, site_url=site_url)
            said = _("The invitation is on its way.")
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
        return page(team, inviting=form)
    flash(said, "success")
    return back(team_id)


@bp.post("/teams/<uuid:team_id>/link")
@signed_in
def make_link(team_id: uuid.UUID) -> Any:
    """A link that lets students join; shown this once."""
    team = queries.team_for(me(), team_id)
    try:
        token = operations.make_link(me(), team)
    except Refused as refusal:
        flash(str(refusal.message), "error")
        return back(team_id)
    html, _status = page(
        queries.team_for(me(), team_id),
        link=url_for("teams.letter", token=token, _external=True),
    )
    response = current_app.make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/teams/<uuid:team_id>/invitations/<uuid:invitation_id>/withdrawal")
@signed_in
def withdraw_invitation(team_id: uuid.UUID, invitation_id: uuid.UUID) -> Any:
    operations.withdraw_invitation(me(), queries.team_for(me(), team_id), invitation_id)
    flash(_("The invitation is taken back."), "success")
    return back(team_id)


@bp.post("/teams/<uuid:team_id>/vote/<uuid:person_id>")
@signed_in
def vote(team_id: uuid.UUID, person_id: uuid.UUID) -> Any:
    team = queries.team_for(me(), team_id)
    candidate = member(team, person_id)
    name = candidate.name
    if operations.vote(me(), team, candidate):
        flash(_("%(name)s leads the team now.", name=name), "success")
    else:
        flash(_("Your vote is counted."), "success")
    return back(team_id)


@bp.post("/teams/<uuid:team_id>/leaving")
@signed_in
def leave(team_id: uuid.UUID) -> Any:
    operations.leave(me(), queries.team_for(me(), team_id))
    flash(_("You have left the team."), "success")
    return redirect(url_for("teams.index"), code=303)
