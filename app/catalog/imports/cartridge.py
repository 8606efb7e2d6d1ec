"""IMS Common Cartridge → modules of a course, with the report of what came over."""

import html as entities
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from app.catalog.folder_specs import FileSpec, ItemSpec, LinkSpec, ModuleSpec, PoolSpec, QuizSpec
from app.catalog.imports import xml
from app.catalog.imports.html import TooDeep
from app.catalog.imports.manifest import Manifest, Resource, read_manifest
from app.catalog.imports.outline import Module, Outline, Place
from app.catalog.imports.package import (
    Package,
    decoded,
    is_style,
    kind_of_file,
    looks_like_picture,
    on_the_web,
)
from app.catalog.imports.pages import Pages
from app.catalog.imports.questions import Write
from app.catalog.imports.quizzes import Source, read_pool, read_quiz
from app.catalog.imports.report import Log, Note, Report, note
from app.catalog.imports.shelf import COLLECTED, Brought, Shelf, Taken
from app.catalog.rules.naming import plain_title

_SETTINGS = re.compile(r"(^|/)course_settings/|(^|/)(assessment_meta|assignment_settings)\.xml$")
_HEAD_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,1000})</title>", re.I)
_UNPUBLISHED = re.compile(
    r"<meta\s+name=.workflow_state.\s+content=.(?:unpublished|deleted)", re.I
)  # fmt: skip


def read_cartridge(
    files: Mapping[str, bytes], language: str, taken: Taken, too_large: Iterable[str] = ()
) -> Brought:
    """What a cartridge's FILES give, all in LANGUAGE.

    TOO_LARGE are the paths of files that were not unpacked. Raises xml.BadXml when the manifest
    itself cannot be read; whatever else is wrong is in the report.
    """
    package = Package(files)
    written = package.files.get(package.manifest)
    manifest = read_manifest(written) if written is not None else _made_up(package)
    return _Reading(package, manifest, language, taken, too_large).done()


def is_assessment(path: str, data: bytes) -> bool:
    """Whether a file is questions of QTI by itself, as some programs write them."""
    return path.lower().endswith((".xml", ".qti")) and b"<questestinterop" in data[:3000]


def _made_up(package: Package) -> Manifest:
    """A manifest for a package of assessments that has none."""
    found = (path for path, data in sorted(package.files.items()) if is_assessment(path, data))
    resources = {path: Resource(path, "quiz", path, (path,)) for path in found}
    return Manifest("", "", "", "", (), resources)


class _Reading:
    def __init__(
        self,
        package: Package,
        manifest: Manifest,
        language: str,
        taken: Taken,
        too_large: Iterable[str],
    ) -> None:
        self.package, self.manifest, self.language = package, manifest, language
        cut = len(package.folder)
        self.too_large = {path[cut:].casefold(): path[cut:] for path in too_large}
        self.log, self.shelf = Log(), Shelf(taken)
        self.consumed: set[str] = set()
        """Paths that were read together with something else."""
        self.pages = Pages(package, self.shelf, language, manifest)

    def done(self) -> Brought:
        title = plain_title(self.manifest.title)
        said = [] if title else [note("no-title-course")]
        self.log.add("course", title, self.package.manifest, "course", said)
        outline = Outline(self.package, self.manifest, self.language, self.log, set(self.too_large))
        places = [place for module in outline.modules for place in module.places]
        for place in [*places, *outline.banks]:
            self._name(place)
        modules = [self._module(module) for module in outline.modules]
        modules += self._extra(modules, bool(outline.collected.places))
        pools = [pool for place in outline.banks if (pool := self._pool(place)) is not None]
        self._left_over()
        description = self.manifest.description
        return Brought(
            report=Report("cartridge", self.manifest.version, tuple(self.log.elements)),
            title=title,
            description=self.pages.fragment(description, "").markdown if description else "",
            language=self.manifest.language,
            modules=tuple(modules),
            pools=tuple(pools),
        )

    def _name(self, place: Place) -> None:
        """Choose the address before any page is written: pages lead to each other."""
        path = self.package.find(place.resource.path) or place.resource.path
        wanted = self._title(place, path)
        if not wanted:
            wanted = plain_title(PurePosixPath(path).stem, "item")
            place.notes.append(note("untitled"))
        place.title = wanted
        stem = PurePosixPath(path).stem if place.kind in ("page", "file") else ""
        fallback = {"page": "lesson", "discussion": "lesson", "assignment": "lesson"}
        group = {"quiz": "quiz", "bank": "pool"}.get(place.kind, "reading")
        word = fallback.get(place.kind, place.kind)
        place.slug = self.shelf.slug(group, word, wanted, stem)
        form = {"file": "file", "link": "link", "quiz": "quiz", "bank": "pool"}
        target = f"{form.get(place.kind, 'lesson')}:{place.slug}"
        self.pages.targets[place.resource.identifier] = target
        self.pages.at[path] = target

    def _title(self, place: Place, path: str) -> str:
        if place.title:
            return place.title
        data = self.package.files.get(path, b"")
        if place.kind == "page":
            found = _HEAD_TITLE.search(decoded(data[:5000]) or "")
            return plain_title(entities.unescape(found[1])) if found else ""
        if path.lower().endswith(".xml"):
            try:
                root = xml.parse(data)
            except xml.BadXml:
                return ""
            inner = next(xml.within(root, "assessment", "objectbank"), None)
            written = xml.attribute(inner, "title") if inner is not None else ""
            return plain_title(written or xml.text(xml.child(root, "title")))
        return plain_title(PurePosixPath(path).name) if place.kind == "file" else ""

    def _module(self, module: Module) -> ModuleSpec:
        slug = self.shelf.slug("module", "module", module.title)
        self.log.add("module", module.title, module.place, f"module:{slug}", module.notes)
        items = [made for place in module.places if (made := self._item(place)) is not None]
        return ModuleSpec(slug, {self.language: module.title}, tuple(items))

    def _item(self, place: Place) -> ItemSpec | None:
        path = self.package.find(place.resource.path) or place.resource.path
        try:
            made, said = self._made(place, path)
        except xml.BadXml as error:
            made, said = None, [Note(error.code, error.values)]
        except (TooDeep, RecursionError):
            made, said = None, [note("too-deep")]
        if made is None:
            self.log.left(place.kind, place.title, path, *said)
            return None
        target = self.pages.targets[place.resource.identifier]
        self.log.add(place.kind, place.title, path, target, [*place.notes, *said])
        return made

    def _made(self, place: Place, path: str) -> tuple[ItemSpec | None, list[Note]]:
        data = self.package.files.get(path, b"")
        if place.kind == "page":
            return self._page(place, path, data)
        if place.kind == "file":
            return self._file(place, path, data)
        if place.kind == "link":
            return self._link(place, path, data)
        if place.kind == "quiz":
            return self._quiz(place, path, data)
        return self._told(place, path, data)

    def _page(self, place: Place, path: str, data: bytes) -> tuple[ItemSpec | None, list[Note]]:
        text = decoded(data)
        if text is None:
            return None, [note("not-html")]
        made, said = self.pages.lesson(place.slug, place.title, text, path)
        if _UNPUBLISHED.search(text[:5000]):
            said = [note("unpublished"), *said]
        return made, said

    def _file(self, place: Place, path: str, data: bytes) -> tuple[ItemSpec | None, list[Note]]:
        if not data:
            return None, [note("empty")]
        name = self.shelf.file(path, data)
        return FileSpec(place.slug, {self.language: place.title}, 10, name, data), []

    def _link(self, place: Place, path: str, data: bytes) -> tuple[ItemSpec | None, list[Note]]:
        address = path
        if not on_the_web(path):
            url = next(xml.within(xml.parse(data), "url"), None)
            address = xml.attribute(url, "href") if url is not None else ""
        target = on_the_web(address)
        if target is None:
            return None, [note("link-bad", target=address)]
        return LinkSpec(place.slug, {self.language: place.title}, 10, target), []

    def _told(self, place: Place, path: str, data: bytes) -> tuple[ItemSpec | None, list[Note]]:
        """A discussion or an assignment: its text as a lesson."""
        if kind_of_file(path) == "page":
            made, said = self._page(place, path, data)
        else:
            root = xml.parse(data)
            text = xml.child(root, "text")
            written = xml.inner(text)
            if text is not None and xml.attribute(text, "texttype") == "text/plain":
                written = entities.escape(written).replace("\n", "<br>")
            for attached in xml.within(root, "attachment"):
                href = entities.escape(xml.attribute(attached, "href"))
                name = entities.escape(PurePosixPath(xml.attribute(attached, "href")).name)
                written += f'<p><a href="{href}">{name}</a></p>'
            made, said = self.pages.lesson(place.slug, place.title, written, path)
        code = f"{place.kind}-text"
        if made is None and place.kind == "assignment":
            return None, [note("assignment-out")]
        return made, [note(code), *said]

    def _quiz(self, place: Place, path: str, data: bytes) -> tuple[ItemSpec | None, list[Note]]:
        resource = place.resource
        folder = PurePosixPath(path).parent
        own = self._whole_quiz(resource, folder)
        meta_path = self.package.find(f"{folder}/assessment_meta.xml")
        self.consumed |= {p for p in (own, meta_path, path) if p}
        root = xml.parse(self.package.files[own] if own else data)
        meta = xml.parse(self.package.files[meta_path]) if meta_path else None
        source = Source(own or path, self.language, self._fragment_of(path), self._bank)
        document, said = read_quiz(root, meta, source, self.log)
        if document is None:
            return None, said
        minutes = document["minutes"] or max(
            5, 2 * sum(len(s["questions"]) for s in document["sections"])
        )
        title = {self.language: place.title}
        return QuizSpec(place.slug, title, min(minutes, 600), document), said

    def _pool(self, place: Place) -> PoolSpec | None:
        path = self.package.find(place.resource.path) or place.resource.path
        source = Source(path, self.language, self._fragment_of(path), self._bank)
        try:
            made = read_pool(xml.parse(self.package.files[path]), source, self.log)
        except xml.BadXml as error:
            self.log.left("bank", place.title, path, Note(error.code, error.values))
            return None
        if not made:
            self.log.left("bank", place.title, path, note("quiz-empty"))
            return None
        self.log.add("bank", place.title, path, f"pool:{place.slug}", place.notes)
        return PoolSpec(place.slug, {self.language: place.title}, tuple(made))

    def _whole_quiz(self, resource: Resource, folder: PurePosixPath) -> str | None:
        """Canvas writes its quizzes twice: for the profile, and whole. The whole one is read."""
        names = [resource.identifier]
        if folder.name:
            names.append(folder.name)
        tries = [f"non_cc_assessments/{n}{end}" for n in names for end in (".xml.qti", ".xml")]
        if resource.path.lower().endswith("assessment_meta.xml"):
            tries.append(f"{folder}/assessment_qti.xml")
        return next((found for path in tries if (found := self.package.find(path))), None)

    def _fragment_of(self, path: str) -> Write:
        return lambda written: self.pages.fragment(written, path)

    def _bank(self, name: str) -> Element | None:
        path = self.package.find(f"non_cc_assessments/{name}.xml.qti")
        return xml.parse(self.package.files[path]) if path is not None else None

    # What nobody placed

    def _extra(self, modules: list[ModuleSpec], is_collected: bool) -> list[ModuleSpec]:
        """A module with the files that pages lead to and that have no place of their own."""
        extra = self.pages.extra
        if not extra:
            return []
        items = []
        for path, (slug, data) in extra.items():
            title = plain_title(PurePosixPath(path).name)
            name = self.shelf.file(path, data)
            items.append(FileSpec(slug, {self.language: title}, 10, name, data))
            self.log.add("file", title, path, f"file:{slug}", [note("collected")])
        if is_collected:
            last = modules.pop()
            return [ModuleSpec(last.slug, last.title, (*last.items, *items))]
        title = COLLECTED[self.language]
        slug = self.shelf.slug("module", "module", title)
        self.log.add("module", title, self.package.manifest, f"module:{slug}")
        return [ModuleSpec(slug, {self.language: title}, tuple(items))]

    def _left_over(self) -> None:
        """Say of every file that was not met what became of it."""
        for path, name in sorted(self.pages.used.items()):
            if path not in self.pages.at:
                self.log.add("picture", PurePosixPath(path).name, path, f"pictures/{name}")
        met = {element.place for element in self.log.elements} | self.consumed
        met |= {self.package.manifest, *self.pages.at}
        for resource in self.manifest.resources.values():
            if resource.variant_of:
                # The same text once more, for systems that know nothing better.
                met |= {found for f in resource.files if (found := self.package.find(f))}
        for path in sorted(set(self.package.files) - met):
            what, code = "file", "unlisted"
            if looks_like_picture(path):
                what, code = "picture", "unused-picture"
            elif _SETTINGS.search(path):
                what, code = "settings", "settings-out"
            elif is_style(path):
                what, code = "settings", "styles-out"
            self.log.left(what, PurePosixPath(path).name, path, note(code))
        for path in self.too_large.values():
            if path not in met:
                self.log.left("file", PurePosixPath(path).name, path, note("too-large", most=20))
