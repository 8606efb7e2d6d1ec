"""What a `courses/` folder says, as plain frozen values, with a digest for each course and lab."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from app.kernel.i18n import LazyText

LANGUAGES = ("zh-Hant-TW", "en")

LocalText = Mapping[str, str]
"""A text in every language that the course is taught in, and perhaps in others of LANGUAGES."""

LATER = {"later": True}
"""Metadata of a field that came after courses had been published: its default is not digested."""


@dataclass(frozen=True, order=True)
class FolderError:
    """Something in the folder that has to be put right; `line` counts from 1."""

    file: Path
    line: int
    message: str
    words: LazyText | None = field(default=None, compare=False)
    """The message for somebody who does not see files, when the rules that refused have one."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class PictureSpec:
    """A picture with its text alternative; an empty `alt` means decoration."""

    name: str
    data: bytes
    alt: LocalText


@dataclass(frozen=True)
class SkillSpec:
    """A skill that a lab gives evidence of.

    ``slug`` is the skill's key in its framework, or a name of the author's own with a ``title``.
    ``weight`` (above 0, at most 1): how much of the proof the lab is; ``cells``: the grade ids of
    the tests that prove it, none for the whole lab.
    """

    slug: str
    title: LocalText
    level: int = field(default=1, metadata=LATER)
    weight: float = field(default=1.0, metadata=LATER)
    cells: tuple[str, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True)
class DataSpec:
    """Where a lab's data come from: shown to students beside the lab."""

    title: LocalText
    source: str
    licence: str


@dataclass(frozen=True)
class LessonSpec:
    """One lesson: Markdown per language and the pictures it refers to, by file name."""

    slug: str
    title: LocalText
    minutes: int
    body_markdown: LocalText
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class FileSpec:
    """A file in its place in the outline, as a handout in PDF. Notebooks are shown as pages."""

    slug: str
    title: LocalText
    minutes: int
    name: str
    data: bytes


@dataclass(frozen=True)
class LinkSpec:
    """An address elsewhere in its place in the outline, such as a video."""

    slug: str
    title: LocalText
    minutes: int
    url: str


@dataclass(frozen=True)
class LabSpec:
    """One lab: nbgrader source notebooks by name (without `.ipynb`) and the files beside them.

    `limits` holds only the limits that differ from the engine's defaults; `hints` maps a grade id
    to what a student reads when that test fails; `release_score` is how many points the untouched
    release gets, where its author says so.
    """

    slug: str
    title: LocalText
    summary: LocalText
    environment: str
    minutes: int
    description: LocalText | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    skills: tuple[SkillSpec, ...] = ()
    data: tuple[DataSpec, ...] = ()
    hints: Mapping[str, LocalText] = field(default_factory=dict)
    notebooks: Mapping[str, bytes] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    release_score: float | None = field(default=None, metadata=LATER)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of everything above: equal digests mean the same lab version."""
        return digest(self)


@dataclass(frozen=True)
class QuizSpec:
    """One quiz; `minutes` is what it takes in the outline.

    `document` is a quiz as `app.questions` says, in which a section may also draw from a question
    pool of the course: `{"draw": 3, "from": "pool-slug"}`. Its questions are in normal form.
    """

    slug: str
    title: LocalText
    minutes: int
    document: Mapping[str, Any]


@dataclass(frozen=True)
class PoolSpec:
    """A pool of the course's question bank: questions in normal form that quizzes draw from."""

    slug: str
    title: LocalText
    questions: tuple[Mapping[str, Any], ...] = ()


ItemSpec = LessonSpec | LabSpec | FileSpec | LinkSpec | QuizSpec


@dataclass(frozen=True)
class ModuleSpec:
    """A module: lessons, labs, quizzes, files and links in teaching order."""

    slug: str
    title: LocalText
    items: tuple[ItemSpec, ...]


@dataclass(frozen=True)
class CourseSpec:
    """One course; `hours` is the whole work load, `lead_school` a school's name or mail domain.

    `credits` is what a school gives for it (學分); None when each school decides.
    """

    slug: str
    title: LocalText
    summary: LocalText
    description: LocalText
    level: str
    hours: int
    languages: tuple[str, ...]
    outcomes: tuple[LocalText, ...]
    modules: tuple[ModuleSpec, ...]
    prerequisites: tuple[LocalText, ...] = ()
    lead_school: str | None = None
    picture: PictureSpec | None = None
    credits: float | None = field(default=None, metadata=LATER)
    pools: tuple[PoolSpec, ...] = field(default=(), metadata=LATER)

    @property
    def lessons(self) -> tuple[LessonSpec, ...]:
        return tuple(i for m in self.modules for i in m.items if isinstance(i, LessonSpec))

    @property
    def labs(self) -> tuple[LabSpec, ...]:
        return tuple(i for m in self.modules for i in m.items if isinstance(i, LabSpec))

    @property
    def quizzes(self) -> tuple[QuizSpec, ...]:
        return tuple(i for m in self.modules for i in m.items if isinstance(i, QuizSpec))

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the course with all its lessons, pictures and labs."""
        return digest(self)


@dataclass(frozen=True)
class PartnerSpec:
    """A company or association behind a cluster; `organisation` is its slug here, if it has one."""

    name: LocalText
    url: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class ClusterSpec:
    """A thematic course cluster; `body` is Markdown, `industry` one of folder.INDUSTRIES.

    `order` names its courses as they are listed; `completion` is the document of
    `rules.completion`, None when the file says nothing about completing it.
    """

    slug: str
    title: LocalText
    summary: LocalText
    industry: str
    body: LocalText
    picture: PictureSpec | None
    courses: tuple[CourseSpec, ...]
    outcomes: tuple[LocalText, ...] = field(default=(), metadata=LATER)
    partners: tuple[PartnerSpec, ...] = field(default=(), metadata=LATER)
    order: tuple[str, ...] = field(default=(), metadata=LATER)
    completion: Mapping[str, Any] | None = field(default=None, metadata=LATER)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the cluster and everything in it."""
        return digest(self)

    @cached_property
    def own_digest(self) -> str:
        """SHA-256 (hex) of what cluster.yaml says and which courses stand beside it."""
        return digest([replace(self, courses=()), [course.slug for course in self.courses]])


def digest(value: object) -> str:
    """SHA-256 (hex) over canonical JSON: keys sorted, bytes replaced by their own SHA-256."""
    text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        own = {
            f.name: _plain(getattr(value, f.name))
            for f in fields(value)
            if not ("later" in f.metadata and getattr(value, f.name) == f.default)
        }
        return {"kind": type(value).__name__, **own}
    if isinstance(value, bytes):
        return {"sha256": hashlib.sha256(value).hexdigest()}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
