"""What the pages of a quiz, a pool and the bank show of questions."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

from app.catalog.models import Course, CourseDraft, DraftNode
from app.catalog.rules import NodeKind
from app.catalog.rules.question_forms import lines_of_options
from app.catalog.rules.quiz_parts import (
    pool_of,
    question_at,
    quiz_of,
    sections_of,
    taken_out,
)
from app.catalog.views.blueprint import title_of
from app.kernel.i18n import LOCALES, current_locale
from app.kernel.i18n import gettext as _
from app.questions import (
    BLANKS,
    KEEP,
    MARKING,
    SHOW,
    TYPES,
    Problem,
    QuestionType,
    check,
    check_question,
    resolve,
    total,
)

__all__ = ["Pool", "Quiz", "ShownSection", "Written", "pools_of"]

UNKNOWN = QuestionType("", TYPES["essay"].title)
MOST_SHOWN = 90


@dataclass(frozen=True)
class Written:
    """A question in the editor: its fields, and what is still wrong with it."""

    name: str
    question: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    number: int = 0
    section: int = 0
    position: int = 0
    is_last: bool = True
    open: bool = False

    @property
    def kind(self) -> QuestionType:
        return TYPES.get(str(self.question.get("type")), UNKNOWN)

    @property
    def title(self) -> str:
        """The beginning of its text, in the reader's language or in what there is."""
        text = self.question.get("text")
        texts = text if isinstance(text, Mapping) else {}
        for code in (current_locale(), *LOCALES):
            words = " ".join(str(texts.get(code) or "").split())
            if words:
                return words if len(words) <= MOST_SHOWN else words[: MOST_SHOWN - 1] + "…"
        return ""

    @property
    def said(self) -> dict[str, Any]:
        """Problems by the path of their field; those of a part of a field stand at the field."""
        said: dict[str, Any] = {}
        for problem in self.problems:
            path = problem.path
            for most in ("accepted", "tolerance", "endings"):
                before, found, _after = path.partition(f"{most}.")
                path = f"{before}{most}" if found else path
            said.setdefault("tolerance.value" if path == "tolerance" else path, problem.message)
        return said

    def rows(self, name: str, spare: int) -> list[Any]:
        """The rows of a list with empty ones to type into; variables get their names."""
        found = self.question.get(name)
        if name == "variables" and isinstance(found, Mapping):
            rows: list[Any] = [
                {"name": key, **(value if isinstance(value, Mapping) else {})}
                for key, value in found.items()
            ]
        else:
            rows = [row for row in found or [] if isinstance(row, Mapping)]
        return rows + [{} for _spare in range(spare)]

    def lines(self, blank: Mapping[str, Any]) -> dict[str, str]:
        options = blank.get("options")
        rows = options if isinstance(options, list) else []
        return {code: lines_of_options(rows, code) for code in LOCALES}

    def tolerance(self, fields: Mapping[str, Any]) -> tuple[str, Any]:
        found = fields.get("tolerance")
        found = found if isinstance(found, Mapping) else {}
        if "relative" not in found:
            return "absolute", found.get("absolute")
        share = found["relative"]
        if isinstance(share, int | float):
            return "relative", f"{share * 100:.10g}"
        return "relative", share

    blank_kinds = tuple(BLANKS.items())
    markings = tuple(MARKING.items())


@dataclass(frozen=True)
class Pool:
    """A pool of the bank as quizzes and its page list it; ID is None when there is none."""

    id: uuid.UUID | None
    slug: str
    title: str
    count: int
    questions: list[Written] = field(default_factory=list)
    used_in: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ShownSection:
    number: int
    draw: Any
    questions: list[Written]
    pool: Pool | None
    problems: list[Problem]


class Quiz:
    """What the page of a quiz or a pool shows beside its fields."""

    kinds = tuple(TYPES.values())
    keep = KEEP
    show = SHOW

    def __init__(
        self,
        course: Course,
        draft: CourseDraft,
        node: DraftNode,
        content: Mapping[str, Any],
        wanted: Iterable[str],
    ) -> None:
        self._course, self._node, self._content = course, node, content
        self.wanted = tuple(wanted)
        self.pools = pools_of(draft)
        self.other_pools = [pool for pool in self.pools if pool.id != node.id]
        self.orders = {"false": _("As written"), "true": _("Another one each time")}
        found = self._problems(draft)
        self.sections = self._sections(found)
        self.own_sections = [s.number for s in self.sections if s.pool is None]
        self.count = sum(s.pool.count if s.pool else len(s.questions) for s in self.sections)
        self.removed = [Written(name, question_at(content, name)) for name in taken_out(content)]
        self.points = self._points(draft)

    def _problems(self, draft: CourseDraft) -> list[Problem]:
        if self._node.kind is not NodeKind.QUIZ:
            return []
        quiz = quiz_of("", {}, 1, self._content)
        return check(quiz.document, self.wanted, questions_of(draft))

    def _points(self, draft: CourseDraft) -> float | None:
        if self._node.kind is not NodeKind.QUIZ:
            return None
        quiz = quiz_of("", {}, 1, self._content)
        pools = questions_of(draft)
        if check(quiz.document, None, pools):
            return None
        return float(total(resolve(quiz.document, pools)))

    def _sections(self, found: list[Problem]) -> list[ShownSection]:
        made: list[ShownSection] = []
        count = checked = 0
        asked = request.args.get("open", "")
        by_slug = {pool.slug: pool for pool in self.pools}
        for number, section in enumerate(sections_of(self._content)):
            names = section.get("questions", [])
            here: list[Problem] = []
            if names or "from" in section:
                # An empty section is no section of the document that was checked.
                paths = {f"sections.{checked}.draw", f"sections.{checked}.from"}
                here = [problem for problem in found if problem.path in paths]
                checked += 1
            questions = []
            for position, name in enumerate(names):
                count += 1
                question = question_at(self._content, name)
                problems = tuple(check_question(question, self.wanted))
                questions.append(
                    Written(
                        name,
                        question,
                        problems,
                        count,
                        number,
                        position,
                        position == len(names) - 1,
                        name == asked,
                    )
                )
            pool = None
            if "from" in section:
                slug = str(section["from"])
                pool = by_slug.get(slug, Pool(None, slug, slug, 0))
                count += pool.count
            made.append(ShownSection(number, section.get("draw"), questions, pool, here))
        return made

    def preview(self, name: str, seed: int) -> str:
        return url_for("catalog.preview_question", slug=self._course.slug,
                       node_id=self._node.id, name=name, seed=seed)  # fmt: skip


def pools_of(draft: CourseDraft) -> list[Pool]:
    """The pools of a draft by title, without their questions."""
    nodes = (n for n in draft.nodes if n.kind is NodeKind.POOL and n.removed_at is None)
    pools = [
        Pool(
            node.id,
            str(node.content.get("slug")),
            title_of(node) or str(node.content.get("slug")),
            sum(len(section.get("questions", ())) for section in sections_of(node.content)),
        )
        for node in nodes
    ]
    return sorted(pools, key=lambda pool: pool.title)


def questions_of(draft: CourseDraft) -> dict[str, tuple[Mapping[str, Any], ...]]:
    return {
        str(node.content.get("slug")): pool_of("", {}, node.content).questions
        for node in draft.nodes
        if node.kind is NodeKind.POOL and node.removed_at is None
    }
