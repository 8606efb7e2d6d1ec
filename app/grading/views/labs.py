"""The lab's page with its results, and handing in."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts.session import me
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
from app.learning.forms.ai_use import DeclarationForm
from app.learning.operations import note_opened
from app.learning.queries import SectionView
from app.learning.rules.ai_use import Declared
from app.web.doors import signed_in
from app.web.streams import stream
from app.workspaces import hub
from app.workspaces.queries import writes

SOURCES = ("workspace", "site")


@bp.get("/learn/<code>/labs/<slug>")
@signed_in
def lab(code: str, slug: str) -> str:
    view = learning.section_for(current_user, code)
    item = view.item(ItemKind.LAB, slug)
    page = _page(view, item)
    if view.enrolment is not None:  # last, because a commit forgets what was read
        note_opened(view.section.id, current_user.id, item.kind, item.slug)
    return page


def _page(
    view: SectionView, item: CourseItem, declarations: Mapping[str, DeclarationForm] | None = None
) -> str:
    """The lab's page; DECLARATIONS are forms that came back, by where the work comes from."""
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
        tries_out=view.is_staff and view.enrolment is None,
        may_edit=view.is_staff and writes(me(), view.version.course.slug),
        declarations={source: _declaration(source) for source in SOURCES}
        | dict(declarations or {}),
        **_rule(view, item.slug),
        **_results(view, item.slug),
    )


def _declaration(source: str) -> DeclarationForm:
    """The fields of a declaration beside the button for SOURCE; the page has one for each."""
    return DeclarationForm(prefix=source, meta={"csrf": False})


def _rule(view: SectionView, slug: str) -> dict[str, Any]:
    """What holds for handing this lab in, and her team."""
    rule = queries.rule_of(view.section, slug)
    team = queries.my_team(current_user, rule)
    limited = rule is not None and rule.most_submissions is not None
    return {
        "rule": rule,
        "team": team,
        "used_up": queries.used_up(current_user, rule, team) if rule and limited else 0,
    }


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
    key = f"{ItemKind.LAB.value}:{slug}"
    held = learning.held_from(current_user, view.section, key) if key in view.held else None
    return {
        "held": held,
        "submissions": submissions,
        "newest": submissions[0] if submissions else None,
        "best": None if held else queries.best_of(view.section.id, current_user.id, slug),
        "given": {s.id: given_scores(s) for s in submissions},
        "hint_for": hint_for,
    }


@bp.post("/learn/<code>/labs/<slug>/submissions")
@signed_in
def create_submission(code: str, slug: str) -> Any:
    """Hand in from the site: uploaded files, or the folder in her running lab."""
    view = learning.section_for(current_user, code)
    item = view.item(ItemKind.LAB, slug)
    source = "workspace" if request.form.get("source") == "workspace" else "site"
    rule = queries.rule_of(view.section, slug)
    declared = None
    if rule is not None and rule.asks_declaration:
        declaration = _declaration(source)
        declared = declaration.said()
        if declared is None:
            return _page(view, item, {source: declaration}), 422
    try:
        if not view.accepts_work(item):
            raise (
                operations.TimeOver if view.section.closed_at is None else operations.SectionClosed
            )
        if source == "workspace":
            hub.client().submit(current_user.handle, code, slug)
            if declared is not None:
                _declare_newest(view, slug, declared)
        else:
            form = UploadForm()
            if not form.validate_on_submit():
                flash(_("Choose the notebook that you want to hand in."), "error")
                return _back(code, slug)
            operations.submit(
                current_user,
                view.section,
                item,
                form.contents(),
                via=Via.SITE,
                declared=declared,
            )
    except Refused as refusal:
        flash(str(refusal.message), "error")
        return _back(code, slug)
    flash(_("Handed in. The result appears below as soon as it is there."), "success")
    return _back(code, slug)


def _declare_newest(view: SectionView, slug: str, declared: Declared) -> None:
    """Her lab has handed in through the exchange: what she declared here belongs to that."""
    newest = queries.my_submissions(current_user, view.section, slug)[0]
    if newest.lacks_declaration and newest.person_id == current_user.id:
        operations.declare(current_user, newest, declared)


def _back(code: str, slug: str) -> Any:
    return redirect(url_for("grading.lab", code=code, slug=slug) + "#results", code=303)


@bp.get("/assurance")
@signed_in
def assurance() -> str:
    """What the words beside a score mean."""
    return render_template("grading/assurance.html")
