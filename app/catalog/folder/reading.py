"""Reads clusters and courses: their YAML files, modules and items."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from unicodedata import category

from app.catalog.folder.clusters import read_completion, read_order, read_partners
from app.catalog.folder.labs import read_lab, read_markdown
from app.catalog.folder.place import Place
from app.catalog.folder.quizzes import read_pools, read_quiz
from app.catalog.folder_lessons import PICTURE_NAME, check_picture, read_lesson
from app.catalog.folder_specs import (
    LANGUAGES,
    ClusterSpec,
    CourseSpec,
    FileSpec,
    FolderError,
    ItemSpec,
    LinkSpec,
    ModuleSpec,
    PictureSpec,
    PoolSpec,
)
from app.catalog.folder_yaml import Problems, Section, suggestion

INDUSTRIES = (
    "smart-business-services",
    "health-care",
    "information-communications",
    "smart-manufacturing",
    "agriculture",
)
LEVELS = ("introductory", "intermediate", "advanced")
KINDS = ("lesson", "lab", "quiz", "file", "link")
OWN_ADDRESS = ("lab", "quiz")
"""Kinds whose slugs are their own matter; all others are read at one kind of address."""


@dataclass(frozen=True)
class Reading:
    """What a folder holds and what is wrong with it, sorted by file and line."""

    clusters: tuple[ClusterSpec, ...]
    errors: tuple[FolderError, ...]


@dataclass(frozen=True)
class CourseReading:
    """What the folder of one course holds; None when it could not be read."""

    course: CourseSpec | None
    errors: tuple[FolderError, ...]


def read_courses(root: Path) -> Reading:
    """Read everything under `root`. Never raises for what an author wrote: see `errors`."""
    place = Place(Path(root), Problems())
    clusters: list[ClusterSpec] = []
    seen: dict[str, Path] = {}
    if not place.folder.is_dir():
        place.problems.add(place.folder, 1, "there is no such folder")
    for name in place.folders():
        cluster = _read_cluster(place.within(name), seen)
        if cluster:
            clusters.append(cluster)
    return Reading(tuple(clusters), tuple(sorted(place.problems.errors)))


def read_course(folder: Path) -> CourseReading:
    """Read the folder of one course, which is called as its slug."""
    place = Place(Path(folder), Problems())
    course = _read_course(place)
    return CourseReading(course, tuple(sorted(place.problems.errors)))


def _read_cluster(place: Place, seen: dict[str, Path]) -> ClusterSpec | None:
    top = place.load("cluster.yaml")
    if top is None:
        return None
    title, summary = top.localized("title"), top.localized("summary")
    industry = top.choice("industry", INDUSTRIES)
    body = read_markdown(top, "body", set(), set())
    picture = _read_picture(top, place)
    outcomes = top.localized_list("outcomes", required=False)
    partners = read_partners(top)
    order = read_order(top)
    completion = read_completion(top, {*order, *place.folders()})
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
    courses.sort(key=lambda c: order.index(c.slug) if c.slug in order else len(order))
    return ClusterSpec(
        slug, title, summary, industry, body, picture, tuple(courses),
        outcomes=outcomes, partners=partners, order=order, completion=completion,
    )  # fmt: skip


def _read_course(place: Place) -> CourseSpec | None:
    top = place.load("course.yaml")
    if top is None:
        return None
    languages = top.texts("languages")
    for language in languages:
        if language not in LANGUAGES:
            top.error(
                "languages", f"unknown language '{language}'{suggestion(language, LANGUAGES)}"
            )
    wanted = tuple(code for code in LANGUAGES if code in languages) or LANGUAGES
    place, top.wanted = replace(place, wanted=wanted), wanted
    listed = _listed(top)
    lessons = {slug for kind, slug in listed if kind not in OWN_ADDRESS}
    labs = {slug for kind, slug in listed if kind == "lab"}
    title, summary = top.localized("title"), top.localized("summary")
    description = read_markdown(top, "description", lessons, labs)
    level, hours = top.choice("level", LEVELS), top.integer("hours", 1, 400)
    outcomes = top.localized_list("outcomes")
    prerequisites = top.localized_list("prerequisites", required=False)
    lead_school = top.text("lead_school", required=False)
    credits = top.decimal("credits", 0, 30)
    picture = _read_picture(top, place)
    pools = read_pools(place)
    outline = _Outline(place, lessons, labs, {pool.slug: pool for pool in pools})
    modules = _read_modules(top, outline)
    top.finish()
    quizzes = {slug for kind, slug in listed if kind == "quiz"}
    _report_unlisted(place, modules, lessons, labs, quizzes)
    if not (title and summary and description and level and hours):
        return None
    return CourseSpec(
        slug=place.folder.name, title=title, summary=summary, description=description,
        level=level, hours=hours, languages=languages, outcomes=outcomes, modules=modules,
        prerequisites=prerequisites, lead_school=lead_school, picture=picture, credits=credits,
        pools=pools,
    )  # fmt: skip


def _listed(top: Section) -> list[tuple[str, str]]:
    """Every item named in the modules, before any is read: links between them need the list."""
    silent = Section(top.node, top.file, Problems())
    items = (i for m in silent.sections("modules") for i in m.sections("items"))
    return [(kind, i.text(kind) or "") for i in items for kind in KINDS if kind in i]


@dataclass
class _Outline:
    """What the items of a course's modules are read with."""

    place: Place
    lessons: set[str]
    labs: set[str]
    pools: dict[str, PoolSpec]
    seen: set[tuple[str, str]] = field(default_factory=set)


def _read_modules(top: Section, outline: _Outline) -> tuple[ModuleSpec, ...]:
    modules: list[ModuleSpec] = []
    for module in top.sections("modules"):
        slug, title = module.slug("slug"), module.localized("title")
        if slug in {m.slug for m in modules}:
            module.error("slug", f"module '{slug}' is written twice")
        items: list[ItemSpec] = []
        for entry in module.sections("items"):
            item = _read_item(entry, outline)
            if item:
                items.append(item)
        module.finish()
        if slug and title:
            modules.append(ModuleSpec(slug, title, tuple(items)))
    return tuple(modules)


def _read_item(entry: Section, outline: _Outline) -> ItemSpec | None:
    place, lessons, labs = outline.place, outline.lessons, outline.labs
    kinds = [kind for kind in KINDS if kind in entry]
    if len(kinds) != 1:
        names = entry.names()
        entry.error(names[0] if names else "", f"an item is one of: {', '.join(KINDS)}")
        return None
    kind = kinds[0]
    slug = entry.slug(kind)
    made = _read_placed(entry, place, kind, slug) if kind in ("file", "link") else None
    entry.finish()
    if slug is None:
        return None
    # Lessons, files and links are read at one kind of address, so their slugs differ.
    name = (kind if kind in OWN_ADDRESS else "lesson", slug)
    if name in outline.seen:
        entry.error(kind, f"{kind} '{slug}' is listed twice")
        return None
    outline.seen.add(name)
    if kind == "quiz":
        return read_quiz(place, slug, (entry.file, entry.line), outline.pools)
    if kind in ("file", "link"):
        return made
    if kind == "lesson":
        folder = place.folder / "lessons"
        at = (entry.file, entry.line)
        return read_lesson(folder, slug, at, place.problems, lessons, labs, place.wanted)
    if not (place.folder / "labs" / slug).is_dir():
        there = list(place.within("labs").folders())
        entry.error(kind, f"there is no folder labs/{slug}{suggestion(slug, there)}")
        return None
    return read_lab(place.within("labs", slug), lessons, labs)


def _read_placed(
    entry: Section, place: Place, kind: str, slug: str | None
) -> FileSpec | LinkSpec | None:
    """A file or a link, which need no file of their own to say what they are."""
    title, minutes = entry.localized("title"), entry.integer("minutes", 1, 600)
    if kind == "link":
        url = entry.text("url")
        if url is not None and not url.startswith(("https://", "http://")):
            entry.error("url", "'url' must begin with https://")
            return None
        return LinkSpec(slug, title, minutes, url) if slug and title and minutes and url else None
    name = entry.text("name")
    if name is None:
        return None
    if not is_file_name(name):
        entry.error("name", f"'{name}' is not a plain file name")
        return None
    data = place.within("files").read(name)
    if data is None or not (slug and title and minutes):
        return None
    return FileSpec(slug, title, minutes, name, data)


def is_file_name(name: str) -> bool:
    """Whether NAME is one file's name anywhere: no folder, no hidden file, nothing invisible."""
    return (
        0 < len(name.encode()) <= 200
        and name == name.strip()
        and not name.startswith(".")
        and not any(c in '/\\:*?"<>|' or category(c).startswith("C") for c in name)
    )


def _report_unlisted(
    place: Place,
    modules: tuple[ModuleSpec, ...],
    lessons: set[str],
    labs: set[str],
    quizzes: set[str],
) -> None:
    for path in sorted((place.folder / "lessons").glob("*.md")):
        if path.name.split(".")[0] not in lessons:
            place.problems.add(path, 1, "this lesson is in no module of course.yaml")
    for name in place.within("labs").folders():
        if name not in labs:
            file = place.folder / "labs" / name / "lab.yaml"
            place.problems.add(file, 1, "this lab is in no module of course.yaml")
    for path in sorted((place.folder / "quizzes").glob("*.yaml")):
        if path.stem not in quizzes:
            place.problems.add(path, 1, "this quiz is in no module of course.yaml")
    placed = {i.name for module in modules for i in module.items if isinstance(i, FileSpec)}
    for path in sorted((place.folder / "files").glob("*")):
        if not path.name.startswith(".") and path.name not in placed:
            place.problems.add(path, 1, "this file is in no module of course.yaml")


def _read_picture(top: Section, place: Place) -> PictureSpec | None:
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
