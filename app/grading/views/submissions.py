"""A submission with its feedback, and what staff do with it."""

import base64
import uuid
from collections.abc import Iterable
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_login import current_user

from app import engine
from app.grading import operations, policies, queries
from app.grading.forms import ScoreForm
from app.grading.models import CellScore, NotebookScore, Submission
from app.grading.views.blueprint import bp, given_scores, hint_for
from app.kernel import blobs
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import current_locale
from app.kernel.i18n import gettext as _
from app.learning.forms.ai_use import DeclarationForm
from app.web.doors import signed_in
from app.web.markdown import LABELS, render


@bp.get("/submissions/<uuid:submission_id>")
@signed_in
def submission(submission_id: uuid.UUID) -> str:
    """A submission: its receipt, every attempt, and the feedback cell by cell."""
    return _page(queries.submission_visible_to(current_user, submission_id))


def _page(found: Submission, declaration: DeclarationForm | None = None) -> str:
    held = queries.held_from(current_user, found)
    notebooks = [] if held else found.attempt.notebooks
    return render_template(
        "grading/submission.html",
        submission=found,
        held=held,
        attempt=found.attempt,
        notebooks=[(notebook, queries.feedback_blocks(notebook)) for notebook in notebooks],
        cells=_cells(notebooks),
        given=given_scores(found),
        can_grade=policies.can_grade(current_user, found),
        is_regradable=policies.is_regradable(found.attempt),
        form=ScoreForm(),
        png=png_address,
        markdown=markdown,
        hint_for=hint_for,
        is_mine=policies.is_of(current_user, found),
        notes=queries.annotations_of(found),
        declaration_form=declaration or DeclarationForm(formdata=None),
    )


@bp.post("/submissions/<uuid:submission_id>/declaration")
@signed_in
def create_declaration(submission_id: uuid.UUID) -> Any:
    """Say afterwards what AI tools were used for, or say it again."""
    found = queries.submission_visible_to(current_user, submission_id)
    if not policies.is_of(current_user, found):
        raise NotVisible(submission_id)
    form = DeclarationForm()
    declared = form.said()
    if declared is None:
        return _page(found, form), 422
    try:
        operations.declare(current_user, found, declared)
    except Refused as refusal:
        flash(str(refusal.message), "error")
    else:
        flash(_("Declared: your instructor sees it beside the submission."), "success")
    return redirect(
        url_for("grading.submission", submission_id=submission_id) + "#declaration", code=303
    )


def markdown(text: str) -> str:
    """Safe HTML of a notebook's Markdown; pictures of the notebook are not shown."""
    return render(text, pictures=lambda target: "", labels=LABELS)


def _cells(notebooks: Iterable[NotebookScore]) -> dict[tuple[str, str], CellScore]:
    return {(n.name, cell.grade_id): cell for n in notebooks for cell in n.cells}


def png_address(data: bytes) -> str:
    """A picture of the feedback as a data address (the page's policy allows pictures only)."""
    return "data:image/png;base64," + base64.b64encode(data).decode()


@bp.get("/submissions/<uuid:submission_id>/files/<path:path>")
@signed_in
def submitted_file(submission_id: uuid.UUID, path: str) -> Response:
    """A submitted file as it was handed in, always as a download."""
    found = queries.submission_visible_to(current_user, submission_id)
    file = next((f for f in found.files if f.path == path), None)
    if file is None:
        raise NotVisible(path)
    response = Response(blobs.get(file.blob), mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=path.rsplit("/", 1)[-1])
    return response


@bp.post("/submissions/<uuid:submission_id>/scores")
@signed_in
def create_score(submission_id: uuid.UUID) -> Any:
    found = queries.submission_visible_to(current_user, submission_id)
    if not policies.can_grade(current_user, found):
        raise NotVisible(submission_id)
    form = ScoreForm()
    if not form.validate_on_submit():
        flash(_("The points must be a number."), "error")
        return redirect(url_for("grading.submission", submission_id=submission_id), code=303)
    cell = operations.CellRef(form.notebook.data, form.grade_id.data)
    try:
        operations.give_score(current_user, found, cell, form.score.data, form.comment.data or "")
    except Refused as refusal:
        flash(str(refusal.message), "error")
    else:
        flash(_("Saved: the student sees it now."), "success")
    anchor = f"#cell-{cell.notebook}-{cell.grade_id}"
    return redirect(url_for("grading.submission", submission_id=submission_id) + anchor, code=303)


@bp.post("/submissions/<uuid:submission_id>/attempts")
@signed_in
def create_attempt(submission_id: uuid.UUID) -> Any:
    """Run a submission again."""
    found = queries.submission_visible_to(current_user, submission_id)
    if not policies.can_grade(current_user, found):
        raise NotVisible(submission_id)
    try:
        operations.regrade(current_user, found)
    except Refused as refusal:
        flash(str(refusal.message), "error")
    else:
        flash(_("The submission is being run again."), "success")
    return redirect(url_for("grading.submission", submission_id=submission_id), code=303)


def feedback_page(submission: Submission, notebook: NotebookScore) -> bytes:
    """The feedback of one notebook as a page of its own, without scripts."""
    title = f"{submission.lab_version.title} · {notebook.name}"
    return engine.standalone_html(
        queries.feedback_blocks(notebook), title, current_locale(), _
    ).encode()
