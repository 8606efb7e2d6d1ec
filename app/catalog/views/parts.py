"""Saving the parts of a draft and its outline, from the editor's script or from plain forms."""

import re
import uuid
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.catalog import operations
from app.catalog.models import Course, DraftNode
from app.catalog.policies import Permission
from app.catalog.rules import NodeKind
from app.catalog.rules.fields import QUESTION, ROWS, NotAField
from app.catalog.rules.question_forms import question_of
from app.catalog.views.blueprint import bp, editor_context, from_script, my_course, title_of
from app.catalog.views.editor import part_page
from app.catalog.views.quiz_pages import Written
from app.kernel.errors import Refused
from app.kernel.i18n import LOCALES
from app.kernel.i18n import gettext as _
from app.questions import check_question
from app.web.doors import needs
from app.web.markdown import MathProblem, inspect, render

MOST_PREVIEWED = 200_000
QUESTION_PART = re.compile(r"(questions\.[a-z0-9-]+)\.(.+)")
ADDED = (NodeKind.MODULE, NodeKind.LESSON, NodeKind.LAB, NodeKind.QUIZ, NodeKind.LINK)


@bp.post("/teach/courses/<slug>/parts/<uuid:node_id>")
@needs(Permission.WRITE_COURSES)
def save_part(slug: str, node_id: uuid.UUID) -> Any:
    course = my_course(slug)
    try:
        if from_script():
            return _save_from_script(course, node_id)
        return _save_from_form(course, node_id)
    except NotAField:
        abort(400)


def _save_from_script(course: Course, node_id: uuid.UUID) -> tuple[Response, int]:
    sent = request.get_json(silent=True)
    fields = sent.get("fields") if isinstance(sent, dict) else None
    if not isinstance(fields, dict) or not all(
        isinstance(f, dict) and isinstance(f.get("base"), int) and "value" in f
        for f in fields.values()
    ):
        abort(400)
    node = _node(course, node_id)
    values = {name: _value(node, name, f["value"]) for name, f in fields.items()}
    changes = {name: operations.Change(values[name], f["base"]) for name, f in fields.items()}
    saved = operations.save_fields(me(), course, node_id, changes)
    return jsonify(
        revision=saved.revision,
        saved=saved.saved,
        refused={name: str(words) for name, words in saved.refused.items()},
        conflicts=[
            {"name": c.name, "theirs": c.theirs, "by": c.by, "at": c.at} for c in saved.conflicts
        ],
        others=saved.others,
        problems=_problems(course, values),
        questions={name: values[name] for name in saved.saved if QUESTION.fullmatch(name)},
    ), 409 if saved.conflicts else 200


def _node(course: Course, node_id: uuid.UUID) -> DraftNode:
    draft = operations.open_draft(me(), course)
    return next((node for node in draft.nodes if node.id == node_id), None) or abort(404)


def _value(node: DraftNode, name: str, value: Any) -> Any:
    """What the script sent for a field; a question comes as the texts of its form by path."""
    if not QUESTION.fullmatch(name):
        return value
    before = node.content.get(name)
    if before is None or not isinstance(value, dict):
        raise NotAField(name)
    try:
        return question_of(value, before)
    except ValueError as error:
        raise NotAField(name) from error


def _problems(course: Course, values: dict[str, Any]) -> dict[str, list[dict[str, str]]]:
    """What is still wrong with the questions that were sent, by field."""
    asked = {name: value for name, value in values.items() if QUESTION.fullmatch(name)}
    if not asked:
        return {}
    draft = operations.open_draft(me(), course)
    head = next(node for node in draft.nodes if node.kind is NodeKind.COURSE)
    wanted = head.content.get("languages") or LOCALES
    return {
        name: [
            {"path": path, "words": str(words)}
            for path, words in Written(
                name, value, tuple(check_question(value, wanted))
            ).said.items()
        ]
        for name, value in asked.items()
    }


def _save_from_form(course: Course, node_id: uuid.UUID) -> Any:
    node = _node(course, node_id)
    kind = node.kind
    base = request.form.get("revision", type=int) or 0
    typed = _typed(kind)
    for name in list(typed):
        if QUESTION.fullmatch(name):
            typed[name] = _value(node, name, typed[name])
    changes = {name: operations.Change(value, base) for name, value in typed.items()}
    saved = operations.save_fields(me(), course, node_id, changes)
    if saved.conflicts or saved.refused:
        draft = operations.open_draft(me(), course)
        node = next(node for node in draft.nodes if node.id == node_id)
        return part_page(course, draft, node, saved, typed), 409 if saved.conflicts else 422
    flash(_("Saved."), "success")
    if kind is NodeKind.COURSE:
        return redirect(url_for("catalog.edit_course", slug=course.slug))
    return redirect(url_for("catalog.edit_part", slug=course.slug, node_id=node_id))


def _typed(kind: NodeKind) -> dict[str, Any]:
    """The fields of a posted form; rows are called ``outcomes.0.en``."""
    rows: dict[str, dict[int, dict[str, str]]] = {}
    values: dict[str, Any] = {}
    for name in request.form:
        if name in ("csrf_token", "revision"):
            continue
        row = re.fullmatch(r"(\w+)\.(\d{1,3})\.(.+)", name)
        part = QUESTION_PART.fullmatch(name)
        if part and kind in (NodeKind.QUIZ, NodeKind.POOL):
            values.setdefault(part[1], {})[part[2]] = request.form[name]
            continue
        if name == "languages":
            values[name] = request.form.getlist(name)
        elif row and row[1] in ROWS.get(kind, {}):
            rows.setdefault(row[1], {}).setdefault(int(row[2]), {})[row[3]] = request.form[name]
        else:
            values[name] = request.form[name].replace("\r\n", "\n")
    for name, found in rows.items():
        kept = [found[number] for number in sorted(found)]
        values[name] = [entry for entry in kept if any(text.strip() for text in entry.values())]
    return values


@bp.post("/teach/courses/<slug>/outline")
@needs(Permission.WRITE_COURSES)
def change_outline(slug: str) -> Any:
    course = my_course(slug)
    operations.open_draft(me(), course)
    try:
        said, target = _step(course)
    except Refused as refusal:
        if from_script():
            return _outline(course, str(refusal.message)), 409
        flash(str(refusal.message), "error")
        return redirect(url_for("catalog.edit_course", slug=slug))
    if from_script():
        answer = _outline(course, said)
        if target is not None:
            answer.headers["X-Go"] = target
        return answer
    flash(said, "success")
    return redirect(target or url_for("catalog.edit_course", slug=slug))


def _outline(course: Course, said: str) -> Response:
    page = render_template(
        "catalog/editor/outline.html", **editor_context(course), said=said, here=_here()
    )
    return Response(page, mimetype="text/html")


def _here() -> uuid.UUID | None:
    return request.form.get("here", type=uuid.UUID)


def _step(course: Course) -> tuple[str, str | None]:
    """One step of the outline: what to announce, and where to go next."""
    node_id = request.form.get("node", type=uuid.UUID)
    module_id = request.form.get("module", type=uuid.UUID)
    action = request.form.get("action", "")
    if action == "add":
        return _add(course, module_id)
    if node_id is None:
        abort(400)
    if action == "move":
        position = request.form.get("position", type=int)
        node = operations.move_part(me(), course, node_id, position or 0, module_id)
        words = _("“%(title)s” is number %(number)s now.")
        return words % {"title": title_of(node), "number": node.position + 1}, None
    if action == "remove":
        node = operations.remove_part(me(), course, node_id)
        where = url_for("catalog.edit_course", slug=course.slug) if _here() == node_id else None
        words = _("“%(title)s” was taken out. It can be put back below the outline.")
        return words % {"title": title_of(node)}, where
    if action == "restore":
        node = operations.restore_part(me(), course, node_id)
        return _("“%(title)s” is back.", title=title_of(node)), None
    abort(400)


def _add(course: Course, module_id: uuid.UUID | None) -> tuple[str, str | None]:
    kinds = {k.value: k for k in ADDED}
    kind = kinds.get(request.form.get("kind", "")) or abort(400)
    node = operations.add_part(me(), course, kind, module_id)
    target = url_for("catalog.edit_part", slug=course.slug, node_id=node.id)
    return _("Added. Write its title first."), target


@bp.post("/teach/courses/<slug>/preview")
@needs(Permission.WRITE_COURSES)
def preview(slug: str) -> Response:
    """A text as students will read it, and the formulas that cannot be read."""
    course = my_course(slug)
    text = request.form.get("text", "")[:MOST_PREVIEWED]

    def address(target: str) -> str:
        name = target.removeprefix("pictures/")
        return url_for("catalog.draft_picture", slug=course.slug, name=name)

    labels = {
        "note": _("Note"), "tip": _("Tip"), "warning": _("Warning"), "answer": _("Answer"),
    }  # fmt: skip
    page = render(text, pictures=address, items=lambda kind, slug: "#", labels=labels)
    broken = [found for found in inspect(text) if isinstance(found, MathProblem)]
    return Response(
        render_template("catalog/editor/preview.html", page=page, broken=broken),
        mimetype="text/html",
    )
