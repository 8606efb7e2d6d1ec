"""Writing a draft: fields one by one, and the outline. Nobody overwrites anybody silently."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.catalog import queries
from app.catalog.models import Course, CourseDraft, DraftNode
from app.catalog.operations import finding
from app.catalog.rules import NodeKind
from app.catalog.rules.drafting import Part, parts_of
from app.catalog.rules.fields import problem_of
from app.kernel import audit, blobs, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation


class SourceMissing(Refused):
    message = _l(
        "This course was published before sources were kept. Ask an operator to load its folder"
        " once more, or import it here."
    )


class PlaceGone(Refused):
    message = _l("Somebody has taken this part out of the outline meanwhile.")


@dataclass(frozen=True)
class Change:
    """A field as an editor wants it, and the revision that she had before her."""

    value: Any
    base: int


@dataclass(frozen=True)
class Conflict:
    """Somebody else changed the field since: nothing of it was saved."""

    name: str
    theirs: Any
    mine: Any
    by: str
    at: str


@dataclass
class Saved:
    """What became of a save. ``others`` holds fields that somebody else changed meanwhile."""

    revision: int
    saved: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    refused: dict[str, LazyText] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)


@operation
def open_draft(person: Person, course: Course) -> CourseDraft:
    """The draft of COURSE, begun from its newest version unless it is there.

    Raises SourceMissing.
    """
    db.session.scalars(select(Course.id).where(Course.id == course.id).with_for_update()).one()
    there = queries.draft_of(course.id)
    if there is not None:
        return there
    versions = queries.versions_of(course.id)
    spec = queries.source_of(versions[0]) if versions else None
    if spec is None:
        raise SourceMissing
    head, pictures = parts_of(spec, blobs.put)
    return begin_draft(person, course, head, pictures, base_version_id=versions[0].id)


def begin_draft(
    person: Person,
    course: Course,
    head: Part,
    pictures: Mapping[str, str],
    base_version_id: uuid.UUID | None,
) -> CourseDraft:
    """Lay a course that was taken apart into the draft of COURSE, in place of what it holds."""
    draft = queries.draft_of(course.id)
    if draft is None:
        draft = CourseDraft(course_id=course.id)
        db.session.add(draft)
    else:
        draft.nodes.clear()
        draft.revision += 1
        db.session.flush()
    draft.base_version_id, draft.pictures = base_version_id, dict(pictures)
    draft.updated_at, draft.updated_by_id = clock.now(), person.id
    finding.draft_changed(course.id)
    draft.nodes.append(DraftNode(kind=head.kind, content=head.content))
    for place, module in enumerate(head.children):
        node = DraftNode(kind=module.kind, content=module.content, position=place)
        draft.nodes.append(node)
        db.session.flush()
        for number, item in enumerate(module.children):
            draft.nodes.append(
                DraftNode(kind=item.kind, content=item.content, position=number, parent_id=node.id)
            )
    db.session.flush()
    return draft


@operation
def begin_anew(person: Person, course: Course) -> CourseDraft:
    """Throw the draft away and begin one from the newest version. Raises SourceMissing."""
    locked_draft(course)
    versions = queries.versions_of(course.id)
    spec = queries.source_of(versions[0]) if versions else None
    if spec is None:
        raise SourceMissing
    audit.record(person.id, "course.draft_discarded", "course", course.id)
    head, pictures = parts_of(spec, blobs.put)
    return begin_draft(person, course, head, pictures, base_version_id=versions[0].id)


@operation
def save_fields(
    person: Person, course: Course, node_id: uuid.UUID, changes: Mapping[str, Change]
) -> Saved:
    """Save the fields that nobody has changed since their ``base``; tell about the others.

    A second tab of the same person is somebody else: it would lose as much.

    Raises NotVisible when the draft has no such part, fields.NotAField for a name it never had.
    """
    draft = locked_draft(course)
    node = node_of(draft, node_id)
    result = Saved(draft.revision)
    accepted: dict[str, Any] = {}
    for name, change in changes.items():
        stamp, now = node.stamps.get(name), node.content.get(name)
        problem = problem_of(node.kind, name, change.value) or (
            _slug_problem(draft, node, change.value) if name == "slug" else None
        )
        if problem is not None:
            result.refused[name] = problem
        elif change.value == now:
            result.saved.append(name)
        elif stamp and stamp[0] > change.base:
            result.conflicts.append(Conflict(name, now, change.value, stamp[1], stamp[2]))
        else:
            accepted[name] = change.value
    oldest = min((change.base for change in changes.values()), default=draft.revision)
    result.others = {
        name: node.content.get(name)
        for name, last in node.stamps.items()
        if last[0] > oldest and name not in changes
    }
    if accepted:
        touch(draft, person)
        mine = [draft.revision, person.handle, clock.now().isoformat(timespec="seconds")]
        node.content = {**node.content, **accepted}
        node.stamps = {**node.stamps, **dict.fromkeys(accepted, mine)}
        result.revision = draft.revision
        result.saved += accepted
    return result


def locked_draft(course: Course) -> CourseDraft:
    """The draft, locked until the transaction ends. Raises NotVisible."""
    draft_id = db.session.scalar(
        select(CourseDraft.id).where(CourseDraft.course_id == course.id).with_for_update()
    )
    if draft_id is None:
        raise NotVisible(course.slug)
    db.session.expire_all()
    draft = queries.draft_of(course.id)
    assert draft is not None
    return draft


def node_of(draft: CourseDraft, node_id: uuid.UUID) -> DraftNode:
    """A part of the draft. Raises NotVisible, or PlaceGone when it was taken out."""
    node = next((node for node in draft.nodes if node.id == node_id), None)
    if node is None:
        raise NotVisible(str(node_id))
    if node.removed_at is not None:
        raise PlaceGone
    return node


def touch(draft: CourseDraft, person: Person) -> None:
    """Count a change of the draft."""
    draft.revision += 1
    draft.updated_at, draft.updated_by_id = clock.now(), person.id
    finding.draft_changed(draft.course_id)


def taken_slugs(draft: CourseDraft, kind: NodeKind) -> dict[str, uuid.UUID]:
    """The addresses in use where one of KIND would stand: modules, labs, what is read."""
    group = _group(kind)
    return {
        str(node.content.get("slug")): node.id
        for node in draft.nodes
        if _group(node.kind) == group and node.removed_at is None
    }


def _group(kind: NodeKind) -> str:
    return "reading" if kind in (NodeKind.LESSON, NodeKind.FILE, NodeKind.LINK) else kind.value


def _slug_problem(draft: CourseDraft, node: DraftNode, slug: str) -> LazyText | None:
    if taken_slugs(draft, node.kind).get(slug, node.id) != node.id:
        return _l("Another part of this course has this address.")
    return None
