"""Which fields the parts of a draft have, and what may be saved in them."""

import json
import re
from collections.abc import Collection
from typing import Any

from app.catalog.folder_specs import LANGUAGES
from app.catalog.folder_yaml import SLUG
from app.catalog.rules.words import LEVELS, NodeKind
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.questions import KEEP, SHOW

ENVIRONMENTS: dict[str, LazyText] = {
    "standard": _l("Standard Python"),
    "scientific": _l("Scientific Python"),
    "deep-learning": _l("Deep learning"),
}
LIMITS: dict[str, LazyText] = {
    "cell_seconds": _l("Seconds for one cell"),
    "total_seconds": _l("Seconds for everything"),
    "memory_mb": _l("Memory in MB"),
    "processes": _l("Processes"),
    "disk_mb": _l("Disk in MB"),
    "output_bytes": _l("Output in bytes"),
}
SHORT, LONG, MOST_ROWS = 300, 200_000, 60
_LOCAL: dict[NodeKind, dict[str, int]] = {
    NodeKind.COURSE: {"title": SHORT, "summary": 2000, "description": LONG, "picture_alt": SHORT},
    NodeKind.MODULE: {"title": SHORT},
    NodeKind.LESSON: {"title": SHORT, "body": LONG},
    NodeKind.LAB: {"title": SHORT, "summary": 2000, "description": LONG},
    NodeKind.FILE: {"title": SHORT},
    NodeKind.LINK: {"title": SHORT},
    NodeKind.QUIZ: {"title": SHORT, "instructions": LONG},
    NodeKind.POOL: {"title": SHORT},
}
_PLAIN: dict[NodeKind, dict[str, int]] = {
    NodeKind.COURSE: {"level": 30, "hours": 10, "credits": 10},
    NodeKind.MODULE: {"slug": 80},
    NodeKind.LESSON: {"slug": 80, "minutes": 10},
    NodeKind.LAB: {
        "slug": 80, "minutes": 10, "environment": 30, "release_score": 10,
        **{f"limits.{name}": 12 for name in LIMITS},
    },
    NodeKind.FILE: {"slug": 80, "minutes": 10},
    NodeKind.LINK: {"slug": 80, "minutes": 10, "url": 2000},
    NodeKind.QUIZ: {
        "slug": 80, "minutes": 10, "attempts": 6, "time_limit": 6, "pass_percent": 6,
        "keep": 20, "show": 20, "shuffle": 5,
    },
    NodeKind.POOL: {"slug": 80},
}  # fmt: skip
ROWS: dict[NodeKind, dict[str, tuple[str, ...]]] = {
    NodeKind.COURSE: {"outcomes": LANGUAGES, "prerequisites": LANGUAGES},
    NodeKind.LAB: {
        "skills": (
            "slug",
            *(f"title.{code}" for code in LANGUAGES),
            "level",
            "weight",
            "cells",
        ),
        "data": (*(f"title.{code}" for code in LANGUAGES), "source", "licence"),
    },
}
_CHOICES: dict[str, Collection[str]] = {
    "level": LEVELS, "environment": ENVIRONMENTS, "keep": KEEP, "show": SHOW,
    "shuffle": ("true", "false"),
}  # fmt: skip
QUESTION = re.compile(rf"questions\.({SLUG.pattern})")
MOST_QUESTION_CHARACTERS = 200_000
_HINT = re.compile(rf"hints\.(.{{1,200}})\.({'|'.join(LANGUAGES)})")


class NotAField(ValueError):
    """The part has no such field."""


def problem_of(kind: NodeKind, name: str, value: Any) -> LazyText | None:
    """Why VALUE cannot be saved in the field NAME at all; None when it can.

    Raises NotAField. What only stands in the way of publishing may be saved.
    """
    if name == "languages" and kind is NodeKind.COURSE:
        good = isinstance(value, list) and value and all(code in LANGUAGES for code in value)
        return None if good else _l("Choose at least one language.")
    rows = ROWS.get(kind, {}).get(name)
    if rows is not None:
        return _rows_problem(value, rows)
    if kind in (NodeKind.QUIZ, NodeKind.POOL) and QUESTION.fullmatch(name):
        return _question_problem(value)
    most = _longest(kind, name)
    if not isinstance(value, str):
        raise NotAField(name)
    if "\0" in value:
        return _l("This holds a character that cannot be stored.")
    if len(value) > most:
        return _l("This is too long: %(most)s characters at most.", most=most)
    if name == "slug" and not SLUG.fullmatch(value):
        return _l("An address is made of small letters, digits and single hyphens.")
    if name in _CHOICES and value not in _CHOICES[name]:
        return _l("Choose one of the list.")
    return None


def _question_problem(value: Any) -> LazyText | None:
    # Whether it is a good question is for the rules of questions to say: a draft is unfinished.
    if not isinstance(value, dict):
        raise NotAField(str(value)[:40])
    text = json.dumps(value, ensure_ascii=False)
    if "\\u0000" in text:
        return _l("This holds a character that cannot be stored.")
    if len(text) > MOST_QUESTION_CHARACTERS:
        return _l("This is too long: %(most)s characters at most.", most=MOST_QUESTION_CHARACTERS)
    return None


def _longest(kind: NodeKind, name: str) -> int:
    plain = _PLAIN[kind].get(name)
    if plain is not None:
        return plain
    base, _dot, code = name.rpartition(".")
    if code in LANGUAGES and base in _LOCAL[kind]:
        return _LOCAL[kind][base]
    if kind is NodeKind.LAB and _HINT.fullmatch(name):
        return 2000
    raise NotAField(name)


def _rows_problem(value: Any, keys: tuple[str, ...]) -> LazyText | None:
    if not isinstance(value, list):
        raise NotAField(str(value)[:40])
    for row in value:
        if not isinstance(row, dict) or not set(row) <= set(keys):
            raise NotAField(str(row)[:40])
        if not all(isinstance(text, str) and "\0" not in text for text in row.values()):
            raise NotAField(str(row)[:40])
        if any(len(text) > 1000 for text in row.values()):
            return _l("This is too long: %(most)s characters at most.", most=1000)
    if len(value) > MOST_ROWS:
        return _l("There are too many rows: %(most)s at most.", most=MOST_ROWS)
    return None
