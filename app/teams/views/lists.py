"""My teams, a new one, teams with room, and looking for one."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from app.accounts.session import me
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.privacy.queries import has_consented
from app.teams import operations, queries
from app.teams.forms import AskForm, SeekForm, TeamForm
from app.teams.policies import may_be_in_teams
from app.teams.rules import TEAM, TEAM_SEARCH
from app.teams.subjects import Subject, subject_for, subject_or_none
from app.teams.views.blueprint import asked_page, asked_text, bp
from app.web.doors import signed_in


def students_only() -> None:
    """Teams do not exist for anybody else. Raises NotVisible."""
    if not may_be_in_teams(me()):
        raise NotVisible


@bp.get("/teams")
@signed_in
def index() -> str:
    students_only()
    return render_template(
        "teams/index.html",
        me=me(),
        teams=queries.teams_of(me()),
        past=queries.past_teams_of(me()),
        invitations=queries.invitations_to(me()),
        requests=queries.requests_by(me()),
        seeker=queries.seeker_of(me()),
        has_consented=has_consented(me().id, TEAM.name),
    )


@bp.route("/teams/new", methods=["GET"])
@signed_in
def new() -> Any:
    """A new team; with ``for`` for a subject, as ``brief:ID``."""
    students_only()
    key = asked_text("for")
    return _new_page(TeamForm(formdata=None, data={"subject": key}), _subject(key))


def _subject(key: str) -> Subject | None:
    return subject_for(me(), key) if key else None


def _new_page(form: TeamForm, subject: Subject | None) -> Any:
    html = render_template(
        "teams/new.html",
        form=form,
        subject=subject,
        has_consented=has_consented(me().id, TEAM.name),
    )
    return html, 422 if form.errors else 200


@bp.post("/teams")
@signed_in
def create() -> Any:
    students_only()
    form = TeamForm()
    subject = _subject(form.subject.data or "")
    if subject is not None:
        form.least.data, form.most.data = subject.least, subject.most
    if not form.validate_on_submit():
        return _new_page(form, subject)
    try:
        team = operations.form_team(me(), form.words(), consents_now=form.consent.data)
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
        return _new_page(form, subject)
    flash(_("The team is formed. Ask others to join below."), "success")
    return redirect(url_for("teams.show", team_id=team.id), code=303)


@bp.get("/teams/open")
@signed_in
def open_teams() -> str:
    """Teams that seek members. Their members’ names are not shown."""
    students_only()
    key = asked_text("for")
    listed = queries.open_teams(me(), search=asked_text("q"), subject_key=key, page=asked_page())
    waiting = {row.team_id for row in queries.requests_by(me())}
    return render_template(
        "teams/open.html",
        listed=listed,
        waiting=waiting,
        form=AskForm(formdata=None),
        subject=subject_or_none(me(), key),
    )


@bp.route("/teams/looking", methods=["GET", "POST"])
@signed_in
def seeking() -> Any:
    """That she looks for a team: what she says, and whether she is found."""
    students_only()
    seeker = queries.seeker_of(me())
    data = {"words": seeker.words, "subject": seeker.subject_key} if seeker else {}
    form = SeekForm(data=data)
    if form.validate_on_submit():
        try:
            operations.look_for_a_team(
                me(),
                form.words.data or "",
                subject_key=form.subject.data or "",
                consents_now=form.consent.data,
            )
        except Refused as refusal:
            form.form_errors.append(str(refusal.message))
        else:
            flash(_("Teams find you from now on."), "success")
            return redirect(url_for("teams.seeking"), code=303)
    html = render_template(
        "teams/seeking.html",
        form=form,
        seeker=seeker,
        has_consented=has_consented(me().id, TEAM_SEARCH.name),
    )
    return html, 422 if form.errors else 200


@bp.post("/teams/looking/end")
@signed_in
def stop_seeking() -> Any:
    students_only()
    operations.stop_looking(me())
    flash(_("Nobody finds you by this any more."), "success")
    return redirect(url_for("teams.seeking"), code=303)
