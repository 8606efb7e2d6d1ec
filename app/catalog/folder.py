"""Reads a `courses/` folder: clusters, courses, modules, lessons and labs as files.

    courses/CLUSTER/cluster.yaml
    courses/CLUSTER/COURSE/course.yaml
    courses/CLUSTER/COURSE/lessons/SLUG.zh-Hant-TW.md, SLUG.en.md, pictures/
    courses/CLUSTER/COURSE/labs/SLUG/lab.yaml, source/NOTEBOOK.ipynb, source/data files

Pure reading: no database, no web. Every error is collected with its file and line; what could not
be read is left out of the result, so load it only when `errors` is empty. See docs/authoring.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app.catalog.folder_lessons import PICTURE_NAME, check_markdown, check_picture, read_lesson
from app.catalog.folder_notebooks import check_notebook
from app.catalog.folder_specs import (
    LANGUAGES,
    ClusterSpec,
    CourseSpec,
    DataSpec,
    FolderError,
    LabSpec,
    LessonSpec,
    LocalText,
    ModuleSpec,
    PictureSpec,
    SkillSpec,
    digest,
)
from app.catalog.folder_yaml import SLUG, Problems, Section, read_yaml, suggestion

__all__ = [
    "ENVIRONMENTS", "INDUSTRIES", "LANGUAGES", "LEVELS", "ClusterSpec", "CourseSpec", "DataSpec",
    "FolderError", "LabSpec", "LessonSpec", "LocalText", "ModuleSpec", "PictureSpec", "Reading",
    "SkillSpec", "digest", "read_courses",
]  # fmt: skip

INDUSTRIES = (
    "smart-business-services",
    "health-care",
    "information-communications",
    "smart-manufacturing",
    "agriculture",
)
LEVELS = ("introductory", "intermediate", "advanced")
ENVIRONMENTS = ("standard", "scientific", "deep-learning")
LIMITS = {  # name: lowest and highest value an author may set
    "cell_seconds": (1, 600),
    "total_seconds": (5, 3600),
    "memory_mb": (128, 16384),
    "processes": (4, 512),
    "disk_mb": (1, 4096),
    "output_bytes": (1000, 20_000_000),
}
MAX_FILE_BYTES = 20_000_000


@dataclass(frozen=True)
class Reading:
    """What a folder holds and what is wrong with it, sorted by file and line."""

    clusters: tuple[ClusterSpec, ...]
    errors: tuple[FolderError, ...]


@dataclass(frozen=True)
class _Place:
    """A folder being read, and where its errors go."""

    folder: Path
    problems: Problems

    def within(self, *names: str) -> _Place:
        return _Place(self.folder.joinpath(*names), self.problems)

    def load(self, name: str) -> Section | None:
        """The top mapping of a YAML file in this folder."""
        file = self.folder / name
        data = self.read(name)
        if data is None:
            return None
        try:
            return read_yaml(data.decode("utf-8"), file, self.problems)
        except UnicodeDecodeError:
            self.problems.add(file, 1, "not UTF-8 text")
            return None

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, refusing links out of the folder and what is too large."""
        file = self.folder / name
        if file.is_symlink():
            self.problems.add(file, 1, "symbolic links are not followed; put the file itself here")
        elif not file.is_file():
            self.problems.add(file, 1, "file is missing")
        elif file.stat().st_size > MAX_FILE_BYTES:
            self.problems.add(file, 1, f"larger than {MAX_FILE_BYTES // 1_000_000} MB")
        else:
            return file.read_bytes()
        return None

    def folders(self) -> Iterator[str]:
        """Names of the folders in here, sorted; names that are no slugs are errors."""
        for path in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            if not path.is_dir() or path.name.startswith((".", "__")):
                continue
            if SLUG.fullmatch(path.name):
                yield path.name
            else:
                self.problems.add(path, 1, "folder name must be small letters, digits, hyphens")


def read_courses(root: Path) -> Reading:
    """Read everything under `root`. Never raises for what an author wrote: see `errors`."""
    place = _Place(Path(root), Problems())
    clusters: list[ClusterSpec] = []
    seen: dict[str, Path] = {}
    if not place.folder.is_dir():
        place.problems.add(place.folder, 1, "there is no such folder")
    for name in place.folders():
        cluster = _read_cluster(place.within(name), seen)
        if cluster:
            clusters.append(cluster)
    return Reading(tuple(clusters), tuple(sorted(place.problems.errors)))


def _read_cluster(place: _Place, seen: dict[str, Path]) -> ClusterSpec | None:
    top = place.load("cluster.yaml")
    if top is None:
        return None
    title, summary = top.localized("title"), top.localized("summary")
    industry = top.choice("industry", INDUSTRIES)
    body = _markdown(top, "body", set(), set())
    picture = _read_picture(top, place)
    top.finish()
    courses: list[CourseSpec] = []
    for name in place.folders():
        if name in seen:
            message = f"course '{name}' is also in {seen[name].parent}; slugs must differ"
            place.problems.add(place.folder / name / "course.yaml", 1, message)
        seen.setdefault(name, place.folder / name)
        course = _read_course(place.within(name))
        if course:
            courses.append(course)
    if not (title and summary and body and industry):
        return None
    slug = place.folder.name
    return ClusterSpec(slug, title, summary, industry, body, picture, tuple(courses))


def _read_course(place: _Place) -> CourseSpec | None:
    top = place.load("course.yaml")
    if top is None:
        return None
    listed = _listed(top)
    lessons = {slug for kind, slug, _ in listed if kind == "lesson"}
    labs = {slug for kind, slug, _ in listed if kind == "lab"}
    title, summary = top.localized("title"), top.localized("summary")
    description = _markdown(top, "description", lessons, labs)
    level, hours = top.choice("level", LEVELS), top.integer("hours", 1, 400)
    languages = top.texts("languages")
    for language in languages:
        if language not in LANGUAGES:
            top.error(
                "languages", f"unknown language '{language}'{suggestion(language, LANGUAGES)}"
            )
    outcomes = top.localized_list("outcomes")
    prerequisites = top.localized_list("prerequisites", required=False)
    lead_school = top.text("lead_school", required=False)
    picture = _read_picture(top, place)
    modules = _read_modules(top, place, lessons, labs)
    top.finish()
    _report_unlisted(place, lessons, labs)
    if not (title and summary and description and level and hours):
        return None
    return CourseSpec(
        slug=place.folder.name, title=title, summary=summary, description=description,
        level=level, hours=hours, languages=languages, outcomes=outcomes, modules=modules,
        prerequisites=prerequisites, lead_school=lead_school, picture=picture,
    )  # fmt: skip


def _listed(top: Section) -> list[tuple[str, str, Section]]:
    """Every item named in the modules, before any is read: links between them need the list."""
    silent = Section(top.node, top.file, Problems())
    items = (i for m in silent.sections("modules") for i in m.sections("items"))
    return [(kind, i.text(kind) or "", i) for i in items for kind in ("lesson", "lab") if kind in i]


def _read_modules(
    top: Section, place: _Place, lessons: set[str], labs: set[str]
) -> tuple[ModuleSpec, ...]:
    modules: list[ModuleSpec] = []
    seen: set[tuple[str, str]] = set()
    for module in top.sections("modules"):
        slug, title = module.slug("slug"), module.localized("title")
        if slug in {m.slug for m in modules}:
            module.error("slug", f"module '{slug}' is written twice")
        items: list[LessonSpec | LabSpec] = []
        for entry in module.sections("items"):
            item = _read_item(entry, place, seen, lessons, labs)
            if item:
                items.append(item)
        module.finish()
        if slug and title:
            modules.append(ModuleSpec(slug, title, tuple(items)))
    return tuple(modules)


def _read_item(
    entry: Section, place: _Place, seen: set[tuple[str, str]], lessons: set[str], labs: set[str]
) -> LessonSpec | LabSpec | None:
    kinds = [kind for kind in ("lesson", "lab") if kind in entry]
    if len(kinds) != 1:
        entry.error(entry.names()[0], "an item is one 'lesson: SLUG' or one 'lab: SLUG'")
        return None
    kind = kinds[0]
    slug = entry.slug(kind)
    entry.finish()
    if slug is None:
        return None
    if (kind, slug) in seen:
        entry.error(kind, f"{kind} '{slug}' is listed twice")
        return None
    seen.add((kind, slug))
    if kind == "lesson":
        folder = place.folder / "lessons"
        return read_lesson(folder, slug, (entry.file, entry.line), place.problems, lessons, labs)
    if not (place.folder / "labs" / slug).is_dir():
        there = list(place.within("labs").folders())
        entry.error(kind, f"there is no folder labs/{slug}{suggestion(slug, there)}")
        return None
    return _read_lab(place.within("labs", slug), lessons, labs)


def _report_unlisted(place: _Place, lessons: set[str], labs: set[str]) -> None:
    for path in sorted((place.folder / "lessons").glob("*.md")):
        if path.name.split(".")[0] not in lessons:
            place.problems.add(path, 1, "this lesson is in no module of course.yaml")
    for name in place.within("labs").folders():
        if name not in labs:
            file = place.folder / "labs" / name / "lab.yaml"
            place.problems.add(file, 1, "this lab is in no module of course.yaml")


def _read_lab(place: _Place, lessons: set[str], labs: set[str]) -> LabSpec | None:
    top = place.load("lab.yaml")
    if top is None:
        return None
    title, summary = top.localized("title"), top.localized("summary")
    description = _markdown(top, "description", lessons, labs) if "description" in top else None
    environment, minutes = top.choice("environment", ENVIRONMENTS), top.integer("minutes", 5, 1200)
    limits: dict[str, int] = {}
    section = top.section("limits", required=False)
    if section:
        for name, (low, high) in LIMITS.items():
            value = section.integer(name, low, high, required=False)
            if value is not None:
                limits[name] = value
        section.finish()
    skills = tuple(_skill(s) for s in top.sections("skills", required=False))
    data = tuple(_data(s) for s in top.sections("data", required=False))
    notebooks, files, graded = _read_source(place.within("source"))
    hints: dict[str, LocalText] = {}
    section = top.section("hints", required=False)
    if section:
        for grade_id in section.names():
            hints[grade_id] = section.localized(grade_id)
            if grade_id not in graded:
                section.error(
                    grade_id, f"no graded cell '{grade_id}'{suggestion(grade_id, graded)}"
                )
    top.finish()
    if not (title and summary and environment and minutes and notebooks):
        return None
    return LabSpec(
        slug=place.folder.name, title=title, summary=summary, description=description or None,
        environment=environment, minutes=minutes, limits=limits, hints=hints,
        skills=tuple(s for s in skills if s), data=tuple(d for d in data if d),
        notebooks=notebooks, files=files,
    )  # fmt: skip


def _skill(section: Section) -> SkillSpec | None:
    slug, title = section.slug("slug"), section.localized("title")
    section.finish()
    return SkillSpec(slug, title) if slug and title else None


def _data(section: Section) -> DataSpec | None:
    title, source, licence = (
        section.localized("title"), section.text("source"), section.text("licence"),
    )  # fmt: skip
    section.finish()
    return DataSpec(title, source, licence) if title and source and licence else None


def _read_source(place: _Place) -> tuple[dict[str, bytes], dict[str, bytes], set[str]]:
    """Notebooks by name, other files by path, and every graded id."""
    notebooks: dict[str, bytes] = {}
    files: dict[str, bytes] = {}
    graded: set[str] = set()
    for path in sorted(place.folder.rglob("*")):
        name = PurePosixPath(path.relative_to(place.folder)).as_posix()
        hidden = any(part.startswith((".", "__")) for part in PurePosixPath(name).parts)
        data = None if hidden or (path.is_dir() and not path.is_symlink()) else place.read(name)
        if data is None:
            continue
        if path.suffix == ".ipynb" and "/" not in name:
            notebooks[path.stem] = data
            graded |= set(check_notebook(data, path, place.problems))
        else:
            files[name] = data
    if not notebooks:
        place.problems.add(place.folder, 1, "no notebook here: a lab needs source/NAME.ipynb")
    return notebooks, files, graded


def _read_picture(top: Section, place: _Place) -> PictureSpec | None:
    section = top.section("picture", required=False)
    if section is None:
        return None
    name, alt = section.text("file"), section.localized("alt", empty=True)
    section.finish()
    if name is None:
        return None
    if not PICTURE_NAME.fullmatch(name) or not (place.folder / name).is_file():
        section.error("file", f"there is no picture '{name}' in this folder (svg, png, jpg, webp)")
        return None
    data = place.read(name)
    if data is None:
        return None
    check_picture(data, place.folder / name, place.problems)
    return PictureSpec(name, data, alt)


def _markdown(top: Section, key: str, lessons: set[str], labs: set[str]) -> LocalText:
    text = top.localized(key)
    for language, body in text.items():
        line = top.localized_line(key, language)
        check_markdown(body, top.file, line, top.problems, lessons=lessons, labs=labs)
    return text
