"""The lab's page with its results, and handing in."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.catalog.models import CourseItem
from app.catalog.rules import ItemKind
from app.grading import operations, queries
from app.grading.forms import UploadForm
from app.grading.operations.submitting import topic
from app.grading.rules import Via
from app.grading.views.blueprint import bp, given_scores, hint_for
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.labs import queries as lab_versions
from app.labs.queries import CellRoad
from app.learning import queries as learning
from app.learning.queries import SectionView
from app.web.doors import signed_in
from app.web.streams import stream
from app.workspaces import hub


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
        roads=_roads(view, item),
        limits=lab_versions.engine_limits(item.lab_version) if item.lab_version else None,
        before=before,
        after=after,
        form=UploadForm(),
        **_results(view, slug),
    )


def _roads(view: SectionView, item: CourseItem) -> list[CellRoad]:
    """Where each cell is judged, for staff alone."""
    if not view.is_staff or item.lab_version is None:
        return []
    return lab_versions.cell_roads(item.lab_version)


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


@bp.post("/learn/<code>/labs/<slug>/submissions")
@signed_in
def create_submission(code: str, slug: str) -> Any:
    """Hand in from the site: uploaded files, or the folder in her running lab."""
    view = learning.section_for(current_user, code)
    item = view.item(ItemKind.LAB, slug)
    try:
        if not view.accepts_work(item):
            raise (
                operations.TimeOver if view.section.closed_at is None else operations.SectionClosed
            )
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


@bp.get("/assurance")
@signed_in
def assurance() -> str:
    """What the words beside a score mean."""
    return render_template("grading/assurance.html")
