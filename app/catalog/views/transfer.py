"""Courses as zip files: download, and import from here and elsewhere."""

import json
import uuid
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts.rules import Role
from app.accounts.session import me
from app.catalog import imports, operations, queries
from app.catalog.forms import ImportForm
from app.catalog.models import Course, CourseImport
from app.catalog.policies import Permission
from app.catalog.rules.naming import plain_file_name, slug_from
from app.catalog.rules.problems import in_words, is_in_words
from app.catalog.rules.writing import course_files
from app.catalog.rules.zips import zipped
from app.catalog.views.blueprint import bp, editor_context, my_course
from app.kernel.errors import Refused
from app.kernel.i18n import DEFAULT_LOCALE
from app.kernel.i18n import gettext as _
from app.web.csv import csv_response
from app.web.doors import needs

ROWS = 100


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
    return _upload_page()


def _upload_page(refusal: Refused | None = None) -> str:
    return render_template("catalog/editor/import.html", **_said(refusal))


def _said(refusal: Refused | None) -> dict[str, Any]:
    """A refusal in words: each error's place, what it says, and whether that is translated."""
    errors = getattr(refusal, "errors", ())
    return {
        "refusal": refusal,
        "errors": [
            (f"{error.file}:{error.line}", in_words(error.message), is_in_words(error.message))
            for error in errors
        ],
    }


@bp.post("/teach/courses/import")
@needs(Permission.WRITE_COURSES)
def create_import() -> Any:
    """Look at a package: nothing is written into any course."""
    sent = request.files.get("zip")
    if sent is None:
        abort(400)
    try:
        pending = operations.prepare_import(me(), sent.filename or "", sent.read())
    except Refused as refusal:
        return _upload_page(refusal), 422
    into = request.form.get("into") or None
    return redirect(url_for("catalog.show_import", import_id=pending.id, into=into))


@bp.get("/teach/courses/imports/<uuid:import_id>")
@needs(Permission.WRITE_COURSES)
def show_import(import_id: uuid.UUID) -> str:
    found = queries.import_visible_to(me(), import_id)
    form = None
    if found.imported_at is None:
        form = _import_form(found)
        wanted = request.args.get("into", "")
        if "into" in form and wanted in dict(form.into.choices):
            form.into.data = wanted
    return _report_page(found, form)


def _import_form(pending: CourseImport) -> ImportForm:
    form = ImportForm()
    if pending.kind == "folder":
        for name in ("language", "into", "title", "slug", "hours", "both"):
            delattr(form, name)
    else:
        rows = queries.courses_edited_by(current_user)
        mine = [(row.course.slug, row.title) for row in rows]
        form.into.choices = [("", _("A new course")), *mine]
    form.cluster.choices = [(str(c.id), str(c.title)) for c in queries.all_clusters()]
    form.school.choices = [
        (str(m.organisation_id), str(m.organisation.name))
        for m in current_user.live_memberships
        if m.role is Role.INSTRUCTOR
    ]
    if not form.is_submitted() and pending.kind != "folder":
        form.language.data = pending.language or DEFAULT_LOCALE
        form.title.data = pending.title
        form.slug.data = slug_from(pending.title)
    return form


def _report_page(
    found: CourseImport, form: ImportForm | None, refusal: Refused | None = None
) -> str:
    report = imports.from_json(found.report)
    fate = request.args.get("fate", "")
    shown = [e for e in report.elements if fate in ("", e.fate.value)]
    pages = max(1, -(-len(shown) // ROWS))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "catalog/editor/report.html",
        found=found,
        report=report,
        shown=shown[(page - 1) * ROWS : page * ROWS],
        page=page,
        pages=pages,
        fate=fate,
        form=form,
        **_said(refusal),
    )


@bp.post("/teach/courses/imports/<uuid:import_id>")
@needs(Permission.WRITE_COURSES)
def take_import(import_id: uuid.UUID) -> Any:
    """Take over what was looked at."""
    pending = queries.import_visible_to(me(), import_id)
    form = _import_form(pending)
    if not form.validate_on_submit():
        return _report_page(pending, form), 422
    wanted = form.into.data if "into" in form else ""
    into: Course | None = my_course(wanted) if wanted else None
    try:
        if into is not None:
            operations.open_draft(me(), into)
        course = operations.finish_import(me(), pending, form.plan(into))
    except operations.SlugTaken as refusal:
        if "slug" not in form:
            return _report_page(pending, form, refusal), 422
        form.slug.errors = [str(refusal.message)]
        return _report_page(pending, form), 422
    except Refused as refusal:
        return _report_page(pending, form, refusal), 422
    flash(_("The course is here as a draft. Nothing is published yet."), "success")
    return redirect(url_for("catalog.edit_course", slug=course.slug))


@bp.get("/teach/courses/imports/<uuid:import_id>/report.<ending>")
@needs(Permission.WRITE_COURSES)
def import_report(import_id: uuid.UUID, ending: str) -> Response:
    """The report as a file: csv, json or txt."""
    found = queries.import_visible_to(me(), import_id)
    report = imports.from_json(found.report)
    stem = slug_from(found.file_name.rpartition(".")[0]) or "import"
    name = plain_file_name(f"{stem}-report.{ending}")
    if ending == "csv":
        header = (
            _("What became of it"), _("Kind"), _("Title"), _("Place in the source"),
            _("What it is now"), _("Notes"),
        )  # fmt: skip
        return csv_response(name, header, report.rows())
    if ending == "json":
        text = json.dumps(report.to_words(), ensure_ascii=False, indent=1)
        response = Response(text, mimetype="application/json")
    elif ending == "txt":
        response = Response(report.to_text(), mimetype="text/plain")
    else:
        abort(404)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.post("/teach/courses/<slug>/import")
@needs(Permission.WRITE_COURSES)
def import_draft(slug: str) -> Any:
    course: Course = my_course(slug)
    revision = request.form.get("revision", 0, type=int)
    sent = request.files.get("zip")
    if sent is None:
        abort(400)
    try:
        operations.import_draft(me(), course, sent.read(), revision=revision)
    except operations.ImportRefused as refusal:
        return render_template(
            "catalog/editor/refused.html", **editor_context(my_course(slug)), **_said(refusal)
        ), 422
    flash(_("The draft is now what the folder says."), "success")
    return redirect(url_for("catalog.edit_course", slug=slug))
