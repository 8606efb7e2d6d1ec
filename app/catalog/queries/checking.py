"""What still stands between a draft and its publication: the reader of folders says it."""

import hashlib
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app import engine
from app.catalog.folder import FolderError, read_course
from app.catalog.folder_specs import CourseSpec
from app.catalog.models import CourseDraft, DraftNode
from app.catalog.rules import NodeKind
from app.catalog.rules.drafting import Part, course_of_parts, parts_of
from app.catalog.rules.writing import course_files
from app.kernel import blobs
from app.kernel.i18n import LazyText

__all__ = [
    "Checked", "DraftProblem", "LabSources", "check_draft", "course_of_draft", "lab_sources",
    "laid_out", "read_files",
]  # fmt: skip


@dataclass(frozen=True)
class DraftProblem:
    """Something to put right before publishing, and in which part of the draft."""

    node_id: uuid.UUID
    message: str
    """In English, as the reader of folders says it; ``rules.problems`` says it in words."""
    place: str = ""
    """The file and line, for texts; the question, for quizzes."""
    words: LazyText | None = None
    """The message in the reader's language, when the rules that refused have one."""


@dataclass(frozen=True)
class Checked:
    """A draft as the reader of folders sees it: a course when there is no problem."""

    course: CourseSpec | None
    problems: tuple[DraftProblem, ...]


def course_of_draft(draft: CourseDraft) -> CourseSpec:
    """What DRAFT says, complete or not."""
    return course_of_parts(draft.course.slug, _tree(draft), draft.pictures, blobs.get)


def laid_out(course: CourseSpec) -> CourseSpec:
    """COURSE as it would be after passing through the editor untouched."""
    blobs_of: dict[str, bytes] = {}

    def keep(data: bytes) -> str:
        address = hashlib.sha256(data).hexdigest()
        blobs_of[address] = data
        return address

    head, pictures = parts_of(course, keep)
    return course_of_parts(course.slug, head, pictures, blobs_of.__getitem__)


def check_draft(draft: CourseDraft) -> Checked:
    """Read DRAFT as if it were a folder: the same rules for files and for the editor."""
    written = course_of_draft(draft)
    files = course_files(written)
    course, errors = read_files(draft.course.slug, files)
    problems = tuple(_problem(draft, written, files, error) for error in errors)
    return Checked(None if problems else course, problems)


def read_files(
    slug: str, files: dict[str, bytes]
) -> tuple[CourseSpec | None, tuple[FolderError, ...]]:
    """What the files of one course say; the errors name them relative to its folder."""
    with tempfile.TemporaryDirectory(prefix="banyan-course-") as folder:
        root = Path(folder) / slug
        root.mkdir()
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        reading = read_course(root)
        errors = tuple(
            FolderError(error.file.relative_to(root), error.line, error.message, error.words)
            for error in reading.errors
        )
    return reading.course, errors


def _tree(draft: CourseDraft) -> Part:
    nodes = [node for node in draft.nodes if node.removed_at is None]
    nodes.sort(key=lambda node: (node.position, node.id))
    parts = {node.id: Part(node.kind, node.content) for node in nodes}
    head = next(parts[node.id] for node in nodes if node.kind is NodeKind.COURSE)
    for node in nodes:
        if node.kind in (NodeKind.MODULE, NodeKind.POOL):
            head.children.append(parts[node.id])
        elif node.parent_id in parts:
            parts[node.parent_id].children.append(parts[node.id])
    return head


def _problem(
    draft: CourseDraft, written: CourseSpec, files: dict[str, bytes], error: FolderError
) -> DraftProblem:
    node, place = _place(draft, written, files, error)
    return DraftProblem(node.id, error.message, place, error.words)


def _place(
    draft: CourseDraft, written: CourseSpec, files: dict[str, bytes], error: FolderError
) -> tuple[DraftNode, str]:
    nodes = [node for node in draft.nodes if node.removed_at is None]
    head = next(node for node in nodes if node.kind is NodeKind.COURSE)
    by_slug = {(node.kind, str(node.content.get("slug"))): node for node in nodes}
    parts = error.file.parts
    if parts[0] == "lessons" and error.file.suffix == ".md":
        slug, code = error.file.name.split(".")[:2]
        # The editor shows the text without its front matter of four lines and the empty one.
        line = max(error.line - 5, 1)
        return by_slug.get((NodeKind.LESSON, slug), head), f"{code}:{line}"
    if parts[0] == "labs" and len(parts) > 1:
        return by_slug.get((NodeKind.LAB, parts[1]), head), "/".join(parts[2:])
    if parts[0] in ("quizzes", "questions") and error.file.suffix == ".yaml":
        kind = NodeKind.QUIZ if parts[0] == "quizzes" else NodeKind.POOL
        return by_slug.get((kind, error.file.stem), head), _question(written, error)
    if error.file.name == "course.yaml":
        return _node_at(files["course.yaml"], error.line, by_slug, head), ""
    return head, str(error.file)


def _question(written: CourseSpec, error: FolderError) -> str:
    """The name of the question that an error of a quiz or a pool is about; "" for the whole."""
    slug, path = error.file.stem, error.message.partition(":")[0].split(".")
    found: Any
    if error.file.parts[0] == "quizzes":
        found = next(quiz.document for quiz in written.quizzes if quiz.slug == slug)
    else:
        found = {"questions": next(p.questions for p in written.pools if p.slug == slug)}
    try:
        while path and not (isinstance(found, Mapping) and "id" in found):
            key = path.pop(0)
            found = found[int(key) if key.isdigit() else key]
    except (LookupError, TypeError):
        return ""
    return str(found["id"]) if isinstance(found, Mapping) and "id" in found else ""


def _node_at(
    text: bytes, line: int, by_slug: dict[tuple[NodeKind, str], DraftNode], head: DraftNode
) -> DraftNode:
    """The module or item whose entry in course.yaml LINE belongs to."""
    found = head
    root = yaml.compose(text.decode(), Loader=yaml.SafeLoader)
    top = {key.value: value for key, value in root.value} if root is not None else {}
    for module in getattr(top.get("modules"), "value", ()) or ():
        if module.start_mark.line + 1 > line:
            break
        keys = {key.value: value for key, value in module.value}
        found = by_slug.get((NodeKind.MODULE, keys["slug"].value), found)
        for item in getattr(keys.get("items"), "value", ()) or ():
            if item.start_mark.line + 1 > line:
                break
            kind, slug = item.value[0][0].value, item.value[0][1].value
            found = by_slug.get((NodeKind(kind), slug), found)
    return found


@dataclass(frozen=True)
class LabSources:
    """What a lab of a draft holds, as its editors see it."""

    notebooks: tuple[tuple[str, tuple[engine.Problem, ...]], ...]
    """Names with what the engine finds wrong, by cell."""
    files: tuple[str, ...]
    graded: tuple[engine.CellSpec, ...]
    """The cells with points; only when nothing is wrong."""

    @property
    def points(self) -> float:
        return sum(cell.points for cell in self.graded)


def lab_sources(node: DraftNode) -> LabSources:
    """The notebooks and files of a lab's node, checked by the engine."""
    sources = {
        name: blobs.get(blob)
        for name, blob in sorted((node.content.get("notebooks") or {}).items())
    }
    checked = tuple((name, tuple(engine.validate_source(data))) for name, data in sources.items())
    graded: tuple[engine.CellSpec, ...] = ()
    if sources and not any(problems for _name, problems in checked):
        made = engine.make_release(
            [engine.NotebookSource(name, data) for name, data in sources.items()]
        )
        graded = made.cells
    return LabSources(checked, tuple(sorted(node.content.get("files") or {})), graded)
