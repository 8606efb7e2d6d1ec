"""Where everything of a cartridge is to stand: its outline as modules of one level."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from app.catalog.imports.manifest import Item, Manifest, Resource
from app.catalog.imports.package import (
    Package,
    is_style,
    kind_of_file,
    looks_like_picture,
    on_the_web,
)
from app.catalog.imports.report import Log, Note, note
from app.catalog.imports.shelf import COLLECTED
from app.catalog.rules.naming import plain_title

LOOSE = {"en": "General", "zh-Hant-TW": "一般"}


@dataclass
class Place:
    """A resource where it is to stand."""

    resource: Resource
    kind: str
    title: str
    slug: str = ""
    notes: list[Note] = field(default_factory=list)


@dataclass
class Module:
    title: str
    place: str
    notes: list[Note] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)


class Outline:
    """Places the items of a manifest, then what no item names; what cannot be placed is logged."""

    def __init__(
        self, package: Package, manifest: Manifest, language: str, log: Log, too_large: set[str]
    ) -> None:
        self.package, self.manifest, self.language, self.log = package, manifest, language, log
        self.too_large = too_large
        """Paths in small letters."""
        self.modules: list[Module] = []
        self.placed: dict[str, Place] = {}
        self.banks: list[Place] = []
        """Question banks: they stand beside the modules."""
        self.loose: Module | None = None
        # Where there is no outline at all, nothing was left out of it.
        title = plain_title(manifest.title) if not manifest.items else ""
        self.collected = Module(title or COLLECTED[language], package.manifest)
        for item in manifest.items:
            self._top(item)
        for resource in manifest.resources.values():
            self._unplaced(resource)
        if self.collected.places:
            self.modules.append(self.collected)

    def _top(self, item: Item) -> None:
        if item.items:
            self._folder(item, "")
        elif item.refers:
            if self.loose is None:
                self.loose = Module(LOOSE[self.language], item.identifier, [note("loose")])
                self.modules.append(self.loose)
            self._refer(item, self.loose)
        elif item.title:
            # A module in which nothing stands yet.
            self.modules.append(Module(plain_title(item.title), item.identifier))

    def _folder(self, item: Item, above: str) -> None:
        own = plain_title(item.title, item.identifier)
        title = plain_title(f"{above}: {own}") if above else own
        folded = [note("folded", title=own)] if above else []
        module = Module(title, item.identifier, folded)
        if item.refers:
            self._refer(item, module)
        inner = [below for below in item.items if below.items]
        self.modules.append(module)
        for below in item.items:
            if below in inner:
                continue
            if below.refers:
                self._refer(below, module)
            else:
                self.log.left("heading", below.title, below.identifier, note("heading-out"))
        if not module.places and inner:
            self.modules.remove(module)
        for below in inner:
            self._folder(below, title)

    def _refer(self, item: Item, module: Module) -> None:
        title = plain_title(item.title)
        resource = self.manifest.resources.get(item.refers)
        if resource is None:
            self.log.left("other", title, item.refers, note("gone"))
        elif resource.identifier in self.placed:
            self.placed[resource.identifier].notes.append(note("twice"))
        else:
            self._put(resource, title, module)

    def _unplaced(self, resource: Resource) -> None:
        if resource.identifier in self.placed or resource.variant_of:
            return
        kind = self._kind(resource)
        if kind in ("settings", "assignment") and resource.kind == "associated":
            for path in resource.files or (resource.path,):
                self._settings(path)
            return
        if resource.kind == "associated" and kind in ("quiz", "bank") and self._is_part(resource):
            return
        path = resource.path
        if resource.kind == "webcontent" and (looks_like_picture(path) or is_style(path)):
            return
        said = [note("collected")] if self.manifest.items else []
        self._put(resource, "", self.collected, *said)

    def _put(self, resource: Resource, title: str, module: Module, *notes: Note) -> None:
        kind = self._kind(resource)
        place = Place(resource, kind, title, notes=list(notes))
        self.placed[resource.identifier] = place
        if resource.for_teachers:
            self.log.left(kind, title or resource.path, resource.path, note("teachers-only"))
        elif kind == "tool":
            self.log.left("tool", title or resource.identifier, resource.path, note("tool-out"))
        elif kind == "other":
            later = "qti" in resource.kind
            said = note("qti-later" if later else "kind-unknown", kind=resource.kind)
            self.log.left("other", title or resource.path, resource.path, said)
        elif kind == "link" and on_the_web(resource.path):
            module.places.append(place)
        elif self.package.find(resource.path) is None:
            self._missing(kind, title, resource)
        elif kind == "bank":
            place.notes.clear()
            self.banks.append(place)
        else:
            module.places.append(place)

    def _missing(self, kind: str, title: str, resource: Resource) -> None:
        path = resource.path
        if path.casefold() in self.too_large:
            said = note("too-large", most=20)
        elif path.startswith(("..", "/")) or "://" in path:
            said = note("outside")
        else:
            said = note("gone")
        self.log.left(kind, title or path or resource.identifier, path, said)

    def _kind(self, resource: Resource) -> str:
        path = resource.path.lower()
        if resource.kind == "webcontent":
            return "link" if on_the_web(path) else kind_of_file(path)
        if resource.kind == "associated":
            if path.endswith("assessment_meta.xml"):
                return "quiz"
            if path.endswith(".qti"):
                data = self.package.files.get(self.package.find(resource.path) or "", b"")
                return "bank" if b"<objectbank" in data else "quiz"
            if kind_of_file(path) == "page":
                return "page" if resource.is_syllabus else "assignment"
            return "settings"
        known = ("link", "discussion", "tool", "assignment", "quiz", "bank")
        return resource.kind if resource.kind in known else "other"

    def _is_part(self, resource: Resource) -> bool:
        """Whether a quiz that is there already is made of this resource, too."""
        if any(resource.identifier in r.dependencies for r in self.manifest.resources.values()):
            return True
        return PurePosixPath(resource.path).name.partition(".")[0] in self.manifest.resources

    def _settings(self, path: str) -> None:
        found = self.package.find(path)
        if found is not None and not found.endswith((".qti", "assessment_meta.xml")):
            self.log.left("settings", PurePosixPath(path).name, path, note("settings-out"))
