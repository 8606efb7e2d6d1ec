"""YAML that remembers its lines: values are asked for by name, what is left over is an error."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from app.catalog.folder_specs import LANGUAGES, FolderError, LocalText
from app.kernel.i18n import LazyText

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def suggestion(word: str, known: Iterable[str]) -> str:
    """The tail of a message: `; did you mean 'title'?` or the list of what is allowed."""
    options = sorted(known)
    near = difflib.get_close_matches(word, options, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; allowed here: {', '.join(options)}" if options else ""


class Problems:
    """Collects every error of a reading, so that an author sees all of them at once."""

    def __init__(self) -> None:
        self.errors: list[FolderError] = []

    def add(self, file: Path, line: int, message: str, words: LazyText | None = None) -> None:
        """Remember one error; `line` counts from 1."""
        self.errors.append(FolderError(file, max(line, 1), message, words))


class Section:
    """One YAML mapping. Readers report what is wrong and answer None (or an empty tuple)."""

    def __init__(
        self,
        node: yaml.MappingNode,
        file: Path,
        problems: Problems,
        wanted: tuple[str, ...] = LANGUAGES,
    ) -> None:
        self.node, self.file, self.problems = node, file, problems
        self.wanted = wanted
        """The languages that every text must have; others are read when they are there."""
        self.line = node.start_mark.line + 1
        self._values: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: set[str] = set()
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in self._values:
                problems.add(file, line, f"key '{key}' is written twice")
            self._values[key], self._lines[key] = value_node, line

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def names(self) -> tuple[str, ...]:
        """The keys in the order written."""
        return tuple(self._values)

    def line_of(self, key: str) -> int:
        """The line of a key, or of the mapping when the key is missing."""
        return self._lines.get(key, self.line)

    def take(self, key: str) -> yaml.Node | None:
        """What stands at KEY, for readers that make their own sense of it; None when missing."""
        return self._take(key, False)

    def error(self, key: str, message: str) -> None:
        """Report `message` at the line of `key`."""
        self.problems.add(self.file, self.line_of(key), message)

    def text(self, key: str, *, required: bool = True) -> str | None:
        """A non-empty text."""
        node = self._take(key, required)
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.error(key, f"'{key}' must be a text")
            return None
        return str(node.value).strip()

    def choice(self, key: str, options: Iterable[str]) -> str | None:
        """One of a fixed set of words."""
        value, allowed = self.text(key), tuple(options)
        if value is not None and value not in allowed:
            self.error(key, f"'{key}' cannot be '{value}'{suggestion(value, allowed)}")
            return None
        return value

    def integer(self, key: str, low: int, high: int, *, required: bool = True) -> int | None:
        """A whole number from low to high."""
        value = self.text(key, required=required)
        if value is None:
            return None
        if not re.fullmatch(r"\d{1,12}", value) or not low <= int(value) <= high:
            self.error(key, f"'{key}' must be a whole number from {low} to {high}, not '{value}'")
            return None
        return int(value)

    def decimal(self, key: str, low: float, high: float) -> float | None:
        """An optional number from low to high with at most one decimal."""
        value = self.text(key, required=False)
        if value is None:
            return None
        if not re.fullmatch(r"\d{1,6}(\.\d)?", value) or not low <= float(value) <= high:
            self.error(key, f"'{key}' must be a number from {low:g} to {high:g}, not '{value}'")
            return None
        return float(value)

    def slug(self, key: str) -> str | None:
        """A short name for addresses: small letters, digits and hyphens."""
        value = self.text(key)
        if value is not None and not SLUG.fullmatch(value):
            self.error(key, f"'{value}' is not a slug: small letters, digits, single hyphens")
            return None
        return value

    def localized(self, key: str, *, required: bool = True, empty: bool = False) -> LocalText:
        """A text in every language; `empty` allows empty texts. Answers {} after an error."""
        node = self._take(key, required)
        return {} if node is None else self._localized(node, f"'{key}'", self.line_of(key), empty)

    def localized_line(self, key: str, language: str) -> int:
        """The line on which a localized text's first character stands (for block texts too)."""
        node = self._values.get(key)
        if isinstance(node, yaml.MappingNode):
            for key_node, value in node.value:
                if key_node.value == language:
                    block = isinstance(value, yaml.ScalarNode) and value.style in ("|", ">")
                    return int(value.start_mark.line) + (2 if block else 1)
        return self.line_of(key)

    def localized_list(self, key: str, *, required: bool = True) -> tuple[LocalText, ...]:
        """A list of localized texts."""
        nodes = self._list(key, required)
        texts = (self._localized(n, f"'{key}'", n.start_mark.line + 1, False) for n in nodes)
        return tuple(t for t in texts if t)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of plain texts."""
        nodes = self._list(key, True)
        for node in nodes:
            if not isinstance(node, yaml.ScalarNode):
                self.problems.add(self.file, node.start_mark.line + 1, f"'{key}' lists texts")
        return tuple(str(n.value) for n in nodes if isinstance(n, yaml.ScalarNode))

    def section(self, key: str, *, required: bool = True) -> Section | None:
        """A nested mapping."""
        node = self._take(key, required)
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            self.error(key, f"'{key}' must hold keys of its own")
            return None
        return Section(node, self.file, self.problems, self.wanted)

    def sections(self, key: str, *, required: bool = True) -> tuple[Section, ...]:
        """A list of mappings."""
        nodes = self._list(key, required)
        for node in nodes:
            if not isinstance(node, yaml.MappingNode):
                line = node.start_mark.line + 1
                self.problems.add(self.file, line, f"every entry of '{key}' must hold keys")
        mappings = (n for n in nodes if isinstance(n, yaml.MappingNode))
        return tuple(Section(n, self.file, self.problems, self.wanted) for n in mappings)

    def finish(self) -> None:
        """Report every key that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                self.error(key, f"unknown key '{key}'{suggestion(key, self._asked)}")

    def _take(self, key: str, required: bool) -> yaml.Node | None:
        self._asked.add(key)
        node = self._values.get(key)
        if node is None and required:
            self.problems.add(self.file, self.line, f"key '{key}' is missing")
        return node

    def _list(self, key: str, required: bool) -> list[yaml.Node]:
        node = self._take(key, required)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode) or (required and not node.value):
            self.error(key, f"'{key}' must be a list")
            return []
        return list(node.value)

    def _localized(self, node: yaml.Node, what: str, line: int, empty: bool) -> LocalText:
        if not isinstance(node, yaml.MappingNode):
            wanted = " and ".join(self.wanted)
            self.problems.add(self.file, line, f"{what} must be written per language: {wanted}")
            return {}
        inner = Section(node, self.file, self.problems)
        found: dict[str, str] = {}
        for language in LANGUAGES:
            value = inner._take(language, False)
            if value is None:
                if language in self.wanted:
                    self.problems.add(self.file, line, f"{what} is missing in {language}")
            elif not isinstance(value, yaml.ScalarNode) or not (empty or value.value.strip()):
                self.problems.add(self.file, line, f"{what} is empty in {language}")
            else:
                found[language] = str(value.value).strip("\n")
        inner.finish()
        return found if set(self.wanted) <= set(found) else {}


def read_yaml(
    text: str, file: Path, problems: Problems, wanted: tuple[str, ...] = LANGUAGES
) -> Section | None:
    """The top mapping of a YAML text, or None after reporting what is wrong."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.add(file, mark.line + 1 if mark else 1, f"not valid YAML: {error.problem}")
        return None
    except yaml.YAMLError as error:
        problems.add(file, 1, f"not valid YAML: {error}")
        return None
    except RecursionError:
        problems.add(file, 1, "nested too deeply")
        return None
    if not isinstance(node, yaml.MappingNode):
        problems.add(file, 1, "must hold keys and values")
        return None
    return Section(node, file, problems, wanted)
