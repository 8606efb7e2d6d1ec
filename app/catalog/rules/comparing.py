"""How two versions of a course differ: in words by item, and line by line in texts."""

import difflib
import zlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from app.catalog.folder_specs import (
    LANGUAGES,
    CourseSpec,
    FileSpec,
    ItemSpec,
    LabSpec,
    LessonSpec,
    LinkSpec,
    LocalText,
    ModuleSpec,
    QuizSpec,
    SkillSpec,
)
from app.catalog.rules.writing import question_text
from app.questions import complete

T = TypeVar("T", bound=Hashable)


class Kind(StrEnum):
    """What happened to a part."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RENAMED = "renamed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Line:
    """One line of a text; ``sign`` is ``+``, ``-``, a space, or ``@`` where lines were left out."""

    sign: str
    text: str


@dataclass(frozen=True)
class TextChange:
    """A text that differs, in one language (or in a file's name)."""

    field: str
    language: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class PartChange:
    """What happened to the course itself (``kind`` course), a module or an item."""

    kind: str
    slug: str
    title: LocalText
    what: tuple[Kind, ...]
    before: str = ""
    """The old title, for renamed parts."""
    texts: tuple[TextChange, ...] = field(default=())


def compare(old: CourseSpec, new: CourseSpec) -> list[PartChange]:
    """Everything that differs, in the order of NEW, what was removed at the end."""
    changes = [_course(old, new), *_modules(old, new), *_items(old, new), *_pools(old, new)]
    return [change for change in changes if change.what]


def _course(old: CourseSpec, new: CourseSpec) -> PartChange:
    texts = [
        *_local("title", old.title, new.title),
        *_local("summary", old.summary, new.summary),
        *_local("description", old.description, new.description),
        *_local("outcomes", _joined(old.outcomes), _joined(new.outcomes)),
        *_local("prerequisites", _joined(old.prerequisites), _joined(new.prerequisites)),
        *_plain("level", old.level, new.level),
        *_plain("hours", old.hours, new.hours),
        *_plain("credits", old.credits, new.credits),
        *_plain("languages", ", ".join(old.languages), ", ".join(new.languages)),
        *_plain("picture", _picture(old), _picture(new)),
    ]
    return PartChange(
        "course", new.slug, new.title, (Kind.CHANGED,) if texts else (), texts=tuple(texts)
    )


def _modules(old: CourseSpec, new: CourseSpec) -> Iterator[PartChange]:
    before = {module.slug: module for module in old.modules}
    after = {module.slug: module for module in new.modules}
    stayed = _stayed([m.slug for m in old.modules], [m.slug for m in new.modules])
    for slug, module in after.items():
        what = _what(slug in before, slug in stayed)
        renamed = slug in before and before[slug].title != module.title
        if renamed:
            what.append(Kind.RENAMED)
        yield PartChange(
            "module", slug, module.title, tuple(what),
            before=_shown(before[slug].title) if renamed else "",
        )  # fmt: skip
    for slug in before.keys() - after.keys():
        yield PartChange("module", slug, before[slug].title, (Kind.REMOVED,))


def _items(old: CourseSpec, new: CourseSpec) -> Iterator[PartChange]:
    before, after = _placed(old), _placed(new)
    stayed = _stayed(
        [(key, module) for key, (module, _item) in before.items()],
        [(key, module) for key, (module, _item) in after.items()],
    )
    for key, (module, item) in after.items():
        kind, slug = key
        if key not in before:
            yield PartChange(kind, slug, item.title, (Kind.ADDED,))
            continue
        earlier = before[key][1]
        what = _what(True, (key, module) in stayed)
        renamed = earlier.title != item.title
        if renamed:
            what.append(Kind.RENAMED)
        texts = tuple(_texts(earlier, item))
        if texts:
            what.append(Kind.CHANGED)
        yield PartChange(
            kind, slug, item.title, tuple(what), _shown(earlier.title) if renamed else "", texts
        )
    for key in [key for key in before if key not in after]:
        yield PartChange(key[0], key[1], before[key][1].title, (Kind.REMOVED,))


def _placed(course: CourseSpec) -> dict[tuple[str, str], tuple[str, ItemSpec]]:
    def kind(item: ItemSpec) -> str:
        return type(item).__name__.removesuffix("Spec").lower()

    def entries(module: ModuleSpec) -> Iterator[tuple[tuple[str, str], tuple[str, ItemSpec]]]:
        for item in module.items:
            yield (kind(item), item.slug), (module.slug, item)

    return dict(entry for module in course.modules for entry in entries(module))


def _stayed(old: Sequence[T], new: Sequence[T]) -> set[T]:
    """What kept its place among what is in both: the longest run that needs no moving."""
    before = [key for key in old if key in set(new)]
    after = [key for key in new if key in set(old)]
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return {
        after[block.b + offset]
        for block in matcher.get_matching_blocks()
        for offset in range(block.size)
    }


def _what(was_there: bool, stayed: bool) -> list[Kind]:
    if not was_there:
        return [Kind.ADDED]
    return [] if stayed else [Kind.MOVED]


def _texts(old: ItemSpec, new: ItemSpec) -> Iterator[TextChange]:
    yield from _plain("minutes", old.minutes, new.minutes)
    if isinstance(old, LessonSpec) and isinstance(new, LessonSpec):
        yield from _local("body", old.body_markdown, new.body_markdown)
        for name in sorted(old.pictures.keys() & new.pictures.keys()):
            if old.pictures[name] != new.pictures[name]:
                yield TextChange("picture", "", (Line(" ", name),))
    elif isinstance(old, FileSpec) and isinstance(new, FileSpec):
        yield from _plain("name", old.name, new.name)
        if old.data != new.data:
            yield TextChange("content", "", (Line(" ", new.name),))
    elif isinstance(old, LinkSpec) and isinstance(new, LinkSpec):
        yield from _plain("url", old.url, new.url)
    elif isinstance(old, LabSpec) and isinstance(new, LabSpec):
        yield from _lab(old, new)
    elif isinstance(old, QuizSpec) and isinstance(new, QuizSpec):
        yield from _quiz(complete(old.document), complete(new.document))


def _quiz(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[TextChange]:
    yield from _local("instructions", old["instructions"], new["instructions"])
    for name in ("attempts", "keep", "pass_percent", "shuffle", "show"):
        yield from _plain(name, old[name], new[name])
    yield from _plain("time_limit", old["minutes"], new["minutes"])
    before, after = _own_questions(old), _own_questions(new)
    yield from _questions(before, after)
    yield from _plain("sections", _sections(old), _sections(new))


def _own_questions(quiz: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [question for section in quiz["sections"] for question in section.get("questions", ())]


def _sections(quiz: Mapping[str, Any]) -> str:
    shown = []
    for section in quiz["sections"]:
        count = len(section.get("questions", ()))
        drawn = section.get("draw") or ("" if "from" in section else count)
        shown.append(f"{drawn} ← {section.get('from', count)}")
    return " · ".join(shown)


def _questions(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[TextChange]:
    """Every question that differs, line by line, and whether they stand in another order."""
    before = {question["id"]: question for question in old}
    after = {question["id"]: question for question in new}
    for name in [*after, *(name for name in before if name not in after)]:
        one, other = before.get(name), after.get(name)
        if one != other:
            texts = [question_text(q) if q is not None else "" for q in (one, other)]
            yield TextChange(f"questions.{name}", "", line_diff(*texts))
    kept = [name for name in before if name in after]
    order = [name for name in after if name in before]
    if kept != order:
        yield from _plain("questions", ", ".join(kept), ", ".join(order))


def _pools(old: CourseSpec, new: CourseSpec) -> Iterator[PartChange]:
    before, after = ({pool.slug: pool for pool in course.pools} for course in (old, new))
    for slug, pool in after.items():
        earlier = before.get(slug)
        if earlier is None:
            yield PartChange("pool", slug, pool.title, (Kind.ADDED,))
            continue
        texts = tuple(_questions(earlier.questions, pool.questions))
        renamed = earlier.title != pool.title
        what = [Kind.RENAMED] * renamed + [Kind.CHANGED] * bool(texts)
        title = _shown(earlier.title) if renamed else ""
        yield PartChange("pool", slug, pool.title, tuple(what), title, texts)
    for slug in before.keys() - after.keys():
        yield PartChange("pool", slug, before[slug].title, (Kind.REMOVED,))


def _lab(old: LabSpec, new: LabSpec) -> Iterator[TextChange]:
    yield from _local("summary", old.summary, new.summary)
    yield from _local("description", old.description or {}, new.description or {})
    yield from _plain("environment", old.environment, new.environment)
    yield from _plain("limits", sorted(old.limits.items()), sorted(new.limits.items()))
    yield from _plain("release_score", old.release_score, new.release_score)
    yield from _plain("skills", [_skill(s) for s in old.skills], [_skill(s) for s in new.skills])
    for grade_id in sorted(old.hints.keys() | new.hints.keys()):
        before, after = old.hints.get(grade_id, {}), new.hints.get(grade_id, {})
        yield from _local(f"hints.{grade_id}", before, after)
    for group, before_files, after_files in (
        ("notebooks", old.notebooks, new.notebooks),
        ("files", old.files, new.files),
    ):
        for name in sorted(before_files.keys() | after_files.keys()):
            if before_files.get(name) != after_files.get(name):
                sign = "+" if name not in before_files else "-" if name not in after_files else " "
                yield TextChange(group, "", (Line(sign, name),))


def _local(name: str, old: LocalText, new: LocalText) -> Iterator[TextChange]:
    for code in LANGUAGES:
        before, after = old.get(code, "").strip("\n"), new.get(code, "").strip("\n")
        if before != after:
            yield TextChange(name, code, line_diff(before, after))


def _skill(skill: SkillSpec) -> str:
    """A skill in one line; what is as usual is not said."""
    parts = [skill.slug]
    parts += [str(skill.level)] if skill.level != 1 else []
    parts += [f"× {skill.weight:g}"] if skill.weight != 1 else []
    return " ".join([*parts, *skill.cells])


def _plain(name: str, old: object, new: object) -> Iterator[TextChange]:
    if old != new:
        lines = (Line("-", str(old)), Line("+", str(new)))
        yield TextChange(
            name, "", tuple(line for line in lines if line.text not in ("None", "", "[]"))
        )


def line_diff(old: str, new: str) -> tuple[Line, ...]:
    """The lines that differ, each with up to two lines around it."""
    rows = list(difflib.unified_diff(old.splitlines(), new.splitlines(), n=2, lineterm=""))[2:]
    lines = [Line("@", "") if row.startswith("@@") else Line(row[0], row[1:]) for row in rows]
    return tuple(lines[1:] if lines and lines[0].sign == "@" else lines)


def _joined(texts: tuple[LocalText, ...]) -> Mapping[str, str]:
    return {code: "\n".join(text.get(code, "") for text in texts) for code in LANGUAGES}


def _picture(course: CourseSpec) -> str:
    if course.picture is None:
        return ""
    return f"{course.picture.name} ({zlib.crc32(course.picture.data):08x})"


def _shown(title: LocalText) -> str:
    return next((title[code] for code in LANGUAGES if title.get(code)), "")
