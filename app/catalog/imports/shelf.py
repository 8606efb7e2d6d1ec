"""Names for what is brought: free where the course already holds something, the same for both."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from app.catalog.folder_specs import ModuleSpec, PoolSpec
from app.catalog.imports.report import Report
from app.catalog.rules.naming import free_name, plain_file_name, slug_from

COLLECTED = {"en": "Further material", "zh-Hant-TW": "其他教材"}
"""The title of the module for what stood in none."""


@dataclass(frozen=True)
class Taken:
    """What the course holds already. Pictures and files: the SHA-256 of their content by name."""

    modules: frozenset[str] = frozenset()
    reading: frozenset[str] = frozenset()
    """Addresses of lessons, files and links."""
    labs: frozenset[str] = frozenset()
    quizzes: frozenset[str] = frozenset()
    pools: frozenset[str] = frozenset()
    pictures: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Brought:
    """What a package gives: modules for a draft, and the report of how."""

    report: Report
    title: str
    description: str
    """Markdown."""
    language: str
    """As the package says it; may be empty or wrong."""
    modules: tuple[ModuleSpec, ...]
    pools: tuple[PoolSpec, ...] = ()

    @property
    def part_count(self) -> int:
        return len(self.pools) + sum(1 + len(module.items) for module in self.modules)


class Shelf:
    """Gives out names, each once."""

    def __init__(self, taken: Taken) -> None:
        self._slugs = {
            "module": set(taken.modules),
            "reading": set(taken.reading),
            "lab": set(taken.labs),
            "quiz": set(taken.quizzes),
            "pool": set(taken.pools),
        }
        self._pictures, self._files = dict(taken.pictures), dict(taken.files)

    def slug(self, group: str, fallback: str, *wanted: str) -> str:
        """An address in GROUP from the first of WANTED that has a Latin letter or digit."""
        word = next(filter(None, map(slug_from, wanted)), "")
        found = free_name(word, fallback, self._slugs[group])
        self._slugs[group].add(found)
        return found

    def picture(self, path: str, ending: str, data: bytes) -> str:
        """A name in ``pictures/``: the same for the same content."""
        address = hashlib.sha256(data).hexdigest()
        stem = slug_from(PurePosixPath(path).stem) or "picture"
        name, number = f"{stem}.{ending}", 2
        while self._pictures.get(name, address) != address:
            name, number = f"{stem}-{number}.{ending}", number + 1
        self._pictures[name] = address
        return name

    def file(self, path: str, data: bytes) -> str:
        """A name in ``files/``: the same for the same content."""
        address = hashlib.sha256(data).hexdigest()
        name = plain_file_name(path)
        whole, number = PurePosixPath(name), 2
        while self._files.get(name, address) != address:
            name, number = f"{whole.stem} {number}{whole.suffix}", number + 1
        self._files[name] = address
        return name
