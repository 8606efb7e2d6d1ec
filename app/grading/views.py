"""The lab's page with its results, feedback, and what staff see of submissions."""

import base64
import uuid
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app import engine
from app.accounts.models import Person
from app.catalog.markdown import LABELS, render
from app.catalog.rules import ItemKind
from app.grading import operations, policies, queries
from app.grading.forms import ScoreForm, UploadForm
from app.grading.models import CellScore, ManualScore, NotebookScore, Submission
from app.grading.operations.submitting import topic
from app.grading.rules import LIVE, Via
from app.kernel import blobs
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import current_locale
from app.kernel.i18n import gettext as _
from app.kernel.localized import LocalizedText
from app.learning import queries as learning
from app.learning.policies import teaches_somewhere
from app.learning.queries import SectionView
from app.web.doors import signed_in
from app.web.layout import Todo, TodoSection, layout
from app.web.streams import stream
from app.workspaces import hub

NEWEST_ON_HOME = 5

bp = Blueprint("grading", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_home_section(work_that_came_back, order=20)
        layout().add_home_section(waiting_for_me, order=15)
    app.jinja_env.globals.update(is_live=lambda attempt: attempt.state in LIVE)
    app.jinja_env.filters["in_words"] = in_words


def in_words(message: str | None, params: dict[str, Any] | None = None) -> str:
    """A message of the engine in the reader's language."""
    return _(message, **(params or {})) if message else ""


@bp.get("/learn/<code>/labs/<slug>")
@signed_in
def lab(code: str, slug: str) -> str:
    view = learning.section_for(current_user, code)
    item = view.item(ItemKind.LAB, slug)
    before, after = view.neighbours(item)
    return render_template(
        "grading/lab.html",
        view=view,
        item=item,
        version=item.lab_version,
        before=before,
        after=after,
        form=UploadForm(),
        **_results(view, slug),
    )


@bp.get("/learn/<code>/labs/<slug>/results")
@signed_in
def results(code: str, slug: str) -> str:
    """The part of the page that shows submissions and their results."""
    view = learning.section_for(current_user, code)
    return render_template(
        "grading/results.html",
        view=view,
        item=view.item(ItemKind.LAB, slug),
        **_results(view, slug),
    )


@bp.get("/learn/<code>/labs/<slug>/events")
@signed_in
def events(code: str, slug: str) -> Response:
    view = learning.section_for(current_user, code)
    return stream(topic(view.section.id, current_user.id, slug))


def _results(view: SectionView, slug: str) -> dict[str, Any]:
    submissions = queries.my_submissions(current_user, view.section, slug)
    return {
        "submissions": submissions,
        "newest": submissions[0] if submissions else None,
        "best": queries.best_of(view.section.id, current_user.id, slug),
        "given": {s.id: given_scores(s) for s in submissions},
        "hint_for": hint_for,
    }


def given_scores(submission: Submission) -> dict[tuple[str, str], ManualScore]:
    """The points that persons gave, by notebook and cell."""
    return {
        (row.notebook, row.grade_id): row
        for row in submission.manual_scores
        if row.superseded_at is None
    }


def hint_for(submission: Submission, cell: CellScore) -> str:
    """The instructor's hint for a cell that did not pass, or nothing."""
    if cell.outcome in ("passed", "manual"):
        return ""
    texts = submission.lab_version.hints.get(cell.grade_id)
    return str(LocalizedText(texts)) if texts else (cell.hint or "")


@bp.post("/learn/<code>/labs/<slug>/submissions")
@signed_in
def create_submission(code: str, slug: str) -> Any:
    """Hand in from the site: uploaded files, or the folder in her running lab."""
    view = learning.section_for(current_user, code)
    item = view.item(ItemKind.LAB, slug)
    try:
        if request.form.get("source") == "workspace":
            hub.client().submit(current_user.handle, code, slug)
        else:
            form = UploadForm()
            if not form.validate_on_submit():
                flash(_("Choose the notebook that you want to hand in."), "error")
                return _back(code, slug)
            operations.submit(current_user, view.section, item, form.contents(), via=Via.SITE)
    except Refused as refusal:
        flash(str(refusal.message), "error")
        return _back(code, slug)
    flash(_("Handed in. The result appears below as soon as it is there."), "success")
    return _back(code, slug)


def _back(code: str, slug: str) -> Any:
    return redirect(url_for("grading.lab", code=code, slug=slug) + "#results", code=303)


@bp.get("/submissions/<uuid:submission_id>")
@signed_in
def submission(submission_id: uuid.UUID) -> str:
    """A submission: its receipt, every attempt, and the feedback cell by cell."""
    found = queries.submission_visible_to(current_user, submission_id)
    return render_template(
        "grading/submission.html",
        submission=found,
        attempt=found.attempt,
        notebooks=[
            (notebook, queries.feedback_blocks(notebook)) for notebook in found.attempt.notebooks
        ],
        cells=_cells(found.attempt.notebooks),
        given=given_scores(found),
        can_grade=policies.can_grade(current_user, found),
        is_regradable=policies.is_regradable(found.attempt),
        form=ScoreForm(),
        png=png_address,
        markdown=markdown,
        hint_for=hint_for,
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


def work_that_came_back(person: Person) -> Iterable[TodoSection]:
    """A student's home: results of her newest submissions."""
    items = []
    for row in queries.my_newest_submissions(person)[:NEWEST_ON_HOME]:
        attempt = row.attempt
        detail = _("Submission %(number)s", number=row.number)
        if attempt.score is not None:
            detail += " · " + _(
                "%(score)s of %(max)s points",
                score=f"{attempt.score:g}",
                max=f"{attempt.max_score:g}",
            )
        items.append(
            Todo(
                title=str(row.lab_version.title),
                url=url_for("grading.lab", code=row.section.code, slug=row.lab_slug) + "#results",
                detail=detail,
                action=_("See the result"),
                status=attempt.state.value,
            )
        )
    yield TodoSection(_("Your newest submissions"), items)


def waiting_for_me(person: Person) -> Iterable[TodoSection]:
    """An instructor's home: what needs points from a person."""
    if not teaches_somewhere(person):
        return
    sections = {view.section.id: view for view in learning.my_teaching(person)}
    items = [
        Todo(
            title=_("%(student)s: %(lab)s", student=row.person.name, lab=row.lab_version.title),
            url=url_for("grading.submission", submission_id=row.id),
            detail=str(sections[row.section_id].version.title),
            action=_("Grade"),
            status="waiting" if row.attempt.pending_count else row.attempt.state.value,
        )
        for row in queries.waiting_for_a_person(sections)
    ]
    yield TodoSection(_("To grade"), items, empty=_("Nothing waits for your points."))


def feedback_page(submission: Submission, notebook: NotebookScore) -> bytes:
    """The feedback of one notebook as a page of its own, without scripts."""
    title = f"{submission.lab_version.title} · {notebook.name}"
    return engine.standalone_html(
        queries.feedback_blocks(notebook), title, current_locale(), _
    ).encode()
