"""What all pages of the catalogue share."""

from typing import Any

from flask import Blueprint, Response, request
from flask_login import current_user

from app.accounts.session import me
from app.catalog import operations, queries
from app.catalog.models import Course, CourseDraft, DraftNode
from app.catalog.operations.outline import standing
from app.catalog.rules import NodeKind
from app.catalog.rules.drafting import missing_languages
from app.kernel.i18n import LOCALES, current_locale

bp = Blueprint("catalog", __name__, template_folder="../templates")

PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def my_course(slug: str) -> Course:
    """The course, for somebody who may write it. Raises NotVisible."""
    return queries.course_edited_by(current_user, slug)


def from_script() -> bool:
    """Whether the editor's script asks, and not a form by itself."""
    return request.headers.get("X-Requested-With") == "editor"


def editor_context(course: Course, draft: CourseDraft | None = None) -> dict[str, Any]:
    """What every page of a course's editor shows: the outline with what is missing where."""
    draft = draft or operations.open_draft(me(), course)
    head = next(node for node in draft.nodes if node.kind is NodeKind.COURSE)
    wanted = [code for code in LOCALES if code in (head.content.get("languages") or LOCALES)]
    modules = standing(draft, None)
    rows = {module.id: standing(draft, module.id) for module in modules}
    return {
        "course": course,
        "draft": draft,
        "head": head,
        "wanted": wanted,
        "modules": modules,
        "rows": rows,
        "removed": [node for node in draft.nodes if node.removed_at is not None],
        "missing": {
            node.id: missing_languages(node.kind, node.content, wanted)
            for node in [head, *modules, *(item for row in rows.values() for item in row)]
        },
        "title_of": title_of,
        "course_title": title_of(head) or course.slug,
    }


def title_of(node: DraftNode) -> str:
    """A part's title in the reader's language or in what there is; empty when it has none."""
    first = current_locale()
    for code in (first, *(code for code in LOCALES if code != first)):
        text = str(node.content.get(f"title.{code}") or "").strip()
        if text:
            return text
    return ""


def picture_answer(data: bytes, content_type: str) -> Response:
    """A picture that, opened by itself, runs nothing and reads nothing."""
    response = Response(data, mimetype=content_type)
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response
