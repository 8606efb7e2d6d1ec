"""Reads labs: what lab.yaml says, notebooks, data and hints."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from app.catalog.folder.place import Place
from app.catalog.folder_lessons import check_markdown
from app.catalog.folder_notebooks import check_notebook
from app.catalog.folder_specs import DataSpec, LabSpec, LocalText, SkillSpec
from app.catalog.folder_yaml import Section, suggestion

ENVIRONMENTS = ("standard", "scientific", "deep-learning")
LIMITS = {  # name: lowest and highest value an author may set
    "cell_seconds": (1, 600),
    "total_seconds": (5, 3600),
    "memory_mb": (128, 16384),
    "processes": (4, 512),
    "disk_mb": (1, 4096),
    "output_bytes": (1000, 20_000_000),
}


def read_lab(place: Place, lessons: set[str], labs: set[str]) -> LabSpec | None:
    top = place.load("lab.yaml")
    if top is None:
        return None
    title, summary = top.localized("title"), top.localized("summary")
    description = read_markdown(top, "description", lessons, labs) if "description" in top else None
    environment, minutes = top.choice("environment", ENVIRONMENTS), top.integer("minutes", 5, 1200)
    limits: dict[str, int] = {}
    section = top.section("limits", required=False)
    if section:
        for name, (low, high) in LIMITS.items():
            value = section.integer(name, low, high, required=False)
            if value is not None:
                limits[name] = value
        section.finish()
    release_score = top.decimal("release_score", 0, 100_000)
    named = top.sections("skills", required=False)
    data = tuple(_data(s) for s in top.sections("data", required=False))
    notebooks, files, graded = _read_source(place.within("source"))
    skills = tuple(_skill(section, graded) for section in named)
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
        notebooks=notebooks, files=files, release_score=release_score,
    )  # fmt: skip


HIGHEST_LEVEL = 9
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}")


def _skill(section: Section, graded: set[str]) -> SkillSpec | None:
    """``skill: KEY`` of a framework, or ``slug`` and ``title`` of the author's own."""
    if "skill" in section:
        key = section.text("skill")
        if key and not KEY.fullmatch(key):
            section.error("skill", f"'{key}' is no key of a skill; 'banyan skills list' has them")
            key = None
        title = section.localized("title") if "title" in section else {}
    else:
        key, title = section.slug("slug"), section.localized("title")
        if not title:
            key = None
    level = section.integer("level", 1, HIGHEST_LEVEL, required=False) or 1
    weight = section.decimal("weight", 0.1, 1)
    cells = section.texts("cells") if "cells" in section else ()
    for cell in cells:
        if cell not in graded:
            section.error("cells", f"no graded cell '{cell}'{suggestion(cell, graded)}")
    section.finish()
    if key is None:
        return None
    return SkillSpec(key, title, level, 1.0 if weight is None else weight, cells)


def _data(section: Section) -> DataSpec | None:
    title, source, licence = (
        section.localized("title"), section.text("source"), section.text("licence"),
    )  # fmt: skip
    section.finish()
    return DataSpec(title, source, licence) if title and source and licence else None


def _read_source(place: Place) -> tuple[dict[str, bytes], dict[str, bytes], set[str]]:
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


def read_markdown(top: Section, key: str, lessons: set[str], labs: set[str]) -> LocalText:
    text = top.localized(key)
    for language, body in text.items():
        line = top.localized_line(key, language)
        check_markdown(body, top.file, line, top.problems, lessons=lessons, labs=labs)
    return text
