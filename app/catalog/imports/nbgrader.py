"""A course folder of nbgrader → labs, with the report of what came over. Nothing in it is run."""

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from app import engine
from app.catalog.folder_specs import FileSpec, ItemSpec, LabSpec, ModuleSpec
from app.catalog.imports.report import Log, Note, Report, note
from app.catalog.imports.schema import Unreadable, upgraded
from app.catalog.imports.shelf import COLLECTED, Brought, Shelf, Taken
from app.catalog.rules.naming import plain_title, slug_from
from app.kernel.i18n import gettext

CONFIG = "nbgrader_config.py"
_PRIVATE = ("submitted", "autograded", "feedback", "downloaded", "exchange")
_SKIPPED = re.compile(r"(^|/)(\.[^/]*|__pycache__|\.ipynb_checkpoints)(/|$)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_TORCH = re.compile(rb"\b(?:import|from)\s+torch\b")
_SCIENCE = re.compile(rb"\b(?:import|from)\s+(?:numpy|pandas|scipy|matplotlib|sklearn|statsmodels)")


def root_of(files: Mapping[str, bytes]) -> str | None:
    """The folder of an nbgrader course in FILES, with its final slash; None when there is none."""
    found = [p.removesuffix(CONFIG) for p in files if PurePosixPath(p).name == CONFIG]
    for path in files:
        parts = path.split("/")
        if len(parts) > 2 and parts[-3] == "source" and path.endswith(".ipynb"):
            found.append("".join(f"{part}/" for part in parts[:-3]))
    return min(found, key=lambda path: (path.count("/"), path), default=None)


def read_nbgrader(
    files: Mapping[str, bytes], language: str, taken: Taken, too_large: Iterable[str] = ()
) -> Brought:
    """What the FILES of an nbgrader course give; titles and texts are said to be in LANGUAGE."""
    root = root_of(files) or ""
    inside = {path[len(root) :]: data for path, data in files.items() if path.startswith(root)}
    large = [path[len(root) :] for path in too_large if path.startswith(root)]
    return _Reading(inside, language, taken, large, PurePosixPath(root).name).done()


class _Reading:
    def __init__(
        self,
        files: Mapping[str, bytes],
        language: str,
        taken: Taken,
        too_large: list[str],
        name: str,
    ) -> None:
        self.files = {path: data for path, data in files.items() if not _SKIPPED.search(path)}
        self.language, self.too_large, self.name = language, too_large, name
        self.log, self.shelf = Log(), Shelf(taken)
        self.config = _config(self.files.get(CONFIG, b""))
        self.source = self.config.get("source_directory", "source").strip("/") or "source"
        self.around: dict[str, list[dict[str, Any]]] = {"header": [], "footer": []}
        self.met: set[str] = set()

    def done(self) -> Brought:
        title = plain_title(self.config.get("course_id", "") or self.name)
        self._configured(title)
        for end in self.around:
            self._read_around(end)
        inside = [path for path in self.files if path.startswith(f"{self.source}/")]
        assignments = sorted({path.split("/")[1] for path in inside if path.count("/") > 1})
        modules = [m for name in assignments if (m := self._assignment(name)) is not None]
        modules += self._lectures()
        self._left_over(set(assignments))
        return Brought(
            report=Report("nbgrader", "", tuple(self.log.elements)),
            title=title,
            description="",
            language="",
            modules=tuple(modules),
        )

    def _configured(self, title: str) -> None:
        said = [] if title else [note("no-title-course")]
        self.log.add(
            "course", title, CONFIG if CONFIG in self.files else self.source, "course", said
        )
        if CONFIG not in self.files:
            return
        self.met.add(CONFIG)
        course = self.config.get("course_id")
        if "broken" in self.config:
            said = [note("nb-config-broken")]
        else:
            said = [note("nb-config-course", course=course) if course else note("nb-config")]
        self.log.left("settings", CONFIG, CONFIG, *said)

    def _read_around(self, end: str) -> None:
        """The notebook whose cells nbgrader puts before (or after) those of every other."""
        path = self.config.get(end, "").lstrip("/") or f"{self.source}/{end}.ipynb"
        configured = end in self.config
        name = PurePosixPath(path).name
        if path not in self.files:
            return
        self.met.add(path)
        if not configured:
            self.log.left("notebook", name, path, note("nb-header-unused"))
            return
        try:
            self.around[end] = upgraded(self.files[path]).document["cells"]
        except Unreadable as error:
            self.log.left("notebook", name, path, note(error.code))
            return
        self.log.add("notebook", name, path, "lab", [note("nb-header-used")])

    def _assignment(self, name: str) -> ModuleSpec | None:
        folder = f"{self.source}/{name}/"
        title = plain_title(name.replace("_", " "))
        mine = {p[len(folder) :]: d for p, d in self.files.items() if p.startswith(folder)}
        self.met |= {folder + path for path in mine}
        if not any(path.endswith(".ipynb") for path in mine):
            self.log.left("lab", title, folder, note("nb-empty"))
            return None
        module = self.shelf.slug("module", "module", name)
        self.log.add("module", title, folder, f"module:{module}")
        notebooks: dict[str, bytes] = {}
        files: dict[str, bytes] = {}
        pages: list[FileSpec] = []
        slug = self.shelf.slug("lab", "lab", name)
        for path, data in sorted(mine.items()):
            where = folder + path
            if not path.endswith(".ipynb") or "/" in path:
                files[path] = data
                self.log.add("file", PurePosixPath(path).name, where, f"lab:{slug}")
            else:
                self._notebook(path, where, data, slug, notebooks, pages)
        items: list[ItemSpec] = []
        if notebooks:
            text = b"".join(notebooks.values())
            items.append(
                LabSpec(
                    slug=slug, title={self.language: title}, summary={}, minutes=60,
                    environment=_environment(text), notebooks=notebooks, files=files,
                )
            )  # fmt: skip
            self.log.add("lab", title, folder, f"lab:{slug}", [note("nb-summary")])
        else:
            # Without a graded notebook there is no lab: what lay beside it is placed like pages.
            self.log.elements = [e for e in self.log.elements if e.became != f"lab:{slug}"]
            pages += [self._as_file(PurePosixPath(p).name, folder + p, d) for p, d in files.items()]
        return ModuleSpec(module, {self.language: title}, (*items, *pages))

    def _notebook(
        self, path: str, where: str, data: bytes, slug: str,
        notebooks: dict[str, bytes], pages: list[FileSpec],
    ) -> None:  # fmt: skip
        try:
            found = upgraded(data)
        except Unreadable as error:
            pages.append(self._as_file(path, where, data, note(error.code), note("nb-kept")))
            return
        said = list(found.notes)
        if not found.is_graded:
            said.append(note("nb-as-page"))
            pages.append(self._as_file(path, where, found.written(), *said))
            return
        if any(self.around.values()):
            found.surround(self.around["header"], self.around["footer"])
            said.append(note("nb-header", name="header/footer"))
        if not found.has_solution:
            said.append(note("nb-no-solutions"))
        name = path.removesuffix(".ipynb")
        if not _NAME.fullmatch(name):
            said.append(note("nb-renamed", name=path))
            name = slug_from(name) or "notebook"
        while name in notebooks:
            name += "-2"
        notebooks[name] = found.written()
        for problem in engine.validate_source(notebooks[name]):
            words = gettext(problem.message, **problem.params)
            said.append(
                note("nb-problem", problem=words)
                if problem.cell_index is None
                else note("nb-problem-cell", cell=problem.cell_index + 1, problem=words)
            )
        self.log.add("notebook", found.title or path, where, f"lab:{slug}/{name}", said)

    def _as_file(self, path: str, where: str, data: bytes, *said: Note) -> FileSpec:
        title = plain_title(PurePosixPath(path).stem.replace("_", " "), "file")
        name = self.shelf.file(path, data)
        slug = self.shelf.slug("reading", "file", PurePosixPath(path).stem)
        what = "notebook" if path.endswith(".ipynb") else "file"
        self.log.add(what, PurePosixPath(path).name, where, f"file:{slug}", said)
        return FileSpec(slug, {self.language: title}, 10, name, data)

    def _lectures(self) -> list[ModuleSpec]:
        """Notebooks beside the assignments in which nothing is graded: pages of their own."""
        pages = []
        for path in sorted(set(self.files) - self.met):
            if not path.endswith(".ipynb") or path.split("/")[0] in (*_PRIVATE, "release"):
                continue
            try:
                found = upgraded(self.files[path])
            except Unreadable as error:
                self.log.left("notebook", PurePosixPath(path).name, path, note(error.code))
            else:
                if found.is_graded:
                    continue
                name = PurePosixPath(path).name
                said = [*found.notes, note("nb-as-page"), note("collected")]
                pages.append(self._as_file(name, path, found.written(), *said))
            self.met.add(path)
        if not pages:
            return []
        title = COLLECTED[self.language]
        slug = self.shelf.slug("module", "module", title)
        self.log.add("module", title, "", f"module:{slug}")
        return [ModuleSpec(slug, {self.language: title}, tuple(pages))]

    def _left_over(self, assignments: set[str]) -> None:
        rest = sorted(set(self.files) - self.met)
        people: dict[str, int] = {}
        for path in rest:
            top = path.split("/")[0]
            if top in _PRIVATE:
                people[top] = people.get(top, 0) + 1
            elif path.endswith(".db"):
                self.log.left("people", path, path, note("nb-people", count=1))
            elif top == "release":
                name = path.split("/")[1] if path.count("/") > 1 else ""
                if name not in assignments and path.endswith(".ipynb"):
                    self.log.left(
                        "notebook", PurePosixPath(path).name, path, note("nb-release-only")
                    )
            else:
                what = "notebook" if path.endswith(".ipynb") else "file"
                self.log.left(what, PurePosixPath(path).name, path, note("nb-outside"))
        released = [p for p in rest if p.startswith("release/") and p.split("/")[1] in assignments]
        if released:
            self.log.left("other", "release", "release/", note("nb-release", count=len(released)))
        for top, count in people.items():
            self.log.left("people", top, f"{top}/", note("nb-people", count=count))
        for path in self.too_large:
            self.log.left("file", PurePosixPath(path).name, path, note("too-large", most=20))


def _config(source: bytes) -> dict[str, str]:
    """Texts that a configuration assigns to ``c.Something.name``, read without running it."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {"broken": "1"}
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and isinstance(node.value.value, str):
                    found[target.attr] = node.value.value[:500]
    return found


def _environment(notebooks: bytes) -> str:
    if _TORCH.search(notebooks):
        return "deep-learning"
    return "scientific" if _SCIENCE.search(notebooks) else "standard"
