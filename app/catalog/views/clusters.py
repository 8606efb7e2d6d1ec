"""Clusters in the browser: begin one, say what it is, order its courses."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Response as Page
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.catalog import operations, queries
from app.catalog.forms import ClusterForm, NewClusterForm
from app.catalog.models import Cluster
from app.catalog.operations import ClusterPlan
from app.catalog.policies import Permission
from app.catalog.rules.partners import MOST_PARTNERS, partner
from app.catalog.views.blueprint import bp, my_course
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.doors import may, needs
from app.web.markdown import render

MOST_PREVIEWED = 20_000
MOST_OUTCOMES = 20
SPARE_ROWS = 2
CODES = {"zh": "zh-Hant-TW", "en": "en"}

officers = needs(Permission.EDIT_CLUSTERS)


@bp.get("/teach/clusters")
@officers
def edited_clusters() -> str:
    return render_template("catalog/cluster_list.html", rows=queries.cluster_rows())


@bp.route("/teach/clusters/new", methods=["GET", "POST"])
@officers
def new_cluster() -> Any:
    form = NewClusterForm()
    if _is_previewed() or not form.validate_on_submit():
        return _page("catalog/cluster_new.html", form, None)
    try:
        made = operations.create_cluster(me(), form.slug.data or "", _plan(form))
    except operations.ClusterSlugTaken as refusal:
        form.slug.errors = [str(refusal.message)]
        return _page("catalog/cluster_new.html", form, None)
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
        return _page("catalog/cluster_new.html", form, None)
    flash(_("The cluster is there. Put courses into it and say what completes it."), "success")
    return redirect(url_for("catalog.edit_cluster", slug=made.slug))


@bp.route("/teach/clusters/<slug>/edit", methods=["GET", "POST"])
@officers
def edit_cluster(slug: str) -> Any:
    cluster = _cluster(slug)
    if request.method == "GET":
        return _page("catalog/cluster_edit.html", ClusterForm(data=_said(cluster)), cluster)
    form = ClusterForm()
    if _is_previewed() or not form.validate():
        return _page("catalog/cluster_edit.html", form, cluster)
    try:
        revision = request.form.get("revision", -1, int)
        operations.edit_cluster(me(), cluster, _plan(form), revision=revision)
    except Refused as refusal:
        form.form_errors.append(str(refusal.message))
        return _page("catalog/cluster_edit.html", form, cluster)
    flash(_("Saved. The page of the cluster says so now."), "success")
    return redirect(url_for("catalog.edit_cluster", slug=slug))


def _cluster(slug: str) -> Cluster:
    found = queries.cluster(slug)
    if found is None:
        raise NotVisible(slug)
    return found


def _is_previewed() -> bool:
    return request.form.get("action") == "preview"


def _page(template: str, form: ClusterForm, cluster: Cluster | None) -> tuple[str, int]:
    """The form, with rows as they were typed or as they are kept, and a preview when asked for."""
    typed = request.method == "POST"
    previewed = _is_previewed()
    outcomes = _typed_outcomes() if typed else tuple(cluster.outcomes if cluster else ())
    partners = _typed_partners() if typed else tuple(cluster.partners if cluster else ())
    revision = request.form.get("revision") if typed else cluster and cluster.revision
    page = render_template(
        template,
        form=form,
        cluster=cluster,
        revision=revision,
        outcomes=[*outcomes, *({} for _spare in range(SPARE_ROWS))],
        partners=[*partners, *({} for _spare in range(SPARE_ROWS))],
        organisations=queries.organisations_to_name(),
        preview={code: preview_of(form[f"body_{short}"].data) for short, code in CODES.items()}
        if previewed
        else None,
        courses=queries.courses_of(cluster.id) if cluster else [],
        elsewhere=queries.courses_elsewhere(cluster.id) if cluster else [],
        moved=request.args.get("moved", ""),
    )
    return page, 422 if form.errors and not previewed else 200


def _said(cluster: Cluster) -> dict[str, str]:
    """What CLUSTER says, as fields of the form."""
    found = {"industry": cluster.industry}
    for short, code in CODES.items():
        said: dict[str, Mapping[str, str]] = {
            "title": cluster.title,
            "summary": cluster.summary,
            "body": cluster.body_markdown or {},
            "alt": cluster.picture_alt or {},
        }
        for name, texts in said.items():
            found[f"{name}_{short}"] = texts.get(code, "")
    return found


def _plan(form: ClusterForm) -> ClusterPlan:
    def texts(name: str) -> dict[str, str]:
        return {code: form[f"{name}_{short}"].data or "" for short, code in CODES.items()}

    file = form.picture.data
    return ClusterPlan(
        titles=texts("title"),
        summaries=texts("summary"),
        bodies=texts("body"),
        industry=form.industry.data,
        outcomes=_typed_outcomes(),
        partners=_typed_partners(),
        picture=(file.filename or "", file.read()) if file else None,
        picture_alt=texts("alt"),
    )


def _rows(*names: str) -> list[tuple[str, ...]]:
    columns = [[text.strip() for text in request.form.getlist(name)] for name in names]
    return [row for row in zip(*columns, strict=False) if any(row)]


def _typed_outcomes() -> tuple[Mapping[str, str], ...]:
    return tuple(
        {code: text[:300] for code, text in zip(CODES.values(), row, strict=True) if text}
        for row in _rows("outcome_zh", "outcome_en")[:MOST_OUTCOMES]
    )


def _typed_partners() -> tuple[Mapping[str, Any], ...]:
    names = ("partner_zh", "partner_en", "partner_url", "partner_organisation")
    return tuple(
        partner({"zh-Hant-TW": zh, "en": en}, url, organisation)
        for zh, en, url, organisation in _rows(*names)[: MOST_PARTNERS + 1]
    )


def preview_of(text: str | None) -> str:
    """A text in Markdown as readers will see it."""
    labels = {
        "note": _("Note"), "tip": _("Tip"), "warning": _("Warning"), "answer": _("Answer"),
    }  # fmt: skip
    return render(
        (text or "")[:MOST_PREVIEWED],
        pictures=lambda target: target,
        items=lambda kind, slug: "#",
        labels=labels,
    )


@bp.post("/teach/clusters/preview")
@officers
def preview_cluster() -> Page:
    return Page(preview_of(request.form.get("text")), mimetype="text/html")


@bp.post("/teach/clusters/<slug>/order")
@officers
def order_course(slug: str) -> Response:
    """Move a course of the cluster to another place among its courses."""
    cluster = _cluster(slug)
    course_id = request.form.get("course", type=uuid.UUID)
    if course_id is None:
        raise NotVisible(slug)
    place = operations.order_courses(me(), cluster, course_id, request.form.get("position", 0, int))
    if place < 0:
        raise NotVisible(str(course_id))
    title = next(row.title for row in queries.courses_of(cluster.id) if row.course.id == course_id)
    flash(_("“%(title)s” is number %(number)s now.", title=title, number=place + 1), "success")
    return redirect(url_for("catalog.edit_cluster", slug=slug, moved=str(course_id)) + "#courses")


@bp.post("/teach/clusters/<slug>/courses")
@officers
def take_course(slug: str) -> Response:
    """Put a course of another cluster into this one."""
    cluster = _cluster(slug)
    course = queries.course(request.form.get("course", ""))
    if course is None:
        raise NotVisible(slug)
    operations.move_course(me(), course, cluster, may_break_rules=True)
    flash(_("The course belongs to “%(title)s” now.", title=str(cluster.title)), "success")
    return redirect(url_for("catalog.edit_cluster", slug=slug) + "#courses")


@bp.post("/teach/courses/<slug>/cluster")
@needs(Permission.WRITE_COURSES)
def move_course(slug: str) -> Response:
    """The people who write a course put it into another cluster."""
    course = my_course(slug)
    cluster = _cluster(request.form.get("cluster", ""))
    try:
        operations.move_course(me(), course, cluster, may_break_rules=may(Permission.EDIT_CLUSTERS))
    except Refused as refusal:
        flash(str(refusal.message), "error")
    else:
        flash(_("The course belongs to “%(title)s” now.", title=str(cluster.title)), "success")
    return redirect(url_for("catalog.edit_course", slug=slug))
