"""An attempt that a person decides about: what its student reads and answers, what graders see."""

import uuid
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_login import current_user

from app.grading import operations, policies, queries
from app.grading.forms import AnswerForm, DecisionForm
from app.grading.models import TamperCase
from app.grading.rules import CaseDecision
from app.grading.views.blueprint import bp
from app.kernel import blobs
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.doors import signed_in


@bp.get("/cases/<uuid:case_id>")
@signed_in
def case(case_id: uuid.UUID) -> str:
    return _page(queries.case_visible_to(current_user, case_id))


def _page(
    found: TamperCase, answer: AnswerForm | None = None, decision: DecisionForm | None = None
) -> str:
    submission = found.attempt.submission
    can_grade = policies.can_grade(current_user, submission)
    return render_template(
        "grading/case.html",
        case=found,
        attempt=found.attempt,
        submission=submission,
        can_grade=can_grade,
        is_undecided=policies.is_undecided(found),
        answer_form=answer or AnswerForm(answer=found.answer),
        decision_form=decision or DecisionForm(),
        evidence=[
            (notebook, _checks(notebook), queries.evidence(notebook))
            for notebook in found.attempt.notebooks
        ]
        if can_grade
        else [],
    )


def _checks(notebook: Any) -> list[tuple[str, str]]:
    """The cells whose score is withheld, and what the engine says to staff of each."""
    return [
        (cell.grade_id, cell.staff_message or "")
        for cell in notebook.cells
        if cell.outcome == "tampered"
    ]


@bp.post("/cases/<uuid:case_id>/answer")
@signed_in
def create_answer(case_id: uuid.UUID) -> Any:
    """What the student says; in place of what she said before."""
    found = queries.case_visible_to(current_user, case_id)
    if not policies.can_answer(current_user, found.attempt.submission):
        raise NotVisible(case_id)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _page(found, answer=form), 422
    try:
        operations.answer_case(current_user, found, form.answer.data)
    except operations.AlreadyDecided as refusal:
        flash(str(refusal.message), "warning")
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
        return _page(found, answer=form), 422
    else:
        flash(_("Saved: your instructor reads it before deciding."), "success")
    return redirect(url_for("grading.case", case_id=case_id), code=303)


@bp.post("/cases/<uuid:case_id>/decision")
@signed_in
def create_decision(case_id: uuid.UUID) -> Any:
    found = queries.case_visible_to(current_user, case_id)
    submission = found.attempt.submission
    if not policies.can_grade(current_user, submission):
        raise NotVisible(case_id)
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(found, decision=form), 422
    decision = CaseDecision(form.decision.data)
    try:
        operations.decide(current_user, found, decision, form.reason.data or "")
    except operations.AlreadyDecided as refusal:
        flash(str(refusal.message), "warning")
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
        return _page(found, decision=form), 422
    else:
        flash(_("Decided: the student has been told."), "success")
        if found.attempt.pending_count:
            flash(_("What was withheld waits for your points, cell by cell."), "info")
            return redirect(url_for("grading.submission", submission_id=submission.id), code=303)
    return redirect(url_for("grading.case", case_id=case_id), code=303)


@bp.get("/cases/<uuid:case_id>/executed/<name>")
@signed_in
def executed_notebook(case_id: uuid.UUID, name: str) -> Response:
    """The executed notebook with its hidden tests, for graders, always as a download."""
    found = queries.case_visible_to(current_user, case_id)
    notebook = next((n for n in found.attempt.notebooks if n.name == name), None)
    if (
        not policies.can_grade(current_user, found.attempt.submission)
        or notebook is None
        or notebook.executed_blob is None
    ):
        raise NotVisible(case_id)
    response = Response(blobs.get(notebook.executed_blob), mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}-executed.ipynb")
    return response
