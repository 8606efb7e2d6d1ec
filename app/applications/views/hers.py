"""An applicant's own side: saving, applying, all of hers on one page, answering offers."""

import uuid
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.applications import operations, policies, queries
from app.applications.forms import ApplicationForm, ReasonForm
from app.applications.models import Application
from app.applications.operations.files import MOST_BYTES
from app.applications.rules import LIVE, TO_COMPANY, Move, State
from app.applications.views.answers import file_answer
from app.applications.views.blueprint import asked_page, asked_text, bp, say
from app.briefs import queries as briefs
from app.briefs.models import Brief
from app.briefs.rules import Takes
from app.kernel import clock
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.privacy import queries as privacy
from app.teams import queries as teams
from app.teams.models import Team
from app.web.doors import signed_in


@bp.get("/me/applications")
@signed_in
def mine() -> str:
    """All of hers with what comes next."""
    return render_template(
        "applications/mine.html",
        listed=queries.my_applications(
            me(), search=asked_text("q"), show=asked_text("show"), page=asked_page()
        ),
        counts=queries.my_counts(me()),
    )


@bp.post("/briefs/<uuid:brief_id>/saved")
@signed_in
def save(brief_id: uuid.UUID) -> Any:
    """Keep a brief for later."""
    operations.save(me(), briefs.brief_for(me(), brief_id))
    flash(_("Saved. It is among your applications, and only you see that."), "success")
    return redirect(url_for("applications.apply", brief_id=brief_id), code=303)


@bp.route("/briefs/<uuid:brief_id>/application", methods=["GET", "POST"])
@signed_in
def apply(brief_id: uuid.UUID) -> Any:
    """Whether she is eligible, what would close the gap, and the form."""
    brief = briefs.brief_for(me(), brief_id)
    hers = queries.application_of(me(), brief)
    if hers is not None and hers.state in LIVE:
        return redirect(url_for("applications.application", application_id=hers.id))
    draft = hers if hers is not None and hers.state is State.SAVED else None
    form = ApplicationForm(_teams(brief), data=ApplicationForm.data_of(draft))
    if not form.validate_on_submit():
        return _apply_page(brief, form)
    try:
        made = _send(brief, form)
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
        return _apply_page(brief, form)
    if made is None:
        flash(_("Saved. Nothing is sent yet."), "success")
        return redirect(url_for("applications.apply", brief_id=brief_id), code=303)
    flash(_("Your application is sent. You hear of every step."), "success")
    return redirect(url_for("applications.application", application_id=made.id), code=303)


def _send(brief: Brief, form: ApplicationForm) -> Application | None:
    """Keep what was typed, then send it; None when it was only to be kept."""
    draft = operations.save(me(), brief)
    operations.keep_draft(me(), draft, form.words)
    for upload in request.files.getlist("files"):
        if upload.filename:
            operations.add_file(
                me(), draft, upload.filename, upload.stream.read(MOST_BYTES + 1),
                is_nameless=bool(form.is_nameless.data),
            )  # fmt: skip
    if request.form.get("act") == "keep":
        return None
    team = next((one for one in _teams(brief) if str(one.id) == form.team.data), None)
    return operations.apply(
        me(), brief, form.words, consents_now=bool(form.consents.data), team=team
    )


def _teams(brief: Brief) -> list[Team]:
    """The teams for which she can apply."""
    if brief.terms.takes is not Takes.TEAMS:
        return []
    return [team for team in teams.teams_of(me()) if team.lead_id == me().id]


def _apply_page(brief: Brief, form: ApplicationForm) -> Any:
    draft = queries.saved_application(me().id, brief.id)
    chosen = next((one for one in _teams(brief) if str(one.id) == form.team.data), None)
    if chosen is None and len(_teams(brief)) == 1:
        chosen = _teams(brief)[0]
        form.team.data = form.team.data or str(chosen.id)
    people = sorted(chosen.person_ids) if chosen is not None else [me().id]
    found = queries.eligibility_of(brief.terms, people)
    page = render_template(
        "applications/apply.html",
        brief=brief,
        form=form,
        draft=draft,
        eligibility=found,
        gaps=queries.gaps_of(me(), brief.terms, found),
        skills=queries.skills_of(brief.terms),
        for_teams=brief.terms.takes is Takes.TEAMS,
        teams=_teams(brief),
        is_open=brief.is_open(clock.now()),
        answering=queries.answering_of(brief.organisation_id),
        is_blind=queries.is_read_blind(brief.id),
        purpose=TO_COMPANY.name,
        has_consented=privacy.has_consented(me().id, TO_COMPANY.name, brief.organisation_id),
    )
    return page, 422 if form.is_submitted() and form.errors else 200


@bp.get("/me/applications/<uuid:application_id>")
@signed_in
def application(application_id: uuid.UUID) -> Any:
    found = queries.my_application(me(), application_id)
    if found.state is State.SAVED:
        return redirect(url_for("applications.apply", brief_id=found.brief_id))
    return application_page(found, ReasonForm(formdata=None))


def application_page(found: Application, form: ReasonForm, status: int = 200) -> Any:
    organisation_id = found.brief.organisation_id
    consenting = privacy.consented_people(TO_COMPANY.name, organisation_id)
    version = found.version or found.brief.terms
    page = render_template(
        "applications/application.html",
        application=found,
        brief=found.brief,
        form=form,
        decides=policies.can_decide(me(), found),
        hers_to=lambda move: policies.may_move(me(), found, move),
        Move=Move,
        consenting=consenting,
        agrees=me().id in consenting,
        eligibility=queries.eligibility_of(version, [row.person_id for row in found.people]),
        skills=queries.skills_of(version),
        answering=queries.answering_of(organisation_id),
        purpose=TO_COMPANY.name,
        now=clock.now(),
    )
    return page, status


@bp.post("/me/applications/<uuid:application_id>/<any(acceptance,refusal,withdrawal):act>")
@signed_in
def answer(application_id: uuid.UUID, act: str) -> Any:
    """Accept or decline an offer, or withdraw."""
    found = queries.my_application(me(), application_id)
    form = ReasonForm()
    if not form.validate_on_submit():
        return application_page(found, form, 422)
    reason = form.reason.data or ""
    try:
        if act == "acceptance":
            operations.accept(me(), found)
            flash(_("The place is yours."), "success")
        elif act == "refusal":
            operations.decline(me(), found, reason)
            flash(_("You declined the offer. The company is told."), "success")
        else:
            operations.withdraw(me(), found, reason)
            flash(_("Your application is withdrawn."), "success")
    except Refused as refusal:
        say(refusal)
    return redirect(url_for("applications.application", application_id=application_id), code=303)


@bp.post("/me/applications/<uuid:application_id>/consent")
@signed_in
def agree(application_id: uuid.UUID) -> Any:
    """A member of a team agrees to be seen by the company."""
    found = queries.my_application(me(), application_id)
    operations.agree(me(), found)
    flash(_("The company sees you as part of the team from now on."), "success")
    return redirect(url_for("applications.application", application_id=application_id), code=303)


@bp.post("/me/applications/<uuid:application_id>/deletion")
@signed_in
def forget(application_id: uuid.UUID) -> Any:
    """A saved brief leaves the list."""
    operations.forget(me(), queries.my_application(me(), application_id))
    flash(_("It is no longer among your applications."), "success")
    return redirect(url_for("applications.mine"), code=303)


@bp.get("/me/applications/<uuid:application_id>/files/<uuid:file_id>")
@signed_in
def my_file(application_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    found = queries.my_application(me(), application_id)
    file = next((row for row in found.files if row.id == file_id), None)
    if file is None:
        raise NotVisible(str(file_id))
    return file_answer(file, file.name)


@bp.post("/me/applications/<uuid:application_id>/files/<uuid:file_id>/deletion")
@signed_in
def remove_file(application_id: uuid.UUID, file_id: uuid.UUID) -> Any:
    found = queries.my_application(me(), application_id)
    file = next((row for row in found.files if row.id == file_id), None)
    if file is None:
        raise NotVisible(str(file_id))
    operations.remove_file(me(), found, file)
    return redirect(url_for("applications.apply", brief_id=found.brief_id), code=303)


@bp.get("/me/applications/comparison")
@signed_in
def compare() -> str:
    """Up to four briefs beside each other: hers of the list that she ticked."""
    ids = request.args.getlist("brief", type=uuid.UUID)[:4]
    rows = queries.compared(me(), ids)
    return render_template("applications/compare.html", rows=rows)
