"""A quiz tried out by those who write it: drawn as for a student, marked, and nothing is kept."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import render_template, request

from app import questions
from app.accounts.session import me
from app.catalog import operations
from app.catalog.models import CourseDraft, DraftNode
from app.catalog.policies import Permission
from app.catalog.rules import NodeKind
from app.catalog.rules.quiz_parts import quiz_of
from app.catalog.views.blueprint import bp, editor_context, my_course, title_of
from app.catalog.views.quiz_pages import questions_of
from app.kernel.errors import NotVisible
from app.kernel.i18n import LOCALES, current_locale
from app.kernel.i18n import gettext as _
from app.kernel.localized import LocalizedText
from app.web.doors import needs

MOST_SEEDS = 1_000_000


@dataclass(frozen=True)
class Tried:
    """One question as it was drawn, and what was answered."""

    number: int
    shown: questions.Shown
    prefix: str
    response: Any = None
    fault: str = ""
    marking: questions.Marking | None = None
    solution: questions.Solution | None = None


@bp.route("/teach/courses/<slug>/parts/<uuid:node_id>/try", methods=["GET", "POST"])
@needs(Permission.WRITE_COURSES)
def try_quiz(slug: str, node_id: uuid.UUID) -> str:
    """The whole quiz as one attempt would be; answers sent to it are marked and thrown away.

    ``?seed=N`` draws another one, ``?language=`` is that of the questions.
    """
    course = my_course(slug)
    draft = operations.open_draft(me(), course)
    node = _quiz_in(draft, node_id)
    document = quiz_of("", {}, 1, node.content).document
    pools = questions_of(draft)
    problems = questions.check(document, None, pools)
    seed = min(max(request.args.get("seed", 1, type=int), 1), MOST_SEEDS)
    language = request.args.get("language", "")
    language = language if language in LOCALES else current_locale()
    tried = [] if problems else _tried(questions.resolve(document, pools), seed, language)
    known = [t.marking.points for t in tried if t.marking and t.marking.points is not None]
    instructions = LocalizedText(document.get("instructions") or {})
    spoken = instructions.language(language)
    return render_template(
        "catalog/editor/try_quiz.html",
        **editor_context(course, draft),
        node=node,
        heading=title_of(node) or _("Untitled"),
        problems=problems,
        parts=tried,
        instructions=(questions.html_of(instructions.in_language(spoken), spoken), spoken),
        seed=seed,
        language=language,
        is_marked=request.method == "POST" and not problems,
        score=sum(known, Decimal(0)),
        worth=sum(t.shown.points for t in tried),
        left_count=sum(1 for t in tried if t.marking and t.marking.points is None),
    )


def _quiz_in(draft: CourseDraft, node_id: uuid.UUID) -> DraftNode:
    for node in draft.nodes:
        if node.id == node_id and node.removed_at is None and node.kind is NodeKind.QUIZ:
            return node
    raise NotVisible(node_id)


def _tried(quiz: Any, seed: int, language: str) -> list[Tried]:
    found = []
    for number, drawn in enumerate(questions.draw(quiz, f"preview-{seed}"), 1):
        prefix = f"q-{drawn['id']}"
        shown = questions.shown(drawn, language)
        if request.method != "POST":
            found.append(Tried(number, shown, prefix))
            continue
        response, fault = None, ""
        try:
            response = questions.read_form(drawn, prefix, request.form)
        except questions.BadResponse as error:
            fault = str(error.message)
        found.append(
            Tried(
                number, shown, prefix, response, fault,
                questions.mark(drawn, response), questions.solution(drawn, language),
            )
        )  # fmt: skip
    return found
