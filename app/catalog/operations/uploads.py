"""Files that editors bring: pictures, files of the outline, notebooks and data of labs."""

import json
import uuid
from pathlib import PurePosixPath

from app import engine
from app.accounts.models import Person
from app.catalog.folder import MAX_FILE_BYTES
from app.catalog.folder.reading import is_file_name
from app.catalog.folder_lessons import PICTURE_NAME
from app.catalog.models import Course, CourseDraft, DraftNode
from app.catalog.operations.drafts import locked_draft, node_of, touch
from app.catalog.operations.outline import module_of, place, slug_from
from app.catalog.rules import NodeKind
from app.catalog.rules.pictures import picture_problem
from app.kernel import blobs
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation


class NotAPicture(Refused):
    message = _l("Pictures are SVG, PNG, JPEG or WebP files, and their content has to match.")


class ActivePicture(Refused):
    message = _l(
        "This drawing carries script or refers to something elsewhere, so it was not taken. Export"
        " it as a plain SVG or as PNG."
    )


class BadName(Refused):
    message = _l("This file's name cannot be used. Give it a plain name and try again.")


class TooLarge(Refused):
    message = _l("A file may have at most %(most)s MB.", most=MAX_FILE_BYTES // 1_000_000)


class EmptyFile(Refused):
    message = _l("This file is empty.")


@operation
def add_picture(person: Person, course: Course, name: str, data: bytes) -> str:
    """Keep a picture for the lessons; answers its name in ``pictures/``.

    Raises NotAPicture, ActivePicture, TooLarge, EmptyFile, NotVisible.
    """
    checked = checked_picture(name, data)
    draft = locked_draft(course)
    address, known = blobs.put(data), dict(draft.pictures)
    stem, _dot, ending = checked.rpartition(".")
    number = 2
    while known.get(checked, address) != address:
        checked, number = f"{stem}-{number}.{ending}", number + 1
    draft.pictures = {**known, checked: address}
    touch(draft, person)
    return checked


@operation
def set_course_picture(person: Person, course: Course, name: str, data: bytes) -> DraftNode:
    """The picture of the course itself. Raises as ``add_picture``."""
    checked = checked_picture(name, data)
    draft = locked_draft(course)
    head = next(node for node in draft.nodes if node.kind is NodeKind.COURSE)
    ending = checked.rpartition(".")[2]
    picture = {"name": f"{course.slug}.{ending}", "blob": blobs.put(data)}
    head.content = {**head.content, "picture": picture}
    touch(draft, person)
    return head


@operation
def place_file(
    person: Person, course: Course, module_id: uuid.UUID, name: str, data: bytes
) -> DraftNode:
    """Put a file into the outline, at the end of a module; a graded notebook becomes a lab.

    Raises BadName, TooLarge, EmptyFile, NotVisible, PlaceGone and TooManyParts.
    """
    _check_file(name, data)
    draft = locked_draft(course)
    module, stem = module_of(draft, module_id), PurePosixPath(name).stem
    content: dict[str, object] = {"title.zh-Hant-TW": stem, "title.en": stem}
    if name.endswith(".ipynb") and _is_graded(data):
        content |= {"minutes": "60", "environment": "scientific"}
        node = place(person, draft, NodeKind.LAB, module, content, slug_from(stem))
        node.content = {**node.content, "notebooks": {slug_from(stem) or "lab": blobs.put(data)}}
        return node
    content |= {"minutes": "10", "name": _free_name(draft, name, data), "blob": blobs.put(data)}
    return place(person, draft, NodeKind.FILE, module, content, slug_from(stem))


@operation
def replace_file(
    person: Person, course: Course, node_id: uuid.UUID, name: str, data: bytes
) -> DraftNode:
    """Another file in the place of the one there. Raises as ``place_file``."""
    _check_file(name, data)
    draft = locked_draft(course)
    node = node_of(draft, node_id)
    if node.kind is not NodeKind.FILE:
        raise NotVisible(str(node_id))
    others = _free_name(draft, name, data, but=node)
    node.content = {**node.content, "name": others, "blob": blobs.put(data)}
    touch(draft, person)
    return node


@operation
def add_to_lab(
    person: Person, course: Course, node_id: uuid.UUID, name: str, data: bytes
) -> list[engine.Problem]:
    """Put a source notebook or a data file (``data/NAME``) into a lab, in place of its namesake.

    Answers what the engine finds wrong with a notebook; it is kept all the same, so that nothing is
    lost, and stands in the way of publishing. Raises as ``place_file``.
    """
    _check_file(name, data)
    draft = locked_draft(course)
    node = node_of(draft, node_id)
    if node.kind is not NodeKind.LAB:
        raise NotVisible(str(node_id))
    if name.endswith(".ipynb"):
        stem = slug_from(PurePosixPath(name).stem) or "lab"
        kept = {**(node.content.get("notebooks") or {}), stem: blobs.put(data)}
        node.content = {**node.content, "notebooks": kept}
        problems = engine.validate_source(data)
    else:
        kept = {**(node.content.get("files") or {}), f"data/{name}": blobs.put(data)}
        node.content = {**node.content, "files": kept}
        problems = []
    touch(draft, person)
    return problems


@operation
def remove_from_lab(person: Person, course: Course, node_id: uuid.UUID, name: str) -> None:
    """Take a notebook (by name with ``.ipynb``) or a data file (by path) out of a lab."""
    draft = locked_draft(course)
    node = node_of(draft, node_id)
    group, key = ("notebooks", name[:-6]) if name.endswith(".ipynb") else ("files", name)
    kept = dict(node.content.get(group) or {})
    if node.kind is not NodeKind.LAB or key not in kept:
        raise NotVisible(name)
    del kept[key]
    node.content = {**node.content, group: kept}
    touch(draft, person)


def checked_picture(name: str, data: bytes) -> str:
    """The name under which a picture can be kept. Raises as ``add_picture``."""
    if not data:
        raise EmptyFile
    if len(data) > MAX_FILE_BYTES:
        raise TooLarge
    stem, _dot, ending = PurePosixPath(name.replace("\\", "/")).name.rpartition(".")
    checked = f"{slug_from(stem) or 'picture'}.{ending.lower()}"
    if not PICTURE_NAME.fullmatch(checked):
        raise NotAPicture
    if picture_problem(checked, data):
        raise ActivePicture if checked.endswith(".svg") else NotAPicture
    return checked


def _check_file(name: str, data: bytes) -> None:
    if not is_file_name(name):
        raise BadName
    if len(data) > MAX_FILE_BYTES:
        raise TooLarge
    if not data:
        raise EmptyFile


def _free_name(draft: CourseDraft, name: str, data: bytes, but: DraftNode | None = None) -> str:
    """NAME, or the next like it that no other file with other content has."""
    address = blobs.put(data)
    taken = {
        node.content["name"]: node.content["blob"]
        for node in draft.nodes
        if node.kind is NodeKind.FILE and node is not but
    }
    path, number, free = PurePosixPath(name), 2, name
    while taken.get(free, address) != address:
        free, number = f"{path.stem} {number}{path.suffix}", number + 1
    return free


def _is_graded(data: bytes) -> bool:
    try:
        cells = json.loads(data)["cells"]
        return any((c.get("metadata") or {}).get("nbgrader", {}).get("grade") for c in cells)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
