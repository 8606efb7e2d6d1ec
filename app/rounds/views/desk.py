"""The keeper's desk: how it stands, a trial, publishing, changes by hand, barriers."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import SelectChoice

from app.accounts.session import me
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.rounds import operations, queries
from app.rounds.forms import ByHandForm
from app.rounds.models import Round
from app.rounds.operations import ByHand
from app.rounds.policies import Permission
from app.rounds.rules import Kind, State
from app.rounds.views.blueprint import bp
from app.rounds.views.words import broken
from app.web.doors import needs


@bp.get("/rounds/<code>/desk")
@needs(Permission.KEEP_ROUNDS)
def desk(code: str) -> Any:
    found = queries.round_kept_by(me(), code)
    q, page = request.args.get("q", "").strip(), request.args.get("page", 1, int)
    return render_template(
        "rounds/desk.html",
        round=found,
        counts=queries.counts_of(found),
        people=queries.entries_on_desk(found, q=q, page=page),
        projects=queries.projects_on_desk(found),
        changes=queries.changes_of(found),
        barriers=queries.barriers_of(found),
    )


@bp.post("/rounds/<code>/trial")
@needs(Permission.KEEP_ROUNDS)
def trial(code: str) -> Any:
    """What would come out now. Nothing is kept, and the sealed seed is not touched."""
    found = queries.round_kept_by(me(), code)
    if found.state not in (State.ANNOUNCED, State.OPEN):
        raise operations.NotNow
    return render_template("rounds/trial.html", round=found, tried=queries.dry_run(found))


@bp.post("/rounds/<code>/publication")
@needs(Permission.KEEP_ROUNDS)
def publish(code: str) -> Any:
    operations.publish(me(), queries.round_kept_by(me(), code))
    flash(_("Published. Everybody in it reads her result now."), "success")
    return redirect(url_for("rounds.desk", code=code), code=303)


@bp.post("/rounds/<code>/barriers")
@needs(Permission.KEEP_ROUNDS)
def bar(code: str) -> Any:
    found = queries.round_kept_by(me(), code)
    entry = queries.entry_in(found, request.form.get("entry", ""))
    project = queries.project_in(found, _uuid(request.form.get("project", "")))
    try:
        operations.bar(me(), found, entry, project, request.form.get("reason", ""))
    except Refused as refusal:
        flash(str(refusal.message), "error")
    return redirect(url_for("rounds.desk", code=code), code=303)


@bp.post("/rounds/<code>/barriers/<uuid:barrier_id>/removal")
@needs(Permission.KEEP_ROUNDS)
def unbar(code: str, barrier_id: uuid.UUID) -> Any:
    found = queries.round_kept_by(me(), code)
    barrier = next((b for b in queries.barriers_of(found) if b.id == barrier_id), None)
    if barrier is None:
        raise NotVisible(code)
    operations.unbar(me(), found, barrier)
    return redirect(url_for("rounds.desk", code=code), code=303)


@bp.route("/rounds/<code>/changes", methods=["GET", "POST"])
@needs(Permission.KEEP_ROUNDS)
def change(code: str) -> Any:
    """A change by hand: looked at first, made when it was confirmed."""
    found = queries.round_kept_by(me(), code)
    if found.kind is not Kind.PROJECTS or found.state is not State.PUBLISHED:
        raise operations.NotNow
    form = ByHandForm()
    _choices(form, found)
    lines: list[str] | None = None
    if form.validate_on_submit():
        try:
            wanted = _wanted(form, found)
            lines = broken(operations.look(found, wanted))
            if "make" in request.form:
                operations.change_by_hand(
                    me(), found, wanted, form.reason.data or "", confirmed="sure" in request.form
                )
                flash(_("Changed. Those whom it concerns are told."), "success")
                return redirect(url_for("rounds.desk", code=code), code=303)
        except Refused as refusal:
            form.form_errors.append(str(refusal.message))
        except NotVisible:
            form.form_errors.append(_("Say what changes, and to what."))
    page = render_template("rounds/change.html", round=found, form=form, lines=lines)
    return page, 422 if form.errors else 200


def _choices(form: ByHandForm, round_: Round) -> None:
    nothing = SelectChoice("", "—")
    form.entry.choices = [
        nothing, *(SelectChoice(str(e.id), e.name) for e in queries.entries_with_names(round_)),
    ]  # fmt: skip
    form.project.choices = [
        SelectChoice("", _("No place")),
        *(SelectChoice(str(p.id), str(p.name)) for p in round_.projects),
    ]
    form.supervisor.choices = [
        nothing, *(SelectChoice(str(s.id), s.person.name) for s in round_.supervisors),
    ]  # fmt: skip


def _wanted(form: ByHandForm, round_: Round) -> ByHand:
    project = next((p for p in round_.projects if str(p.id) == form.project.data), None)
    if form.what.data == "move":
        return ByHand(entry=queries.entry_in(round_, form.entry.data or ""), project=project)
    if not (form.count.data or "").isascii() or not (form.count.data or "").isdigit():
        raise NotVisible(form.count.data or "")
    count = int(form.count.data or "")
    if form.what.data == "quota":
        return ByHand(project=project, count=count)
    supervisor = next((s for s in round_.supervisors if str(s.id) == form.supervisor.data), None)
    return ByHand(supervisor=supervisor, count=count)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotVisible(text) from None
