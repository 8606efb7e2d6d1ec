"""The outline of a draft: add, move, take out, put back. Each is a step, so none overwrites."""

import uuid
from collections.abc import Mapping
from typing import Any

from app.accounts.models import Person
from app.catalog.models import Course, CourseDraft, DraftNode
from app.catalog.operations.drafts import locked_draft, node_of, taken_slugs, touch
from app.catalog.rules import NodeKind
from app.catalog.rules.naming import free_name, slug_from
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

MOST_PARTS = 500
ON_TOP = (NodeKind.COURSE, NodeKind.MODULE, NodeKind.POOL)
"""Kinds that stand in no module."""


class TooManyParts(Refused):
    message = _l("A course has at most %(most)s parts.", most=MOST_PARTS)


class ModuleNotEmpty(Refused):
    message = _l("Move or take out what stands in this module first.")


@operation
def add_part(
    person: Person,
    course: Course,
    kind: NodeKind,
    module_id: uuid.UUID | None = None,
    *,
    titles: dict[str, str] | None = None,
) -> DraftNode:
    """A new module or question pool, or a new item at the end of the module MODULE_ID.

    Raises NotVisible, PlaceGone and TooManyParts.
    """
    draft = locked_draft(course)
    content: dict[str, Any] = {
        f"title.{code}": text for code, text in (titles or {}).items() if text.strip()
    }
    if kind is NodeKind.LESSON:
        content["minutes"] = "20"
    elif kind is NodeKind.LAB:
        content |= {"minutes": "60", "environment": "scientific"}
    elif kind is NodeKind.LINK:
        content["minutes"] = "10"
    elif kind is NodeKind.QUIZ:
        content |= {"minutes": "15", "keep": "best", "show": "after-attempt", "shuffle": "false"}
    if kind in (NodeKind.QUIZ, NodeKind.POOL):
        content["sections"] = [{"questions": [], "draw": None}]
    parent = None if kind in ON_TOP else module_of(draft, module_id)
    wanted = slug_from((titles or {}).get("en", ""))
    return place(person, draft, kind, parent, content, wanted)


def place(
    person: Person,
    draft: CourseDraft,
    kind: NodeKind,
    parent: DraftNode | None,
    content: Mapping[str, object],
    wanted_slug: str = "",
) -> DraftNode:
    """Append a part to the outline under an address that is free."""
    if len(draft.nodes) >= MOST_PARTS:
        raise TooManyParts
    siblings = standing(draft, parent.id if parent else None)
    node = DraftNode(
        kind=kind,
        parent_id=parent.id if parent else None,
        position=_after(siblings),
        content={**content, "slug": free_slug(draft, kind, wanted_slug)},
    )
    draft.nodes.append(node)
    touch(draft, person)
    db.session.flush()
    return node


@operation
def move_part(
    person: Person,
    course: Course,
    node_id: uuid.UUID,
    position: int,
    module_id: uuid.UUID | None = None,
) -> DraftNode:
    """Put a module, or an item of MODULE_ID, at POSITION (from 0) among those that stand there.

    Raises NotVisible and PlaceGone.
    """
    draft = locked_draft(course)
    node = node_of(draft, node_id)
    if node.kind in (NodeKind.COURSE, NodeKind.POOL):
        raise NotVisible(str(node_id))
    old = node.parent_id
    if node.kind is not NodeKind.MODULE:
        node.parent_id = module_of(draft, module_id or node.parent_id).id
    row = [sibling for sibling in standing(draft, node.parent_id) if sibling is not node]
    row.insert(max(0, min(position, len(row))), node)
    for place_now, sibling in enumerate(row):
        sibling.position = place_now
    if old != node.parent_id:
        for place_now, sibling in enumerate(standing(draft, old)):
            sibling.position = place_now
    touch(draft, person)
    return node


@operation
def remove_part(person: Person, course: Course, node_id: uuid.UUID) -> DraftNode:
    """Take a part out of the outline; ``restore_part`` puts it back.

    Raises NotVisible, PlaceGone and ModuleNotEmpty.
    """
    draft = locked_draft(course)
    node = node_of(draft, node_id)
    if node.kind is NodeKind.COURSE:
        raise NotVisible(str(node_id))
    if node.kind is NodeKind.MODULE and standing(draft, node.id):
        raise ModuleNotEmpty
    node.removed_at = clock.now()
    touch(draft, person)
    return node


@operation
def restore_part(person: Person, course: Course, node_id: uuid.UUID) -> DraftNode:
    """Put back what was taken out, at the end of its module or of the first one there is."""
    draft = locked_draft(course)
    node = next((n for n in draft.nodes if n.id == node_id and n.removed_at is not None), None)
    if node is None:
        raise NotVisible(str(node_id))
    if node.kind not in ON_TOP:
        modules = standing(draft, None)
        home = next((m for m in modules if m.id == node.parent_id), modules[0] if modules else None)
        if home is None:
            raise NotVisible(str(node_id))
        node.parent_id = home.id
    slug = str(node.content.get("slug"))
    node.content = {**node.content, "slug": free_slug(draft, node.kind, slug)}
    node.position = _after(standing(draft, node.parent_id))
    node.removed_at = None
    touch(draft, person)
    return node


def standing(draft: CourseDraft, parent_id: uuid.UUID | None) -> list[DraftNode]:
    """The modules (no parent) or the items of a module, in order."""
    kinds = {NodeKind.MODULE} if parent_id is None else set(NodeKind) - set(ON_TOP)
    row = (
        node
        for node in draft.nodes
        if node.parent_id == parent_id and node.kind in kinds and node.removed_at is None
    )
    return sorted(row, key=lambda node: (node.position, node.id))


def _after(row: list[DraftNode]) -> int:
    # What was taken out has left gaps, so the number of parts is not the next position.
    return row[-1].position + 1 if row else 0


def free_slug(draft: CourseDraft, kind: NodeKind, wanted: str) -> str:
    """WANTED, or the next like it that no other part of its kind has."""
    return free_name(wanted, kind.value, taken_slugs(draft, kind))


def module_of(draft: CourseDraft, module_id: uuid.UUID | None) -> DraftNode:
    if module_id is None:
        raise NotVisible("module")
    node = node_of(draft, module_id)
    if node.kind is not NodeKind.MODULE:
        raise NotVisible(str(module_id))
    return node
