"""Quizzes and the question bank in the editor."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.catalog import operations
from app.catalog.models import Course, CourseDraft, DraftNode
from app.catalog.operations import quizzes as steps
from app.catalog.policies import Permission
from app.catalog.rules import NodeKind
from app.catalog.rules.quiz_parts import (
    pool_of,
    question_at,
    sections_of,
)
from app.catalog.views.blueprint import bp, editor_context, from_script, my_course, title_of
from app.catalog.views.quiz_pages import Pool, Written, pools_of
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import LOCALES, current_locale
from app.kernel.i18n import gettext as _
from app.questions import (
    TYPES,
    check_question,
    draw_question,
    normal,
    shown,
    solution,
)
from app.web.doors import needs


@bp.post("/teach/courses/<slug>/parts/<uuid:node_id>/questions")
@needs(Permission.WRITE_COURSES)
def change_questions(slug: str, node_id: uuid.UUID) -> Response:
    """One step with the questions of a quiz or a pool, from a button of its page."""
    course = my_course(slug)
    operations.open_draft(me(), course)
    sent = {key: values[0] for key, values in parse_qs(request.form.get("step", "")).items()}
    anchor = ""
    try:
        anchor = _step(course, node_id, sent)
    except Refused as refusal:
        flash(str(refusal.message), "error")
    address = url_for("catalog.edit_part", slug=slug, node_id=node_id)
    if anchor.startswith("q-"):
        address = url_for("catalog.edit_part", slug=slug, node_id=node_id, open=anchor[2:])
    return redirect(f"{address}#{anchor}" if anchor else address)


def _step(course: Course, node_id: uuid.UUID, sent: Mapping[str, str]) -> str:
    """Do what a button says; answers where on the page to go on."""
    action, name = sent.get("action", ""), sent.get("name", "")
    section = _whole(sent.get("section", "0"))
    here = (me(), course, node_id)
    if action == "add":
        kind = request.form.get(f"kind-{section}", "")
        return "q-" + steps.add_question(*here, kind, section)
    if action == "copy":
        return "q-" + steps.copy_question(*here, name)
    if action == "move":
        steps.move_question(*here, name, _whole(sent.get("position", "0")), section)
        return f"q-{name}"
    if action == "show":
        return f"q-{name}"  # the page comes back with what is saved
    if action == "remove":
        steps.remove_question(*here, name)
        flash(_("The question was taken out. It can be put back below."), "success")
        return "questions-taken-out"
    if action == "restore":
        steps.restore_question(*here, name)
        return f"q-{name}"
    if action == "bank":
        steps.bank_question(*here, name, _uuid(sent.get("pool", "")))
        flash(_("The question stands in the question bank now."), "success")
        return ""
    if action == "section":
        return f"section-{steps.add_section(*here)}"
    if action == "remove-section":
        steps.remove_section(*here, section)
        return ""
    if action == "draw":
        steps.set_draw(*here, section, request.form.get(f"draw-{section}", ""))
        return f"section-{section}"
    if action == "use":
        steps.use_in_quiz(*here, request.form.get("pool", ""))
        return ""
    abort(400)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotVisible(text[:40]) from None


@bp.get("/teach/courses/<slug>/parts/<uuid:node_id>/questions/<name>")
@needs(Permission.WRITE_COURSES)
def preview_question(slug: str, node_id: uuid.UUID, name: str) -> str:
    """A question as students will get it, in one of its variants, with what is right."""
    course = my_course(slug)
    draft = operations.open_draft(me(), course)
    node = next((n for n in draft.nodes if n.id == node_id and n.removed_at is None), None)
    if node is None or f"questions.{name}" not in node.content:
        raise NotVisible(name)
    language = request.args.get("language", "")
    language = language if language in LOCALES else current_locale()
    seed = request.args.get("seed", 1, type=int)
    question = normal(question_at(node.content, name))
    context: dict[str, Any] = {"problems": check_question(question)}
    if not context["problems"]:
        drawn = draw_question(question, f"preview-{seed}")
        context |= {"shown": shown(drawn, language), "solution": solution(drawn, language)}
    page = "catalog/editor/question_drawn.html"
    if not from_script():
        page = "catalog/editor/question_page.html"
        context |= {**editor_context(course, draft), "heading": title_of(node) or _("Untitled")}
    return render_template(
        page, **{**context, "course": course, "node": node},
        name=name, seed=seed, language=language,
    )  # fmt: skip


@bp.get("/teach/courses/<slug>/questions")
@needs(Permission.WRITE_COURSES)
def bank(slug: str) -> str:
    course = my_course(slug)
    context = editor_context(course)
    draft: CourseDraft = context["draft"]
    words = request.args.get("q", "").strip().casefold()[:200]
    kind = request.args.get("type", "")
    quizzes = _quizzes_of(draft)
    return render_template(
        "catalog/editor/bank.html",
        **context,
        heading=_("Question bank"),
        bank_pools=[
            _filled(pool, draft, context["wanted"], words, kind, quizzes)
            for pool in pools_of(draft)
        ],
        quizzes=[{"id": q.id, "title": title_of(q) or q.content["slug"]} for q in quizzes],
        kinds=tuple(TYPES.values()),
        wanted_words=request.args.get("q", ""),
        wanted_kind=kind,
    )


def _filled(
    pool: Pool, draft: CourseDraft, wanted: Iterable[str], words: str, kind: str,
    quizzes: list[DraftNode],
) -> Pool:  # fmt: skip
    node = next(n for n in draft.nodes if n.id == pool.id)
    found = []
    for question in pool_of("", {}, node.content).questions:
        said = str(question).casefold()
        if (kind and question.get("type") != kind) or words not in said:
            continue
        problems = tuple(check_question(question, tuple(wanted)))
        found.append(Written(str(question["id"]), question, problems))
    used_in = [
        title_of(quiz) or str(quiz.content.get("slug"))
        for quiz in quizzes
        if any(section.get("from") == pool.slug for section in sections_of(quiz.content))
    ]
    return Pool(pool.id, pool.slug, pool.title, pool.count, found, used_in)


def _quizzes_of(draft: CourseDraft) -> list[DraftNode]:
    nodes = (n for n in draft.nodes if n.kind is NodeKind.QUIZ and n.removed_at is None)
    return sorted(nodes, key=title_of)


@bp.post("/teach/courses/<slug>/questions")
@needs(Permission.WRITE_COURSES)
def change_bank(slug: str) -> Response:
    """Begin a pool, or use what stands in one."""
    course = my_course(slug)
    operations.open_draft(me(), course)
    action = request.form.get("action", "")
    if action == "pool":
        titles = {
            "zh-Hant-TW": request.form.get("title_zh", "").strip()[:300],
            "en": request.form.get("title_en", "").strip()[:300],
        }
        made = operations.add_part(me(), course, NodeKind.POOL, titles=titles)
        return redirect(url_for("catalog.edit_part", slug=slug, node_id=made.id))
    quiz_id = request.form.get("quiz", type=uuid.UUID) or abort(400)
    target = url_for("catalog.edit_part", slug=slug, node_id=quiz_id)
    try:
        if action == "use":
            steps.use_in_quiz(me(), course, quiz_id, request.form.get("pool", ""))
            flash(_("The quiz draws from this pool now. Say how many questions."), "success")
        elif action == "copy":
            node_id = request.form.get("node", type=uuid.UUID) or abort(400)
            name = steps.copy_into(me(), course, node_id, request.form.get("name", ""), quiz_id)
            flash(_("The question was copied into this quiz."), "success")
            target = url_for("catalog.edit_part", slug=slug, node_id=quiz_id, open=name)
            target += f"#q-{name}"
        else:
            abort(400)
    except Refused as refusal:
        flash(str(refusal.message), "error")
        target = url_for("catalog.bank", slug=slug)
    return redirect(target)
