"""Interviews: the list, one of them, recording and correcting, taking away and back."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel import clock
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.ids import new_id
from app.needs import operations, policies, queries
from app.needs.forms import InterviewForm, NeedForm, RecordingForm
from app.needs.models import Interview
from app.needs.operations import InterviewWords
from app.needs.views.blueprint import (
    asked,
    bp,
    kept_query,
    key_of,
    number_of,
    recorders,
    refused,
    shown,
)


@bp.get("/needs/interviews")
@recorders
def interviews() -> str:
    wanted = asked(sort="held")
    return render_template(
        "needs/interviews.html",
        listed=queries.interviews(me(), wanted),
        asked=wanted,
        kept=kept_query(),
        steers=policies.steers(me()),
        own=policies.companies_of(me()),
    )


@bp.get("/needs/interviews/<uuid:interview_id>")
@recorders
def interview(interview_id: uuid.UUID) -> str:
    return _page(queries.interview(me(), interview_id), RecordingForm())


def _page(found: Interview, recording: RecordingForm) -> str:
    return render_template(
        "needs/interview.html",
        interview=found,
        pain_points=[row for row in found.pain_points if row.removed_at is None],
        removed=[row for row in found.pain_points if row.removed_at is not None],
        history=queries.history_of(found),
        can_remove=policies.can_remove(me(), found),
        recording=recording,
    )


@bp.route("/needs/interviews/new", methods=["GET", "POST"])
@recorders
def new_interview() -> Any:
    """An officer or an association writes down what a company told."""
    form = InterviewForm()
    _offer_choices(form)
    if request.method == "GET":
        form.key.data = str(new_id())
        form.held_on.data = clock.now().astimezone(clock.TAIPEI).date()
    if not form.validate_on_submit():
        form.spare_figures()
        return shown(form, "needs/interview_form.html", interview=None)
    try:
        made = operations.record_interview(
            me(), form.words(), key=key_of(form), recorded_for=_uuid(form.recorded_for.data)
        )
    except Refused as error:
        form.spare_figures()
        return refused(form, error, "needs/interview_form.html", interview=None)
    flash(_("The interview is recorded. Now say what hurts."), "success")
    return redirect(url_for("needs.new_pain_point", interview_id=made.id), code=303)


@bp.route("/needs/new", methods=["GET", "POST"])
@recorders
def new_need() -> Any:
    """A company writes what it needs: the work, its numbers and what hurts, on one page."""
    own = [row for row in queries.recorders(me()) if row.id in policies.companies_of(me())]
    if not own:
        return redirect(url_for("needs.new_interview"))
    form = NeedForm()
    form.recorded_for.choices = [(str(row.id), str(row.name)) for row in own]
    if request.method == "GET":
        form.key.data = str(new_id())
        form.industry.data = own[0].industry
        form.county.data = own[0].county
    if not form.validate_on_submit():
        form.spare_figures()
        return shown(form, "needs/need_form.html", own=own)
    key = key_of(form)
    try:
        made = operations.record_need(
            me(),
            InterviewWords(
                organisation_id=_uuid(form.recorded_for.data),
                held_on=clock.now().astimezone(clock.TAIPEI).date(),
                place=form.place.data or "",
                industry=form.industry.data,
                county=form.county.data,
                process=form.work.data or "",
                figures=form.figure_words(),
            ),
            form.pain_words(form.industry.data),
            key=key,
        )
    except Refused as error:
        form.spare_figures()
        return refused(form, error, "needs/need_form.html", own=own)
    flash(_("Kept. From here it can become a brief, with nothing typed twice."), "success")
    return redirect(url_for("needs.pain_point", pain_point_id=made.id), code=303)


@bp.route("/needs/interviews/<uuid:interview_id>/edit", methods=["GET", "POST"])
@recorders
def edit_interview(interview_id: uuid.UUID) -> Any:
    found = queries.interview(me(), interview_id)
    form = InterviewForm()
    _offer_choices(form, found)
    if request.method == "GET":
        form.show(found)
    if not form.validate_on_submit():
        form.spare_figures()
        return shown(form, "needs/interview_form.html", interview=found)
    try:
        changed = operations.correct_interview(
            me(), found, form.words(), revision=number_of(form.revision)
        )
    except Refused as error:
        found = queries.interview(me(), interview_id)
        form.revision.data = str(found.revision)
        form.revision.raw_data = None
        form.spare_figures()
        return refused(form, error, "needs/interview_form.html", interview=found)
    flash(_("Corrected.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("needs.interview", interview_id=interview_id), code=303)


@bp.post("/needs/interviews/<uuid:interview_id>/removal")
@recorders
def remove_interview(interview_id: uuid.UUID) -> Response:
    found = queries.interview(me(), interview_id)
    try:
        operations.remove_interview(me(), found)
        flash(_("Removed with its pain points. You can bring it back here."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("needs.interview", interview_id=interview_id), code=303)


@bp.post("/needs/interviews/<uuid:interview_id>/restoration")
@recorders
def restore_interview(interview_id: uuid.UUID) -> Response:
    operations.restore_interview(me(), queries.interview(me(), interview_id))
    flash(_("It is back."), "success")
    return redirect(url_for("needs.interview", interview_id=interview_id), code=303)


def _offer_choices(form: InterviewForm, interview: Interview | None = None) -> None:
    names = [(str(row.id), str(row.name)) for row in queries.recorders(me())]
    if policies.steers(me()) or interview is not None:
        names.insert(0, ("", _("The programme office")))
    form.recorded_for.choices = names
    companies = [(str(row.id), str(row.name)) for row in queries.companies_to_choose(me())]
    if interview is not None and interview.organisation is not None:
        known = (str(interview.organisation_id), str(interview.organisation.name))
        companies = [known, *(row for row in companies if row != known)]
    form.organisation.choices = [("", _("Has not signed up here")), *companies]


def _uuid(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None
