"""A course as one JSON document, files by their address in the blob store: what versions keep."""

from collections.abc import Callable, Mapping
from typing import Any

from app.catalog.folder_specs import (
    CourseSpec,
    DataSpec,
    FileSpec,
    ItemSpec,
    LabSpec,
    LessonSpec,
    LinkSpec,
    ModuleSpec,
    PictureSpec,
    PoolSpec,
    QuizSpec,
    SkillSpec,
)
from app.questions import complete, normal

Put = Callable[[bytes], str]
Get = Callable[[str], bytes]


def document_of(course: CourseSpec, put: Put) -> dict[str, Any]:
    """COURSE as JSON; PUT stores a file and answers its address."""
    return {
        "slug": course.slug,
        "title": dict(course.title),
        "summary": dict(course.summary),
        "description": dict(course.description),
        "level": course.level,
        "hours": course.hours,
        "credits": course.credits,
        "languages": list(course.languages),
        "outcomes": [dict(text) for text in course.outcomes],
        "prerequisites": [dict(text) for text in course.prerequisites],
        "lead_school": course.lead_school,
        "picture": course.picture
        and {
            "name": course.picture.name,
            "blob": put(course.picture.data),
            "alt": dict(course.picture.alt),
        },
        "modules": [
            {
                "slug": module.slug,
                "title": dict(module.title),
                "items": [_item(item, put) for item in module.items],
            }
            for module in course.modules
        ],
        "pools": [
            {"slug": pool.slug, "title": dict(pool.title), "questions": list(pool.questions)}
            for pool in course.pools
        ],
    }


def _item(item: ItemSpec, put: Put) -> dict[str, Any]:
    common = {"slug": item.slug, "title": dict(item.title), "minutes": item.minutes}
    if isinstance(item, LessonSpec):
        pictures = {name: put(data) for name, data in item.pictures.items()}
        return {"kind": "lesson", **common, "body": dict(item.body_markdown), "pictures": pictures}
    if isinstance(item, FileSpec):
        return {"kind": "file", **common, "name": item.name, "blob": put(item.data)}
    if isinstance(item, LinkSpec):
        return {"kind": "link", **common, "url": item.url}
    if isinstance(item, QuizSpec):
        return {"kind": "quiz", **common, "document": dict(item.document)}
    return {
        "kind": "lab",
        **common,
        "summary": dict(item.summary),
        "description": dict(item.description) if item.description is not None else None,
        "environment": item.environment,
        "limits": dict(item.limits),
        "skills": [
            {
                "slug": s.slug,
                "title": dict(s.title),
                "level": s.level,
                "weight": s.weight,
                "cells": list(s.cells),
            }
            for s in item.skills
        ],
        "data": [
            {"title": dict(d.title), "source": d.source, "licence": d.licence} for d in item.data
        ],
        "hints": {grade_id: dict(texts) for grade_id, texts in item.hints.items()},
        "notebooks": {name: put(data) for name, data in item.notebooks.items()},
        "files": {name: put(data) for name, data in item.files.items()},
        **({} if item.release_score is None else {"release_score": item.release_score}),
    }


def course_of(document: Mapping[str, Any], get: Get) -> CourseSpec:
    """The course of a document; GET reads a file by its address."""
    picture = document.get("picture")
    return CourseSpec(
        slug=document["slug"],
        title=document["title"],
        summary=document["summary"],
        description=document["description"],
        level=document["level"],
        hours=document["hours"],
        languages=tuple(document["languages"]),
        outcomes=tuple(document["outcomes"]),
        modules=tuple(
            ModuleSpec(m["slug"], m["title"], tuple(_item_of(item, get) for item in m["items"]))
            for m in document["modules"]
        ),
        prerequisites=tuple(document["prerequisites"]),
        lead_school=document["lead_school"],
        picture=picture and PictureSpec(picture["name"], get(picture["blob"]), picture["alt"]),
        credits=document["credits"],
        pools=tuple(
            PoolSpec(pool["slug"], pool["title"], tuple(normal(q) for q in pool["questions"]))
            for pool in document.get("pools", ())
        ),
    )


def _skill(row: Mapping[str, Any]) -> SkillSpec:
    # Documents from before levels and cells hold neither.
    return SkillSpec(
        row["slug"],
        row["title"],
        row.get("level", 1),
        row.get("weight", 1.0),
        tuple(row.get("cells", ())),
    )


def _item_of(item: Mapping[str, Any], get: Get) -> ItemSpec:
    slug, title, minutes = item["slug"], item["title"], item["minutes"]
    if item["kind"] == "lesson":
        pictures = {name: get(blob) for name, blob in sorted(item["pictures"].items())}
        return LessonSpec(slug, title, minutes, item["body"], pictures)
    if item["kind"] == "file":
        return FileSpec(slug, title, minutes, item["name"], get(item["blob"]))
    if item["kind"] == "link":
        return LinkSpec(slug, title, minutes, item["url"])
    if item["kind"] == "quiz":
        return QuizSpec(slug, title, minutes, complete(item["document"]))
    return LabSpec(
        slug=slug,
        title=title,
        summary=item["summary"],
        environment=item["environment"],
        minutes=minutes,
        description=item["description"],
        limits=item["limits"],
        skills=tuple(_skill(s) for s in item["skills"]),
        data=tuple(DataSpec(d["title"], d["source"], d["licence"]) for d in item["data"]),
        hints=item["hints"],
        notebooks={name: get(blob) for name, blob in sorted(item["notebooks"].items())},
        files={name: get(blob) for name, blob in sorted(item["files"].items())},
        release_score=item.get("release_score"),
    )
