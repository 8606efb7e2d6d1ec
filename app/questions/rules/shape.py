"""The one way to write a question or a quiz: order of keys, no empty entries, texts stripped.

What is wrong stays wrong: ``check`` says so. Two documents that mean the same have the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.questions.rules.texts import LANGUAGES

TEXTS = {"text", "hint", "explanation", "feedback", "guide", "left", "right", "instructions"}
"""Keys that hold a text per language; so do the entries of ITEMS and of a blank's options."""

ORDER = (
    "id", "type", "kind", "name", "text", "hint", "points", "marking", "shuffle", "variables",
    "options", "answer", "accepted", "match_case", "tolerance", "units", "items", "pairs",
    "distractors", "blanks", "words", "endings", "most", "guide", "explanation",
    "left", "right", "correct", "feedback", "factor", "absolute", "relative",
    "min", "max", "step", "choices",
)  # fmt: skip
_RANK = {name: rank for rank, name in enumerate(ORDER)}

_DEFAULTS = {
    "correct": False, "match_case": False, "shuffle": True, "marking": "partial", "most": 1,
}  # fmt: skip
"""What a question says by saying nothing."""

QUIZ_DEFAULTS: dict[str, Any] = {
    "instructions": {},
    "attempts": None,
    "keep": "best",
    "minutes": None,
    "pass_percent": None,
    "shuffle": False,
    "show": "after-attempt",
}
"""What a quiz does unless its document says otherwise."""


def normal(question: Any) -> Any:
    """QUESTION in its one way to be written. Anything that is no mapping stays as it is."""
    return _normal(question, "")


def _normal(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        if value and set(value) <= set(LANGUAGES):
            return {c: t for c in LANGUAGES if not _is_empty(t := _text(value.get(c)))}
        named = key in ("variables", "blanks")
        names = sorted(value, key=str if named else _rank)
        made = {str(name): _normal(value[name], "" if named else str(name)) for name in names}
        return {n: v for n, v in made.items() if named or not _is_needless(n, v)}
    if isinstance(value, list | tuple):
        return [_normal(entry, key) for entry in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value.strip() if isinstance(value, str) else value


def _rank(name: Any) -> tuple[int, str]:
    return _RANK.get(str(name), len(_RANK)), str(name)


def _text(value: Any) -> Any:
    # As everywhere in a course's folder: lines around a text do not belong to it.
    return value.strip("\n") if isinstance(value, str) else value


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _is_needless(name: str, value: Any) -> bool:
    if name in _DEFAULTS and type(value) is type(_DEFAULTS[name]) and value == _DEFAULTS[name]:
        return True
    return _is_empty(value) or (isinstance(value, dict | list) and not value)


def complete(quiz: Mapping[str, Any]) -> dict[str, Any]:
    """QUIZ with every setting there and its questions in their normal form."""
    sections = [
        {**section, "questions": [normal(question) for question in section["questions"]]}
        if isinstance(section, Mapping) and isinstance(section.get("questions"), list | tuple)
        else section
        for section in quiz.get("sections") or []
    ]
    return {
        **{
            key: default if quiz.get(key) is None else _normal(quiz[key], key)
            for key, default in QUIZ_DEFAULTS.items()
        },
        "sections": [
            {"draw": None, **section} if isinstance(section, Mapping) else section
            for section in sections
        ],
    }


def resolve(quiz: Mapping[str, Any], pools: Mapping[str, Any]) -> dict[str, Any]:
    """QUIZ with every section ``{"draw": n, "from": pool}`` holding the questions of that pool.

    POOLS has the questions of each pool by its slug; check with them first.
    """
    sections = [
        {"questions": list(pools[section["from"]]), "draw": section.get("draw")}
        if "from" in section
        else section
        for section in quiz.get("sections") or []
    ]
    return complete({**quiz, "sections": sections})
