"""A course as the parts of a draft: fields that are saved one by one, and back to a course.

A field is called as it is shown, ``title.en`` or ``limits.cell_seconds``; lists of rows
(``outcomes``, ``skills`` …) are one field each. What is missing or cannot be a number is left for
the reader of folders to refuse: an unfinished draft is no error.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.catalog.folder_specs import (
    LANGUAGES,
    CourseSpec,
    DataSpec,
    FileSpec,
    ItemSpec,
    LabSpec,
    LessonSpec,
    LinkSpec,
    LocalText,
    ModuleSpec,
    PictureSpec,
    PoolSpec,
    QuizSpec,
    SkillSpec,
)
from app.catalog.rules.documents import Get, Put
from app.catalog.rules.quiz_parts import (
    placed,
    pool_content,
    pool_of,
    question_at,
    quiz_content,
    quiz_of,
)
from app.catalog.rules.words import NodeKind
from app.web.markdown import Picture, inspect

Content = Mapping[str, Any]


@dataclass
class Part:
    """A part of a draft with those that stand in it."""

    kind: NodeKind
    content: dict[str, Any]
    children: list["Part"] = field(default_factory=list)


def parts_of(course: CourseSpec, put: Put) -> tuple[Part, dict[str, str]]:
    """COURSE as a tree of parts, and the pictures of its lessons by name."""
    pictures: dict[str, str] = {}
    content: dict[str, Any] = {
        **_flat("title", course.title),
        **_flat("summary", course.summary),
        **_flat("description", course.description),
        "level": course.level,
        "hours": course.hours,
        "credits": course.credits,
        "languages": list(course.languages),
        "lead_school": course.lead_school,
        "outcomes": [dict(text) for text in course.outcomes],
        "prerequisites": [dict(text) for text in course.prerequisites],
    }
    if course.picture is not None:
        content["picture"] = {"name": course.picture.name, "blob": put(course.picture.data)}
        content |= _flat("picture_alt", course.picture.alt)
    head = Part(NodeKind.COURSE, content)
    for module in course.modules:
        part = Part(NodeKind.MODULE, {"slug": module.slug, **_flat("title", module.title)})
        head.children.append(part)
        for item in module.items:
            part.children.append(_part(item, put))
            if isinstance(item, LessonSpec):
                pictures |= {name: put(data) for name, data in item.pictures.items()}
    for pool in course.pools:
        title = {"slug": pool.slug, **_flat("title", pool.title)}
        head.children.append(Part(NodeKind.POOL, title | pool_content(pool)))
    return head, pictures


def _part(item: ItemSpec, put: Put) -> Part:
    content: dict[str, Any] = {
        "slug": item.slug,
        **_flat("title", item.title),
        "minutes": item.minutes,
    }
    if isinstance(item, LessonSpec):
        bodies = {code: text.strip("\n") for code, text in item.body_markdown.items()}
        return Part(NodeKind.LESSON, content | _flat("body", bodies))
    if isinstance(item, FileSpec):
        return Part(NodeKind.FILE, content | {"name": item.name, "blob": put(item.data)})
    if isinstance(item, LinkSpec):
        return Part(NodeKind.LINK, content | {"url": item.url})
    if isinstance(item, QuizSpec):
        return Part(NodeKind.QUIZ, content | quiz_content(item))
    content |= {
        **_flat("summary", item.summary),
        **_flat("description", item.description or {}),
        "environment": item.environment,
        **{f"limits.{name}": value for name, value in item.limits.items()},
        **({} if item.release_score is None else {"release_score": f"{item.release_score:g}"}),
        "skills": [_skill_row(s) for s in item.skills],
        "data": [
            {**_flat("title", d.title), "source": d.source, "licence": d.licence} for d in item.data
        ],
        "notebooks": {name: put(data) for name, data in item.notebooks.items()},
        "files": {name: put(data) for name, data in item.files.items()},
    }
    for grade_id, texts in item.hints.items():
        content |= _flat(f"hints.{grade_id}", texts)
    return Part(NodeKind.LAB, content)


def course_of_parts(slug: str, head: Part, pictures: Mapping[str, str], get: Get) -> CourseSpec:
    """The course that a draft would be. It may be incomplete: let the reader of folders judge."""
    content = head.content
    picture = content.get("picture")
    return CourseSpec(
        slug=slug,
        title=_local(content, "title"),
        summary=_local(content, "summary"),
        description=_local(content, "description"),
        level=str(content.get("level") or ""),
        hours=whole(content.get("hours")),
        languages=tuple(content.get("languages") or LANGUAGES),
        outcomes=_texts(content.get("outcomes")),
        modules=tuple(
            ModuleSpec(
                part.content["slug"],
                _local(part.content, "title"),
                tuple(_item(child, pictures, get) for child in part.children),
            )
            for part in head.children
            if part.kind is NodeKind.MODULE
        ),
        prerequisites=_texts(content.get("prerequisites")),
        lead_school=content.get("lead_school") or None,
        picture=picture
        and PictureSpec(
            picture["name"],
            get(picture["blob"]),
            {
                code: str(content.get(f"picture_alt.{code}") or "")
                for code in content.get("languages") or LANGUAGES
            },
        ),
        credits=decimal(content.get("credits")),
        pools=_pools(head.children),
    )


def _pools(parts: Iterable[Part]) -> tuple[PoolSpec, ...]:
    pools = (
        pool_of(part.content["slug"], _local(part.content, "title"), part.content)
        for part in parts
        if part.kind is NodeKind.POOL
    )
    return tuple(sorted(pools, key=lambda pool: pool.slug))


def _item(part: Part, pictures: Mapping[str, str], get: Get) -> ItemSpec:
    content = part.content
    slug, title, minutes = content["slug"], _local(content, "title"), whole(content.get("minutes"))
    if part.kind is NodeKind.LESSON:
        bodies = {c: "\n" + text.strip() + "\n" for c, text in _local(content, "body").items()}
        used = {name for text in bodies.values() for name in pictures_in(text)}
        shown = {name: get(pictures[name]) for name in sorted(used) if name in pictures}
        return LessonSpec(slug, title, minutes, bodies, shown)
    if part.kind is NodeKind.FILE:
        return FileSpec(slug, title, minutes, content["name"], get(content["blob"]))
    if part.kind is NodeKind.LINK:
        return LinkSpec(slug, title, minutes, str(content.get("url") or ""))
    if part.kind is NodeKind.QUIZ:
        return quiz_of(slug, title, minutes, content)
    hints: dict[str, LocalText] = {}
    for grade_id in hinted(content):
        texts = _local(content, f"hints.{grade_id}")
        if texts:
            hints[grade_id] = texts
    return LabSpec(
        slug=slug,
        title=title,
        summary=_local(content, "summary"),
        environment=str(content.get("environment") or ""),
        minutes=minutes,
        description=_local(content, "description") or None,
        limits={
            name.removeprefix("limits."): whole(value)
            for name, value in content.items()
            if name.startswith("limits.") and value not in (None, "")
        },
        skills=tuple(_skill(row) for row in content.get("skills") or ()),
        data=tuple(
            DataSpec(
                _local(row, "title"), str(row.get("source") or ""), str(row.get("licence") or "")
            )
            for row in content.get("data") or ()
        ),
        hints=hints,
        notebooks={n: get(blob) for n, blob in sorted((content.get("notebooks") or {}).items())},
        files={n: get(blob) for n, blob in sorted((content.get("files") or {}).items())},
        release_score=decimal(content.get("release_score")),
    )


def _skill_row(skill: SkillSpec) -> dict[str, str]:
    return {
        "slug": skill.slug,
        **_flat("title", skill.title),
        **({"level": str(skill.level)} if skill.level != 1 else {}),
        **({"weight": f"{skill.weight:g}"} if skill.weight != 1 else {}),
        **({"cells": ", ".join(skill.cells)} if skill.cells else {}),
    }


def _skill(row: Mapping[str, Any]) -> SkillSpec:
    weight = decimal(row.get("weight"))
    return SkillSpec(
        str(row.get("slug") or ""),
        _local(row, "title"),
        whole(row.get("level")) if row.get("level") else 1,
        1.0 if weight is None else weight,
        tuple(name for part in str(row.get("cells") or "").split(",") if (name := part.strip())),
    )


def hinted(content: Content) -> list[str]:
    """The grade ids for which a lab's content has hints."""
    names = (name for name in content if name.startswith("hints."))
    return sorted({name.removeprefix("hints.").rpartition(".")[0] for name in names})


def pictures_in(text: str) -> set[str]:
    """The names of the pictures that a text shows from ``pictures/``."""
    return {
        found.target.removeprefix("pictures/")
        for found in inspect(text)
        if isinstance(found, Picture) and found.target.startswith("pictures/")
    }


def whole(value: Any) -> int:
    """A whole number as typed; 0, which no field allows, when it is none."""
    text = str(value if value is not None else "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def decimal(value: Any) -> float | None:
    """A number as typed; None when nothing was, -1, which no field allows, when it is none."""
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    try:
        return float(text) if len(text) < 10 else -1.0
    except ValueError:
        return -1.0


def _flat(name: str, texts: LocalText) -> dict[str, str]:
    return {f"{name}.{code}": text for code, text in texts.items()}


def _local(content: Content, name: str) -> dict[str, str]:
    texts = {code: str(content.get(f"{name}.{code}") or "") for code in LANGUAGES}
    return {code: text for code, text in texts.items() if text.strip()}


def _texts(rows: Iterable[Mapping[str, str]] | None) -> tuple[LocalText, ...]:
    texts = ({c: row[c] for c in LANGUAGES if (row.get(c) or "").strip()} for row in rows or ())
    return tuple(text for text in texts if text)


def missing_languages(kind: NodeKind, content: Content, wanted: Iterable[str]) -> list[str]:
    """The languages among WANTED in which a part has no title, a lesson or a question no text."""
    names = ("title", "body") if kind is NodeKind.LESSON else ("title",)
    asked = placed(content) if kind in (NodeKind.QUIZ, NodeKind.POOL) else []
    texts = [question_at(content, name).get("text") or {} for name in asked]
    return [
        code
        for code in wanted
        if any(not str(content.get(f"{name}.{code}") or "").strip() for name in names)
        or any(not str(text.get(code) or "").strip() for text in texts)
    ]
