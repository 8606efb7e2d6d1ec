"""Reads quizzes and the question bank: YAML as plain JSON, judged by the rules of questions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from app.catalog.folder.place import Place
from app.catalog.folder_lessons import check_markdown
from app.catalog.folder_specs import LANGUAGES, PoolSpec, QuizSpec
from app.catalog.folder_yaml import SLUG, Problems, Section, suggestion
from app.kernel.i18n import speaking
from app.questions import Problem, check, check_questions, complete, normal

SETTINGS = {
    "instructions": "instructions", "attempts": "attempts", "keep": "keep",
    "time_limit": "minutes", "pass_percent": "pass_percent", "shuffle": "shuffle",
    "show": "show", "sections": "sections",
}  # fmt: skip
"""Keys of the file and how the document of a quiz calls them: its ``minutes`` limit an attempt."""

WORDS = {"id", "type", "kind", "name", "from", "marking", "keep", "show", "accepted", "endings"}
"""Keys whose values are words, also when they look like numbers or like yes and no."""

MOST_NODES = 100_000
_NUMBER = re.compile(r"[-+]?\d{1,25}(\.\d{0,25})?([eE][-+]?\d{1,3})?", re.ASCII)


def read_pools(place: Place) -> tuple[PoolSpec, ...]:
    """Every pool of ``questions/``, sorted by slug."""
    pools = []
    for path in sorted(place.within("questions").folder.glob("*.yaml")):
        pool = _read_pool(place.within("questions"), path)
        if pool:
            pools.append(pool)
    return tuple(pools)


def _read_pool(place: Place, path: Path) -> PoolSpec | None:
    if not SLUG.fullmatch(path.stem):
        place.problems.add(path, 1, "file name must be small letters, digits, hyphens")
        return None
    top = place.load(path.name)
    if top is None:
        return None
    title = top.localized("title")
    node = top.take("questions")
    top.finish()
    plain = _Plain(path, place.problems)
    questions = [] if node is None else plain.of(node, "questions")
    found = check_questions(questions, place.wanted)
    plain.report(found)
    if found or plain.failed:
        return None
    plain.check_texts(questions, "questions")
    made = tuple(normal(question) for question in questions)
    return PoolSpec(path.stem, title, made) if title else None


def read_quiz(
    place: Place, slug: str, at: tuple[Path, int], pools: Mapping[str, PoolSpec]
) -> QuizSpec | None:
    """The quiz of ``quizzes/SLUG.yaml``; AT is the file and line that names it."""
    folder = place.within("quizzes")
    path = folder.folder / f"{slug}.yaml"
    if not path.is_file() and not path.is_symlink():
        known = [p.stem for p in folder.folder.glob("*.yaml")]
        place.problems.add(*at, f"there is no quizzes/{slug}.yaml{suggestion(slug, known)}")
        return None
    top = folder.load(path.name)
    if top is None:
        return None
    title, minutes = top.localized("title"), top.integer("minutes", 1, 600)
    plain = _Plain(path, place.problems)
    document = plain.document(top)
    top.finish()
    known_pools = {name: pool.questions for name, pool in pools.items()}
    found = check(document, place.wanted, known_pools)
    plain.report(found)
    if found or plain.failed:
        return None
    plain.check_texts(document, "")
    return QuizSpec(slug, title, minutes, complete(document)) if title and minutes else None


@dataclass
class _Plain:
    """A file's YAML as JSON, with the line of every entry."""

    file: Path
    problems: Problems
    lines: dict[str, int] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    """The line on which the first character of a text stands."""
    failed: bool = False
    _nodes: int = 0

    def document(self, top: Section) -> dict[str, Any]:
        """The document of a quiz that TOP holds beside its title and minutes."""
        found = {}
        for key, name in SETTINGS.items():
            node = top.take(key)
            if node is not None:
                self.lines[name] = top.line_of(key)
                found[name] = self.of(node, name)
        self.lines[""] = top.line
        return found

    def of(self, node: yaml.Node, path: str) -> Any:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            # Anchors can make a small file hold any number of entries.
            if not self.failed:
                self.problems.add(self.file, 1, "holds too much")
            self.failed = True
            return None
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.of(entry, f"{path}.{n}") for n, entry in enumerate(node.value)]
        block = getattr(node, "style", None) in ("|", ">")
        self.starts[path] = node.start_mark.line + (2 if block else 1)
        *before, last = path.split(".")
        if last.isdigit() and before:
            last = before[-1]
        if last in WORDS:
            return str(node.value)
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        keys = [str(key.value) for key, _value in node.value]
        is_text = bool(keys) and set(keys) <= set(LANGUAGES)
        for key, value in zip(keys, (value for _key, value in node.value), strict=True):
            inner = f"{path}.{key}" if path else key
            if key in found:
                self.problems.add(
                    self.file, value.start_mark.line + 1, f"key '{key}' is written twice"
                )
                self.failed = True
            found[key] = self.of(value, inner)
            if is_text and isinstance(value, yaml.ScalarNode):
                found[key] = str(value.value)
        return found

    def report(self, problems: Collection[Problem]) -> None:
        """Add what the rules of questions found, each at its line."""
        with speaking("en"):
            for problem in problems:
                message = (
                    f"{problem.path}: {problem.message}" if problem.path else str(problem.message)
                )
                self.problems.add(self.file, self._line(problem.path), message, problem.message)

    def _line(self, path: str) -> int:
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path, 1)

    def check_texts(self, value: Any, path: str) -> None:
        """Report formulas that cannot be shown, and pictures, which only lessons have."""
        for where, text in texts_in(value, path):
            line = self.starts.get(where, self._line(where))
            check_markdown(text, self.file, line, self.problems, lessons=set(), labs=set())


def texts_in(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text in a language within VALUE, with the path to it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            where = f"{path}.{key}" if path else str(key)
            if key in LANGUAGES and isinstance(inner, str):
                yield where, inner
            else:
                yield from texts_in(inner, where)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from texts_in(inner, f"{path}.{number}")


def _scalar(node: yaml.Node) -> Any:
    text, tag = str(node.value), node.tag.rpartition(":")[2]
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() in ("true", "yes", "on")
    if tag in ("int", "float") and _NUMBER.fullmatch(text):
        number = float(text)
        return int(text) if re.fullmatch(r"[-+]?\d+", text) else number
    return text
