"""Files that editors bring, and their pictures shown while they write."""

import uuid
from typing import Any

from flask import Response, abort, flash, jsonify, redirect, request, url_for

from app.accounts.session import me
from app.catalog import operations, queries
from app.catalog.models import Course
from app.catalog.policies import Permission
from app.catalog.rules import NodeKind, picture_type
from app.catalog.views.blueprint import bp, from_script, my_course, picture_answer
from app.kernel import blobs
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.web.doors import needs


@bp.post("/teach/courses/<slug>/pictures")
@needs(Permission.WRITE_COURSES)
def create_picture(slug: str) -> Any:
    """A picture for the lessons: its name, to be written into the text."""
    course = my_course(slug)
    operations.open_draft(me(), course)
    name, data = _sent("picture")
    try:
        kept = operations.add_picture(me(), course, name, data)
    except Refused as refusal:
        return jsonify(message=str(refusal.message)), 422
    address = url_for("catalog.draft_picture", slug=slug, name=kept)
    return jsonify(name=kept, target=f"pictures/{kept}", address=address)


@bp.get("/teach/courses/<slug>/pictures/<name>")
@needs(Permission.WRITE_COURSES)
def draft_picture(slug: str, name: str) -> Response:
    draft = queries.draft_of(my_course(slug).id)
    head = next((n for n in draft.nodes if n.kind is NodeKind.COURSE), None) if draft else None
    cover = (head.content.get("picture") or {}) if head else {}
    blob = (draft.pictures.get(name) if draft else None) or (
        cover.get("blob") if cover.get("name") == name else None
    )
    if blob is None:
        abort(404)
    return picture_answer(blobs.get(blob), picture_type(name))


@bp.post("/teach/courses/<slug>/cover")
@needs(Permission.WRITE_COURSES)
def create_cover(slug: str) -> Any:
    course = my_course(slug)
    operations.open_draft(me(), course)
    name, data = _sent("picture")
    try:
        operations.set_course_picture(me(), course, name, data)
    except Refused as refusal:
        flash(str(refusal.message), "error")
    return redirect(url_for("catalog.edit_course", slug=slug))


@bp.post("/teach/courses/<slug>/files")
@needs(Permission.WRITE_COURSES)
def create_file(slug: str) -> Any:
    """A file dropped on a module: it stands in the outline at once."""
    course = my_course(slug)
    operations.open_draft(me(), course)
    module_id = request.form.get("module", type=uuid.UUID)
    name, data = _sent("file")
    if module_id is None:
        abort(400)
    try:
        node = operations.place_file(me(), course, module_id, name, data)
    except Refused as refusal:
        return _refused(course, refusal)
    target = url_for("catalog.edit_part", slug=slug, node_id=node.id)
    said = _("“%(name)s” stands in the outline now.", name=name)
    if from_script():
        return jsonify(said=said, address=target)
    flash(said, "success")
    return redirect(target)


@bp.post("/teach/courses/<slug>/parts/<uuid:node_id>/file")
@needs(Permission.WRITE_COURSES)
def replace_file(slug: str, node_id: uuid.UUID) -> Any:
    course = my_course(slug)
    name, data = _sent("file")
    try:
        operations.replace_file(me(), course, node_id, name, data)
    except Refused as refusal:
        return _refused(course, refusal)
    flash(_("The file was replaced."), "success")
    return redirect(url_for("catalog.edit_part", slug=slug, node_id=node_id))


@bp.get("/teach/courses/<slug>/parts/<uuid:node_id>/file")
@needs(Permission.WRITE_COURSES)
def draft_file(slug: str, node_id: uuid.UUID) -> Response:
    draft = queries.draft_of(my_course(slug).id)
    node = next((n for n in draft.nodes if n.id == node_id), None) if draft else None
    if node is None or node.kind is not NodeKind.FILE:
        abort(404)
    is_pdf = str(node.content["name"]).lower().endswith(".pdf")
    response = Response(
        blobs.get(node.content["blob"]),
        mimetype="application/pdf" if is_pdf else "application/octet-stream",
    )
    response.headers.set(
        "Content-Disposition", "inline" if is_pdf else "attachment", filename=node.content["name"]
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.post("/teach/courses/<slug>/parts/<uuid:node_id>/notebooks")
@needs(Permission.WRITE_COURSES)
def add_to_lab(slug: str, node_id: uuid.UUID) -> Any:
    """Source notebooks and data of a lab; the page says what is wrong with each cell."""
    course = my_course(slug)
    for sent in request.files.getlist("file"):
        try:
            operations.add_to_lab(me(), course, node_id, _base(sent.filename), sent.read())
        except Refused as refusal:
            flash(f"{sent.filename}: {refusal.message}", "error")
    return redirect(url_for("catalog.edit_part", slug=slug, node_id=node_id))


@bp.post("/teach/courses/<slug>/parts/<uuid:node_id>/notebooks/removal")
@needs(Permission.WRITE_COURSES)
def remove_from_lab(slug: str, node_id: uuid.UUID) -> Any:
    course = my_course(slug)
    operations.remove_from_lab(me(), course, node_id, request.form.get("name", ""))
    return redirect(url_for("catalog.edit_part", slug=slug, node_id=node_id))


def _sent(field: str) -> tuple[str, bytes]:
    sent = request.files.get(field)
    if sent is None or not sent.filename:
        abort(400)
    return _base(sent.filename), sent.read()


def _base(name: str | None) -> str:
    """The last part of a name: browsers may send folders along."""
    return (name or "").replace("\\", "/").rpartition("/")[2]


def _refused(course: Course, refusal: Refused) -> Any:
    if from_script():
        return jsonify(message=str(refusal.message)), 422
    flash(str(refusal.message), "error")
    return redirect(url_for("catalog.edit_course", slug=course.slug))
