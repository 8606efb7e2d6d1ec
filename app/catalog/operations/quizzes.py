"""Questions of quizzes and pools in a draft: add, move, copy, take out. Each is a step."""

import uuid
from typing import Any

from app.accounts.models import Person
from app.catalog.models import Course, CourseDraft, DraftNode
from app.catalog.operations.drafts import locked_draft, node_of, touch
from app.catalog.rules import NodeKind
from app.catalog.rules.question_forms import new_question
from app.catalog.rules.quiz_parts import (
    PREFIX,
    number_of,
    placed,
    question_at,
    questions_in,
    sections_of,
    taken_out,
)
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.questions import TYPES

MOST_QUESTIONS, MOST_SECTIONS = 300, 50
Sections = list[dict[str, Any]]


class TooManyQuestions(Refused):
    message = _l("There are at most %(most)s questions in one place.", most=MOST_QUESTIONS)


class QuestionGone(Refused):
    message = _l("Somebody has taken this question out meanwhile.")


@operation
def add_question(
    person: Person, course: Course, node_id: uuid.UUID, kind: str, section: int = 0
) -> str:
    """A new question of KIND at the end of a section of its own questions; answers its name.

    Raises NotVisible, PlaceGone and TooManyQuestions.
    """
    if kind not in TYPES:
        raise NotVisible(kind)
    draft = locked_draft(course)
    node = _asks(draft, node_id)
    name = free_name(draft, kind)
    _put(node, name, new_question(kind, name), section)
    touch(draft, person)
    return name


@operation
def copy_question(person: Person, course: Course, node_id: uuid.UUID, name: str) -> str:
    """The same question again, right after itself; answers its name.

    Raises NotVisible, PlaceGone, QuestionGone and TooManyQuestions.
    """
    draft = locked_draft(course)
    node = _asks(draft, node_id)
    section, at = _where(node, name)
    question = question_at(node.content, name)
    copy = free_name(draft, str(question.get("type") or "question"))
    _put(node, copy, {**question, "id": copy}, section, at + 1)
    touch(draft, person)
    return copy


@operation
def move_question(
    person: Person, course: Course, node_id: uuid.UUID, name: str, position: int, section: int
) -> int:
    """Put a question at POSITION (from 0) of a section; answers where it stands now.

    Raises NotVisible, PlaceGone and QuestionGone.
    """
    draft = locked_draft(course)
    node = _asks(draft, node_id)
    _where(node, name)
    sections = sections_of(node.content)
    if not 0 <= section < len(sections) or "from" in sections[section]:
        raise NotVisible(str(section))
    for there in sections:
        if name in there.get("questions", ()):
            there["questions"].remove(name)
    row = sections[section]["questions"]
    position = max(0, min(position, len(row)))
    row.insert(position, name)
    _keep(node, sections)
    touch(draft, person)
    return position


@operation
def remove_question(person: Person, course: Course, node_id: uuid.UUID, name: str) -> None:
    """Take a question out; ``restore_question`` puts it back.

    Raises NotVisible, PlaceGone and QuestionGone.
    """
    draft = locked_draft(course)
    node = _asks(draft, node_id)
    _where(node, name)
    _take(node, name)
    touch(draft, person)


@operation
def restore_question(person: Person, course: Course, node_id: uuid.UUID, name: str) -> None:
    """Put back a question that was taken out. Raises NotVisible, PlaceGone, TooManyQuestions."""
    draft = locked_draft(course)
    node = _asks(draft, node_id)
    if name not in taken_out(node.content):
        raise NotVisible(name)
    _put(node, name, node.content[PREFIX + name], 0)
    touch(draft, person)


@operation
def bank_question(
    person: Person, course: Course, node_id: uuid.UUID, name: str, pool_id: uuid.UUID
) -> None:
    """Move a question into a pool of the bank, or from there into a quiz.

    Raises NotVisible, PlaceGone, QuestionGone and TooManyQuestions.
    """
    draft = locked_draft(course)
    node, target = _asks(draft, node_id), _asks(draft, pool_id)
    _where(node, name)
    if node is target:
        return
    question = question_at(node.content, name)
    _take(node, name)
    node.content = {k: v for k, v in node.content.items() if k != PREFIX + name}
    _put(target, name, question, 0)
    touch(draft, person)


@operation
def copy_into(
    person: Person, course: Course, node_id: uuid.UUID, name: str, target_id: uuid.UUID
) -> str:
    """The same question under a name of its own in another quiz or pool; answers that name.

    Raises NotVisible, PlaceGone, QuestionGone and TooManyQuestions.
    """
    draft = locked_draft(course)
    node, target = _asks(draft, node_id), _asks(draft, target_id)
    _where(node, name)
    question = question_at(node.content, name)
    copy = free_name(draft, str(question.get("type") or "question"))
    _put(target, copy, {**question, "id": copy}, 0)
    touch(draft, person)
    return copy


@operation
def use_in_quiz(
    person: Person, course: Course, quiz_id: uuid.UUID, pool: str, draw: int | None = 1
) -> None:
    """A section of a quiz that draws DRAW questions of a pool (None: asks all of them).

    Raises NotVisible, PlaceGone and TooManyQuestions.
    """
    draft = locked_draft(course)
    node = _asks(draft, quiz_id)
    there = any(n.kind is NodeKind.POOL and n.content.get("slug") == pool and not n.removed_at
                for n in draft.nodes)  # fmt: skip
    if node.kind is not NodeKind.QUIZ or not there:
        raise NotVisible(pool)
    _keep(node, [*sections_of(node.content), {"from": pool, "draw": draw}])
    touch(draft, person)


@operation
def add_section(person: Person, course: Course, node_id: uuid.UUID) -> int:
    """An empty section of a quiz's own questions at its end; answers its number from 0."""
    draft = locked_draft(course)
    node = _asks(draft, node_id)
    sections = sections_of(node.content)
    _keep(node, [*sections, {"questions": [], "draw": None}])
    touch(draft, person)
    return len(sections)


@operation
def set_draw(person: Person, course: Course, node_id: uuid.UUID, section: int, typed: str) -> None:
    """How many questions a section draws, as typed; empty for all of them. Raises NotVisible."""
    draft = locked_draft(course)
    node = _asks(draft, node_id)
    sections = sections_of(node.content)
    if not 0 <= section < len(sections) or len(typed) > 20 or "\0" in typed:
        raise NotVisible(str(section))
    sections[section]["draw"] = number_of(typed)
    _keep(node, sections)
    touch(draft, person)


@operation
def remove_section(person: Person, course: Course, node_id: uuid.UUID, section: int) -> None:
    """Take a section away; questions of its own can be put back. Raises NotVisible."""
    draft = locked_draft(course)
    node = _asks(draft, node_id)
    sections = sections_of(node.content)
    if not 0 <= section < len(sections):
        raise NotVisible(str(section))
    del sections[section]
    if not any("questions" in there for there in sections):
        sections.append({"questions": [], "draw": None})
    _keep(node, sections)
    touch(draft, person)


def free_name(draft: CourseDraft, kind: str) -> str:
    """A name for a question that no other in the draft has, also not one taken out."""
    asks = (node for node in draft.nodes if node.kind in (NodeKind.QUIZ, NodeKind.POOL))
    taken = {name for node in asks for name in questions_in(node.content)}
    number = 1
    while f"{kind}-{number}" in taken:
        number += 1
    return f"{kind}-{number}"


def _asks(draft: CourseDraft, node_id: uuid.UUID) -> DraftNode:
    node = node_of(draft, node_id)
    if node.kind not in (NodeKind.QUIZ, NodeKind.POOL):
        raise NotVisible(str(node_id))
    return node


def _where(node: DraftNode, name: str) -> tuple[int, int]:
    for number, section in enumerate(sections_of(node.content)):
        if name in section.get("questions", ()):
            return number, section["questions"].index(name)
    raise QuestionGone


def _put(
    node: DraftNode, name: str, question: dict[str, Any], section: int, at: int | None = None
) -> None:
    if len(placed(node.content)) >= MOST_QUESTIONS:
        raise TooManyQuestions
    sections = sections_of(node.content)
    own = [number for number, there in enumerate(sections) if "questions" in there]
    if not own:
        sections.append({"questions": [], "draw": None})
        own = [len(sections) - 1]
    row = sections[section if section in own else own[0]]["questions"]
    row.insert(len(row) if at is None else at, name)
    node.content = {**node.content, PREFIX + name: question}
    _keep(node, sections)


def _take(node: DraftNode, name: str) -> None:
    sections = sections_of(node.content)
    for there in sections:
        if name in there.get("questions", ()):
            there["questions"].remove(name)
    _keep(node, sections)


def _keep(node: DraftNode, sections: Sections) -> None:
    if len(sections) > MOST_SECTIONS:
        raise TooManyQuestions
    node.content = {**node.content, "sections": sections}
