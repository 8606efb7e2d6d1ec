"""Reads lessons: front matter, Markdown and pictures, in every language."""

from __future__ import annotations

import re
from pathlib import Path

from app.catalog.folder_specs import LANGUAGES, LessonSpec
from app.catalog.folder_yaml import Problems, read_yaml, suggestion
from app.catalog.rules.pictures import picture_problem
from app.web import markdown

PICTURE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\.(?:svg|png|jpg|jpeg|webp)")
_PICTURE = re.compile(rf"pictures/({PICTURE_NAME.pattern})")


def read_lesson(
    folder: Path,
    slug: str,
    listed: tuple[Path, int],
    problems: Problems,
    lessons: set[str],
    labs: set[str],
    wanted: tuple[str, ...] = LANGUAGES,
) -> LessonSpec | None:
    """One lesson of `folder`; `listed` is the file and line of course.yaml that names it."""
    title: dict[str, str] = {}
    bodies: dict[str, str] = {}
    pictures: dict[str, bytes] = {}
    minutes: set[int] = set()
    for language in LANGUAGES:
        file = folder / f"{slug}.{language}.md"
        if file.is_symlink():
            problems.add(file, 1, "symbolic links are not followed; put the file itself here")
            continue
        if not file.is_file():
            if language not in wanted:
                continue
            known = {path.name.split(".")[0] for path in folder.glob("*.md")} - {slug}
            message = f"lesson '{slug}' is missing in {language}: there is no {file.name}"
            problems.add(*listed, message + (suggestion(slug, known) if slug not in known else ""))
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            problems.add(file, 1, "not UTF-8 text")
            continue
        head, body, line = _split(text, file, problems)
        top = read_yaml(head, file, problems) if head else None
        if top is None:
            continue
        written, time = top.text("title"), top.integer("minutes", 1, 600)
        top.finish()
        if written and time:
            title[language], bodies[language] = written, body
            minutes.add(time)
        if len(minutes) > 1:
            top.error("minutes", "'minutes' differs between the languages of this lesson")
        used = check_markdown(
            body, file, line, problems, lessons=lessons, labs=labs, folder=folder / "pictures"
        )
        pictures.update(used)
    if not bodies or not set(wanted) <= set(bodies):
        return None
    return LessonSpec(slug, title, min(minutes), bodies, dict(sorted(pictures.items())))


def check_markdown(
    text: str,
    file: Path,
    line: int,
    problems: Problems,
    *,
    lessons: set[str],
    labs: set[str],
    folder: Path | None = None,
) -> dict[str, bytes]:
    """Report broken pictures, links and formulas; answer the pictures used, by file name.

    `line` is the line of the file on which `text` begins; without `folder` pictures are refused.
    """
    pictures: dict[str, bytes] = {}
    for found in markdown.inspect(text):
        at = line + found.line - 1
        if isinstance(found, markdown.MathProblem):
            problems.add(file, at, f"broken math: {found.reason}: {found.formula[:60]}")
        elif isinstance(found, markdown.Link):
            known = labs if found.kind == "lab" else lessons
            if found.kind and found.slug not in known:
                tail = suggestion(found.slug or "", known)
                problems.add(file, at, f"link to a {found.kind} that does not exist: "
                             f"'{found.slug}'{tail}")  # fmt: skip
            elif not found.kind and not found.target.startswith(
                ("https://", "http://", "mailto:", "#")
            ):
                problems.add(
                    file, at, f"link '{found.target}': write lesson:SLUG, lab:SLUG or https://…"
                )
        else:
            data = _picture(found, file, at, folder, problems)
            if data is not None:
                pictures[found.target.removeprefix("pictures/")] = data
    return pictures


def _picture(
    found: markdown.Picture, file: Path, line: int, folder: Path | None, problems: Problems
) -> bytes | None:
    if folder is None:
        problems.add(file, line, "pictures belong into lessons")
        return None
    if not found.alt.strip():
        problems.add(file, line, f"picture '{found.target}' needs alternative text: ![text](…)")
    name = _PICTURE.fullmatch(found.target)
    if not name:
        problems.add(
            file, line, f"picture '{found.target}': write pictures/NAME.svg (or png, jpg, webp)"
        )
        return None
    path = folder / name[1]
    if path.is_symlink() or not path.is_file():
        known = [p.name for p in folder.glob("*")] if folder.is_dir() else []
        tail = suggestion(name[1], known)
        problems.add(file, line, f"there is no picture '{found.target}'{tail}")
        return None
    data = path.read_bytes()
    check_picture(data, path, problems)
    return data


def check_picture(data: bytes, file: Path, problems: Problems) -> None:
    """Report what a picture must not be: it is served under the site's own address."""
    problem = picture_problem(file.name, data)
    if problem:
        problems.add(file, *problem)


def _split(text: str, file: Path, problems: Problems) -> tuple[str, str, int]:
    """Front matter (padded so that its lines keep their numbers), body, first line of the body."""
    match = re.match(r"\ufeff?---[ \t]*\r?\n(.*?\n)---[ \t]*(?:\r?\n|$)", text, re.S)
    if not match:
        problems.add(file, 1, "must begin with front matter: ---, title: …, minutes: …, ---")
        return "", text, 1
    body = text[match.end() :]
    line = text.count("\n", 0, match.end()) + 1
    return "\n" + match[1], body, line
