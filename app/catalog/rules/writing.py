"""Writes a course as a folder, always the same bytes for the same course.

What the reader (``app.catalog.folder``) makes of these files is the course again, and writing that
gives these files again: a course can live in git and in the editor without a line of noise.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from unicodedata import category

import yaml

from app.catalog.folder_specs import (
    LANGUAGES,
    ClusterSpec,
    CourseSpec,
    FileSpec,
    ItemSpec,
    LabSpec,
    LessonSpec,
    LinkSpec,
    LocalText,
    PictureSpec,
    PoolSpec,
    QuizSpec,
    SkillSpec,
)
from app.catalog.folder_yaml import SLUG
from app.questions import QUIZ_DEFAULTS, complete, normal

LIMITS = (
    "cell_seconds", "total_seconds", "memory_mb", "processes", "disk_mb", "output_bytes",
)  # fmt: skip

Files = dict[str, bytes]
"""Contents by path, relative to the folder that is written."""


def course_files(course: CourseSpec) -> Files:
    """The files of the folder of one course."""
    files: Files = {"course.yaml": _yaml(_course(course))}
    if course.picture is not None:
        files[course.picture.name] = course.picture.data
    for module in course.modules:
        for item in module.items:
            files.update(_item_files(item))
    for pool in course.pools:
        files[f"questions/{pool.slug}.yaml"] = _yaml(_pool(pool))
    return dict(sorted(files.items()))


def cluster_file(cluster: ClusterSpec) -> bytes:
    """The file cluster.yaml."""
    return _yaml(
        {
            "title": _local(cluster.title),
            "summary": _local(cluster.summary),
            "industry": cluster.industry,
            **_picture(cluster.picture),
            **_unless_empty("outcomes", _locals(cluster.outcomes)),
            **_unless_empty(
                "partners",
                [
                    {
                        "name": _local(partner.name),
                        **_unless_empty("url", partner.url.strip()),
                        **_unless_empty("organisation", partner.organisation),
                    }
                    for partner in cluster.partners
                ],
            ),
            **_unless_empty("courses", list(cluster.order)),
            **_unless_empty("completion", cluster.completion),
            "body": _local(cluster.body),
        }
    )


def _course(course: CourseSpec) -> dict[str, Any]:
    return {
        "title": _local(course.title),
        "summary": _local(course.summary),
        **_picture(course.picture),
        "description": _local(course.description),
        "level": course.level,
        "hours": course.hours,
        **_unless_empty("credits", _number(course.credits)),
        "languages": list(course.languages),
        **_unless_empty("lead_school", (course.lead_school or "").strip()),
        "outcomes": _locals(course.outcomes),
        **_unless_empty("prerequisites", _locals(course.prerequisites)),
        "modules": [
            {
                "slug": module.slug,
                "title": _local(module.title),
                "items": [_placed(item) for item in module.items],
            }
            for module in course.modules
        ],
    }


def _placed(item: ItemSpec) -> dict[str, Any]:
    if isinstance(item, LessonSpec):
        return {"lesson": item.slug}
    if isinstance(item, LabSpec):
        return {"lab": item.slug}
    if isinstance(item, QuizSpec):
        return {"quiz": item.slug}
    if isinstance(item, FileSpec):
        return {
            "file": item.slug,
            "title": _local(item.title),
            "minutes": item.minutes,
            "name": item.name,
        }
    return {
        "link": item.slug,
        "title": _local(item.title),
        "minutes": item.minutes,
        "url": item.url.strip(),
    }


def _item_files(item: ItemSpec) -> Files:
    if isinstance(item, LinkSpec):
        return {}
    if isinstance(item, FileSpec):
        return {f"files/{item.name}": item.data}
    if isinstance(item, QuizSpec):
        return {f"quizzes/{item.slug}.yaml": _yaml(_quiz(item))}
    if isinstance(item, LessonSpec):
        return {
            **{f"lessons/pictures/{name}": data for name, data in item.pictures.items()},
            **{
                f"lessons/{item.slug}.{code}.md": _lesson(item, code)
                for code in LANGUAGES
                if code in item.body_markdown
            },
        }
    folder = f"labs/{item.slug}"
    return {
        f"{folder}/lab.yaml": _yaml(_lab(item)),
        **{f"{folder}/source/{name}.ipynb": data for name, data in item.notebooks.items()},
        **{f"{folder}/source/{path}": data for path, data in item.files.items()},
    }


def _lesson(lesson: LessonSpec, code: str) -> bytes:
    front = _yaml({"title": lesson.title.get(code, "").strip(), "minutes": lesson.minutes})
    body = lesson.body_markdown[code].replace("\r\n", "\n").replace("\r", "\n")
    return b"---\n" + front + b"---\n" + body.encode()


def _lab(lab: LabSpec) -> dict[str, Any]:
    return {
        "title": _local(lab.title),
        "summary": _local(lab.summary),
        **_unless_empty("description", _local(lab.description or {})),
        "environment": lab.environment,
        "minutes": lab.minutes,
        **_unless_empty("limits", {n: lab.limits[n] for n in LIMITS if n in lab.limits}),
        **({} if lab.release_score is None else {"release_score": _number(lab.release_score)}),
        **_unless_empty("skills", [_skill(skill) for skill in lab.skills]),
        **_unless_empty(
            "data",
            [
                {
                    "title": _local(data.title),
                    "source": data.source.strip(),
                    "licence": data.licence.strip(),
                }
                for data in lab.data
            ],
        ),
        **_unless_empty("hints", {key: _local(lab.hints[key]) for key in sorted(lab.hints)}),
    }


def _skill(skill: SkillSpec) -> dict[str, Any]:
    title = _local(skill.title)
    return {
        "slug" if title and SLUG.fullmatch(skill.slug) else "skill": skill.slug,
        **_unless_empty("title", title),
        **({"level": skill.level} if skill.level != 1 else {}),
        **({"weight": _number(skill.weight)} if skill.weight != 1 else {}),
        **_unless_empty("cells", list(skill.cells)),
    }


def _quiz(quiz: QuizSpec) -> dict[str, Any]:
    whole = complete(quiz.document)
    settings = {
        "time_limit" if key == "minutes" else key: whole[key]
        for key, default in QUIZ_DEFAULTS.items()
        if whole[key] != default
    }
    return {
        "title": _local(quiz.title),
        "minutes": quiz.minutes,
        **settings,
        "sections": [_section(section) for section in whole["sections"]],
    }


def _section(section: Mapping[str, Any]) -> dict[str, Any]:
    draw = {} if section.get("draw") is None else {"draw": section["draw"]}
    rest = {key: section[key] for key in ("from", "questions") if section.get(key)}
    return {**draw, **rest}


def _pool(pool: PoolSpec) -> dict[str, Any]:
    questions = [normal(question) for question in pool.questions]
    return {"title": _local(pool.title), **_unless_empty("questions", questions)}


def question_text(question: Mapping[str, Any]) -> str:
    """A question as its file has it, to compare it line by line."""
    return _yaml(normal(question)).decode()


def _picture(picture: PictureSpec | None) -> dict[str, Any]:
    if picture is None:
        return {}
    alt = {code: picture.alt[code].strip("\n") for code in LANGUAGES if code in picture.alt}
    return {"picture": {"file": picture.name, "alt": alt}}


def _local(text: Mapping[str, str]) -> dict[str, str]:
    return {code: text[code].strip("\n") for code in LANGUAGES if text.get(code, "").strip()}


def _locals(texts: Iterable[LocalText]) -> list[dict[str, str]]:
    return [_local(text) for text in texts]


def _number(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


def _unless_empty(key: str, value: Any) -> dict[str, Any]:
    return {} if value in (None, "", [], {}) else {key: value}


class _Dumper(yaml.SafeDumper):
    """Plain and readable: texts of several lines as blocks, lists indented, nothing folded."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    # What breaks lines or cannot be seen is escaped: plain YAML would read it as something else.
    strange = any(c in "\u2028\u2029" or (c != "\n" and category(c) == "Cc") for c in value)
    style = '"' if strange or "\ufeff" in value else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def _yaml(value: Mapping[str, Any]) -> bytes:
    text = yaml.dump(
        dict(value),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=1_000_000,
        default_flow_style=False,
    )
    return str(text).encode()
