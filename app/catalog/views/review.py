"""From draft to version: what is missing, comments, publishing, versions and their differences."""

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.catalog import operations, queries
from app.catalog.forms import CommentForm, PublishForm
from app.catalog.models import Course
from app.catalog.policies import Permission
from app.catalog.rules.comparing import compare
from app.catalog.rules.problems import in_words
from app.catalog.views.blueprint import bp, editor_context, my_course
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.labs.operations import LabInvalid
from app.web.doors import needs


@bp.get("/teach/courses/<slug>/review")
@needs(Permission.WRITE_COURSES)
def review(slug: str) -> str:
    return _review_page(my_course(slug), PublishForm())


def _review_page(course: Course, form: PublishForm, lab_problems: tuple[Any, ...] = ()) -> str:
    context = editor_context(course)
    draft, versions = context["draft"], queries.versions_of(course.id)
    checked = queries.check_draft(draft)
    source = queries.source_of(versions[0]) if versions else None
    now = checked.course or queries.course_of_draft(draft)
    changes = compare(queries.laid_out(source), now) if source is not None else None
    parts = {node.id: node for node in draft.nodes}
    return render_template(
        "catalog/editor/review.html",
        **context,
        form=form,
        comment_form=CommentForm(),
        problems=[
            (parts[p.node_id], str(p.words or in_words(p.message)), p.place)
            for p in checked.problems
        ],
        lab_problems=lab_problems,
        changes=changes,
        newest=versions[0] if versions else None,
        comments=queries.review_comments(course.id),
    )


@bp.post("/teach/courses/<slug>/versions")
@needs(Permission.WRITE_COURSES)
def publish(slug: str) -> Any:
    course, form = my_course(slug), PublishForm()
    if not form.validate_on_submit():
        return _review_page(course, form), 422
    try:
        version = operations.publish_draft(
            me(),
            course,
            revision=request.form.get("revision", 0, type=int),
            newest=request.form.get("newest", -1, type=int),
            note=form.note.data or "",
        )
    except LabInvalid as refusal:
        return _review_page(my_course(slug), form, refusal.problems), 422
    except Refused as refusal:
        flash(str(refusal.message), "error")
        return redirect(url_for("catalog.review", slug=slug))
    flash(_("Version %(number)s is published.", number=version.number), "success")
    return redirect(url_for("catalog.versions", slug=slug))


@bp.get("/teach/courses/<slug>/versions")
@needs(Permission.WRITE_COURSES)
def versions(slug: str) -> str:
    course = my_course(slug)
    return render_template(
        "catalog/editor/versions.html",
        **editor_context(course),
        versions=queries.versions_of(course.id),
    )


@bp.get("/teach/courses/<slug>/versions/difference")
@needs(Permission.WRITE_COURSES)
def difference(slug: str) -> Any:
    course = my_course(slug)
    by_number = {version.number: version for version in queries.versions_of(course.id)}
    old = by_number.get(request.args.get("old", 0, type=int)) or abort(404)
    new = by_number.get(request.args.get("new", 0, type=int)) or abort(404)
    before, after = queries.source_of(old), queries.source_of(new)
    return render_template(
        "catalog/editor/difference.html",
        **editor_context(course),
        old=old,
        new=new,
        changes=compare(before, after) if before and after else None,
    )


@bp.post("/teach/courses/<slug>/versions/<int:number>/again")
@needs(Permission.WRITE_COURSES)
def create_rollback(slug: str, number: int) -> Response:
    course = my_course(slug)
    newest = request.form.get("newest", -1, type=int)
    try:
        version = operations.roll_back(me(), course, number, newest=newest)
    except Refused as refusal:
        flash(str(refusal.message), "error")
    else:
        words = _("Version %(new)s says what version %(old)s said.")
        flash(words % {"new": version.number, "old": number}, "success")
    return redirect(url_for("catalog.versions", slug=slug))


@bp.post("/teach/courses/<slug>/comments")
@needs(Permission.WRITE_COURSES)
def create_comment(slug: str) -> Response:
    course = my_course(slug)
    node_id = request.form.get("node", type=uuid.UUID)
    try:
        operations.comment(me(), course, request.form.get("words", ""), node_id)
    except Refused as refusal:
        flash(str(refusal.message), "error")
    return _back(slug, node_id)


@bp.post("/teach/courses/<slug>/comments/<uuid:comment_id>/resolution")
@needs(Permission.WRITE_COURSES)
def create_resolution(slug: str, comment_id: uuid.UUID) -> Response:
    course = my_course(slug)
    resolved = request.form.get("resolved") == "yes"
    operations.resolve(me(), course, comment_id, resolved=resolved)
    return _back(slug, request.form.get("node", type=uuid.UUID))


def _back(slug: str, node_id: uuid.UUID | None) -> Response:
    if node_id is not None:
        return redirect(url_for("catalog.edit_part", slug=slug, node_id=node_id))
    return redirect(url_for("catalog.review", slug=slug))
