"""Courses as zip files: download and import."""

import uuid
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts.rules import Role
from app.catalog import operations, queries
from app.catalog.models import Course
from app.catalog.policies import Permission
from app.catalog.rules.writing import course_files
from app.catalog.rules.zips import zipped
from app.catalog.views.blueprint import bp, editor_context, me, my_course
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.web.doors import needs


@bp.get("/teach/courses/<slug>/folder.zip")
@needs(Permission.WRITE_COURSES)
def course_zip(slug: str) -> Response:
    """The draft, or the version ``?version=``, as a folder."""
    course = my_course(slug)
    number = request.args.get("version", type=int)
    if number is None:
        spec = queries.course_of_draft(operations.open_draft(me(), course))
        name = f"{slug}-draft.zip"
    else:
        version = next((v for v in queries.versions_of(course.id) if v.number == number), None)
        found = queries.source_of(version) if version is not None else None
        spec = found or abort(404)
        name = f"{slug}-v{number}.zip"
    response = Response(zipped(course_files(spec), slug), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.get("/teach/courses/import")
@needs(Permission.WRITE_COURSES)
def import_page() -> str:
    return _import_page()


def _import_page(refusal: operations.ImportRefused | None = None, message: str = "") -> str:
    schools = [m.organisation for m in current_user.live_memberships if m.role is Role.INSTRUCTOR]
    return render_template(
        "catalog/editor/import.html",
        clusters=queries.all_clusters(),
        schools=schools,
        message=message or (str(refusal.message) if refusal else ""),
        errors=refusal.errors if refusal else (),
    )


@bp.post("/teach/courses/import")
@needs(Permission.WRITE_COURSES)
def create_import() -> Any:
    cluster_id = request.form.get("cluster", type=uuid.UUID)
    school_id = request.form.get("school", type=uuid.UUID)
    mine = current_user.organisations_as(Role.INSTRUCTOR)
    if cluster_id not in {c.id for c in queries.all_clusters()} or school_id not in mine:
        abort(400)
    try:
        course = operations.import_course(me(), _zip(), cluster_id, school_id)
    except operations.ImportRefused as refusal:
        return _import_page(refusal), 422
    except Refused as refusal:
        return _import_page(message=str(refusal.message)), 422
    flash(_("The course is here as a draft. Nothing is published yet."), "success")
    return redirect(url_for("catalog.edit_course", slug=course.slug))


@bp.post("/teach/courses/<slug>/import")
@needs(Permission.WRITE_COURSES)
def import_draft(slug: str) -> Any:
    course: Course = my_course(slug)
    revision = request.form.get("revision", 0, type=int)
    try:
        operations.import_draft(me(), course, _zip(), revision=revision)
    except operations.ImportRefused as refusal:
        return render_template(
            "catalog/editor/refused.html", **editor_context(my_course(slug)), refusal=refusal
        ), 422
    flash(_("The draft is now what the folder says."), "success")
    return redirect(url_for("catalog.edit_course", slug=slug))


def _zip() -> bytes:
    sent = request.files.get("zip")
    if sent is None:
        abort(400)
    return sent.read()
