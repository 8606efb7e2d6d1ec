"""imsmanifest.xml of IMS Common Cartridge 1.0 to 1.3, as it is written, not as it should be."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from app.catalog.imports import xml


@dataclass(frozen=True)
class Resource:
    """Something in the package: its kind, its first file and those that belong to it."""

    identifier: str
    kind: str
    """webcontent, link, discussion, quiz, bank, tool, assignment, associated, or as written."""
    path: str
    """Of its own file, from the manifest's folder; empty when it names none."""
    files: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    for_teachers: bool = False
    is_syllabus: bool = False
    variant_of: str = ""


@dataclass(frozen=True)
class Item:
    """A place in the outline: a folder, a resource, or a heading when it is neither."""

    identifier: str
    title: str
    refers: str = ""
    items: tuple["Item", ...] = ()


@dataclass(frozen=True)
class Manifest:
    version: str
    title: str
    description: str
    language: str
    items: tuple[Item, ...]
    """What stands at the top of the outline, without the root that every cartridge has."""
    resources: dict[str, Resource] = field(default_factory=dict)


def read_manifest(data: bytes) -> Manifest:
    """The manifest of a cartridge. Raises xml.BadXml."""
    root = xml.parse(data)
    general = next(xml.within(root, "general"), None)
    organization = xml.child(root, "organizations", "organization")
    resources: dict[str, Resource] = {}
    listed = xml.child(root, "resources")
    for element in xml.children(listed, "resource") if listed is not None else ():
        found = _resource(element)
        resources.setdefault(found.identifier, found)
    return Manifest(
        version=xml.text(xml.child(root, "metadata", "schemaversion"))[:20],
        title=_said(general, "title"),
        description=_said(general, "description"),
        language=xml.text(xml.child(general, "language")),
        items=_top(organization),
        resources=resources,
    )


def _said(general: Element | None, name: str) -> str:
    part = xml.child(general, name)
    said = xml.children(part, "string", "langstring") if part is not None else []
    return xml.text(said[0] if said else part)


def _top(organization: Element | None) -> tuple[Item, ...]:
    if organization is None:
        return ()
    items = tuple(_item(e) for e in xml.children(organization, "item"))
    if len(items) == 1 and not items[0].refers:
        root = items[0]
        # The profile gives the root no title; with a title it is a root when folders stand in it.
        if not root.title or any(item.items for item in root.items):
            return root.items
    return items


def _item(element: Element) -> Item:
    return Item(
        identifier=xml.attribute(element, "identifier"),
        title=xml.text(xml.child(element, "title")),
        refers=xml.attribute(element, "identifierref"),
        items=tuple(_item(child) for child in xml.children(element, "item")),
    )


def _resource(element: Element) -> Resource:
    base = xml.attribute(element, "base")
    files = tuple(
        _path(base + xml.attribute(file, "href")) for file in xml.children(element, "file")
    )
    href = xml.attribute(element, "href")
    variant = xml.child(element, "variant")
    roles = {
        xml.text(xml.child(role, "value")).casefold()
        for role in xml.within(element, "intendedenduserrole")
    }
    return Resource(
        identifier=xml.attribute(element, "identifier"),
        kind=_kind(xml.attribute(element, "type")),
        path=_path(base + href) if href else files[0] if files else "",
        files=files,
        dependencies=tuple(
            xml.attribute(found, "identifierref") for found in xml.children(element, "dependency")
        ),
        for_teachers=bool(roles) and not roles & {"learner", "student"},
        is_syllabus=xml.attribute(element, "intendeduse") == "syllabus",
        variant_of=xml.attribute(variant, "identifierref") if variant is not None else "",
    )


def _kind(written: str) -> str:
    kind = written.lower()
    if kind.startswith("imsqti_xmlv1"):
        return "bank" if kind.endswith("question-bank") else "quiz"
    for start, name in (
        ("webcontent", "webcontent"),
        ("imswl_", "link"),
        ("imsdt_", "discussion"),
        ("imsbasiclti_", "tool"),
        ("assignment_", "assignment"),
        ("associatedcontent/", "associated"),
    ):
        if kind.startswith(start):
            return name
    return written[:80]


def _path(href: str) -> str:
    """A path within the package, without its query; addresses elsewhere stay as they are."""
    href = href.strip()
    if "://" in href:
        return href
    return str(PurePosixPath(unquote(href.partition("?")[0].partition("#")[0]).replace("\\", "/")))
