"""Preparing a round: its plan, what is in it, who supervises; announcing and cancelling."""

import uuid
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from wtforms import SelectChoice

from app.accounts import queries as people
from app.accounts.policies import is_officer
from app.accounts.session import me
from app.briefs import queries as briefs
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.models import Section
from app.learning.policies import is_instructor_of
from app.rounds import operations, queries
from app.rounds.forms import PostponeForm, ReasonForm, RoundForm, SupervisorForm, TopicForm
from app.rounds.models import Round
from app.rounds.policies import Permission
from app.rounds.rules import Kind, State
from app.rounds.views.blueprint import bp
from app.skills import queries as skills
from app.web.doors import needs


def _sections() -> list[Section]:
    return [v.section for v in learning.my_teaching(me()) if is_instructor_of(me(), v.section)]


def _form(**kwargs: Any) -> RoundForm:
    form = RoundForm(**kwargs)
    nobody = [SelectChoice("", _("None: a round of the programme"))] if is_officer(me()) else []
    form.section.choices = [*nobody, *(SelectChoice(s.code, s.code) for s in _sections())]
    return form


@bp.route("/rounds/new", methods=["GET", "POST"])
@needs(Permission.KEEP_ROUNDS)
def new() -> Any:
    form = _form()
    if form.validate_on_submit():
        section = next((s for s in _sections() if s.code == form.section.data), None)
        try:
            made = operations.create(me(), form.plan(section))
        except (operations.CodeTaken, operations.DatesWrong) as refusal:
            form.form_errors.append(str(refusal.message))
        else:
            flash(_("A draft. Nobody but you sees it until you announce it."), "success")
            return redirect(url_for("rounds.projects", code=made.code), code=303)
    page = render_template("rounds/form.html", form=form, round=None)
    return page, 422 if form.errors else 200


@bp.route("/rounds/<code>/edit", methods=["GET", "POST"])
@needs(Permission.KEEP_ROUNDS)
def edit(code: str) -> Any:
    found = queries.round_kept_by(me(), code)
    form = _form(data=RoundForm.data_of(found))
    if form.validate_on_submit():
        try:
            operations.change(me(), found, form.plan(found.section))
        except (operations.CodeTaken, operations.DatesWrong) as refusal:
            form.form_errors.append(str(refusal.message))
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("rounds.round_page", code=form.code.data), code=303)
    page = render_template("rounds/form.html", form=form, round=found)
    return page, 422 if form.errors else 200


@bp.get("/rounds/<code>/projects")
@needs(Permission.KEEP_ROUNDS)
def projects(code: str) -> Any:
    return _projects(
        queries.round_kept_by(me(), code), TopicForm(formdata=None), SupervisorForm(formdata=None)
    )


def _projects(round_: Round, topic: TopicForm, supervisor: SupervisorForm) -> Any:
    there = {project.brief_id for project in round_.projects}
    wanted = []
    if round_.kind is Kind.PROJECTS:
        wanted = [brief for brief in briefs.open_briefs(me()) if brief.id not in there]
    page = render_template(
        "rounds/projects.html",
        round=round_,
        wanted=wanted,
        topic=topic,
        supervisor=supervisor,
        may_change=round_.state in (State.DRAFT, State.ANNOUNCED),
    )
    return page, 422 if topic.errors or supervisor.errors else 200


def _back(code: str) -> Any:
    return redirect(url_for("rounds.projects", code=code), code=303)


@bp.post("/rounds/<code>/projects")
@needs(Permission.KEEP_ROUNDS)
def add_brief(code: str) -> Any:
    found = queries.round_kept_by(me(), code)
    for wanted in request.form.getlist("brief"):
        try:
            brief = briefs.brief_for(me(), uuid.UUID(wanted))
        except ValueError:
            raise NotVisible(wanted) from None
        operations.add_brief(me(), found, brief)
    return _back(code)


@bp.post("/rounds/<code>/topics")
@needs(Permission.KEEP_ROUNDS)
def add_topic(code: str) -> Any:
    found = queries.round_kept_by(me(), code)
    form = TopicForm()
    if form.validate_on_submit():
        keys = (form.skills.data or "").split()
        unknown = skills.unknown_keys(keys)
        if unknown:
            form.skills.errors = [_("No skill has this key: %(key)s", key=unknown[0])]
        else:
            try:
                ids = [one.id for one in skills.resolve(keys).values()]
                operations.add_topic(me(), found, form.plan(ids))
            except operations.DatesWrong as refusal:
                form.form_errors.append(str(refusal.message))
            else:
                return _back(code)
    return _projects(found, form, SupervisorForm(formdata=None))


@bp.post("/rounds/<code>/projects/<uuid:project_id>/removal")
@needs(Permission.KEEP_ROUNDS)
def remove_project(code: str, project_id: uuid.UUID) -> Any:
    found = queries.round_kept_by(me(), code)
    operations.remove_project(me(), found, queries.project_in(found, project_id))
    return _back(code)


@bp.post("/rounds/<code>/supervisors")
@needs(Permission.KEEP_ROUNDS)
def supervise(code: str) -> Any:
    found = queries.round_kept_by(me(), code)
    form = SupervisorForm()
    if form.validate_on_submit():
        person = people.person_by_handle(form.handle.data or "")
        try:
            if person is None:
                raise NotVisible(form.handle.data or "")
            operations.supervise(me(), found, person, form.quota.data or 0)
        except NotVisible:
            form.handle.errors = [_("No instructor has this handle.")]
        else:
            return _back(code)
    return _projects(found, TopicForm(formdata=None), form)


@bp.post("/rounds/<code>/announcement")
@needs(Permission.KEEP_ROUNDS)
def announce(code: str) -> Any:
    found = queries.round_kept_by(me(), code)
    try:
        operations.announce(current_app.extensions["config"].secret_key, me(), found)
    except Refused as refusal:
        flash(str(refusal.message), "error")
        return _back(code)
    flash(_("Announced. Rules, dates and the hash of the seed are public now."), "success")
    return redirect(url_for("rounds.round_page", code=code), code=303)


@bp.post("/rounds/<code>/deletion")
@needs(Permission.KEEP_ROUNDS)
def delete_draft(code: str) -> Any:
    operations.delete_draft(me(), queries.round_kept_by(me(), code))
    flash(_("The draft is gone."), "success")
    return redirect(url_for("rounds.index"), code=303)


@bp.route("/rounds/<code>/dates", methods=["GET", "POST"])
@needs(Permission.KEEP_ROUNDS)
def dates(code: str) -> Any:
    """More time, or none at all: both with a reason that everybody reads."""
    found = queries.round_kept_by(me(), code)
    form, ending = PostponeForm(closes_at=found.closes_at), ReasonForm(formdata=None, prefix="end-")
    try:
        if "end-reason" in request.form:
            ending = ReasonForm(prefix="end-")
            operations.cancel(me(), found, ending.reason.data or "")
            flash(_("Cancelled. Everybody in it is told why."), "success")
            return redirect(url_for("rounds.round_page", code=code), code=303)
        if form.validate_on_submit() and form.closes_at.instant:
            operations.postpone(me(), found, form.closes_at.instant, form.reason.data or "")
            flash(_("There is more time. Everybody in it is told."), "success")
            return redirect(url_for("rounds.round_page", code=code), code=303)
    except Refused as refusal:
        target = ending if "end-reason" in request.form else form
        target.form_errors.append(str(refusal.message))
    page = render_template("rounds/dates.html", round=found, form=form, ending=ending)
    return page, 422 if form.errors or ending.errors else 200
