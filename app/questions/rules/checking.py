"""What is wrong with a quiz or a question, whatever JSON it is: an empty list means it is good."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.kernel.i18n import lazy_gettext as _l
from app.questions.rules import fields
from app.questions.rules.reader import Reader, as_number
from app.questions.rules.words import KEEP, SHOW, TYPES, Problem

MOST_QUESTIONS, MOST_SECTIONS = 300, 50
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SETTINGS = (
    "instructions", "attempts", "keep", "minutes", "pass_percent", "shuffle", "show", "sections",
)  # fmt: skip


def check(
    quiz: Any,
    languages: Collection[str] | None = None,
    pools: Mapping[str, Sequence[Any]] | None = None,
) -> list[Problem]:
    """Everything wrong with the document of a quiz. Total over any JSON.

    With LANGUAGES every text has to be there in each of them, without in one at least. With POOLS
    (questions by slug) a section may draw from one: ``{"draw": 3, "from": slug}``; the questions of
    a pool are checked by ``check_questions``, here only whether the quiz can draw from them.
    """
    reader = Reader(quiz, "", [], languages)
    if not reader.is_mapping():
        return reader.problems
    reader.only(_SETTINGS)
    reader.text("instructions", required=False)
    reader.whole("attempts", 1, 100, required=False)
    reader.choice("keep", KEEP, required=False)
    reader.whole("minutes", 1, 1440, required=False)
    reader.whole("pass_percent", 0, 100, required=False)
    reader.flag("shuffle")
    reader.choice("show", SHOW, required=False)
    sections = reader.list("sections", 1, MOST_SECTIONS)
    seen: dict[str, str] = {}
    total = 0
    for section in sections:
        if section.is_mapping():
            total += _section(section, seen, pools)
    if total > MOST_QUESTIONS:
        reader.wrong("sections", _l("A quiz has at most %(most)s questions.", most=MOST_QUESTIONS))
    return reader.problems


def check_questions(
    questions: Any, languages: Collection[str] | None = None, path: str = "questions"
) -> list[Problem]:
    """Everything wrong with the questions of a pool; paths begin with PATH."""
    reader = Reader({path: questions}, "", [], languages)
    seen: dict[str, str] = {}
    for question in reader.list(path, 0, MOST_QUESTIONS):
        _question(question, seen)
    return reader.problems


def check_question(question: Any, languages: Collection[str] | None = None) -> list[Problem]:
    """Everything wrong with one question; paths begin within it, as ``options.1.text.en``."""
    reader = Reader(question, "", [], languages)
    _question(reader, {})
    return reader.problems


def _section(
    section: Reader, seen: dict[str, str], pools: Mapping[str, Sequence[Any]] | None
) -> int:
    """Check a section; answers how many questions it may ask about."""
    if pools is not None and "from" in section.value:
        section.only(("from", "draw"))
        section.whole("draw", 1, MOST_QUESTIONS, required=False)
        pool = section.value["from"]
        found = pools.get(pool) if isinstance(pool, str) else None
        if found is None:
            section.wrong("from", _l("There is no question pool %(name)s.", name=str(pool)[:80]))
            return 0
        for question in found:
            _once(section, "from", question, seen)
        _drawable(section, list(found))
        return len(found)
    section.only(("questions", "draw"))
    section.whole("draw", 1, MOST_QUESTIONS, required=False)
    questions = section.list("questions", 1, MOST_QUESTIONS)
    for question in questions:
        _question(question, seen)
    _drawable(section, [question.value for question in questions])
    return len(questions)


def _drawable(section: Reader, questions: list[Any]) -> None:
    draw = section.value.get("draw")
    if not isinstance(draw, int) or isinstance(draw, bool) or not questions:
        return
    if draw > len(questions):
        section.wrong(
            "draw",
            _l(
                "%(draw)s are drawn, but there are only %(there)s.", draw=draw, there=len(questions)
            ),
        )
    if len({_points(question) for question in questions}) > 1:
        section.wrong("draw", _l("Questions to draw from need equal points."))


def _points(question: Any) -> Decimal | None:
    return as_number(question.get("points")) if isinstance(question, Mapping) else None


def _once(reader: Reader, key: str, question: Any, seen: dict[str, str]) -> None:
    name = question.get("id") if isinstance(question, Mapping) else None
    if not isinstance(name, str):
        return
    if name in seen:
        reader.wrong(key, _l("The name %(name)s is used twice.", name=name[:80]))
    seen[name] = reader.path


def _question(question: Reader, seen: dict[str, str]) -> None:
    if not question.is_mapping():
        return
    name = question.value.get("id")
    if not isinstance(name, str) or not SLUG.fullmatch(name) or len(name) > 80:
        question.wrong("id", _l("A name is made of small letters, digits and single hyphens."))
    else:
        _once(question, "id", question.value, seen)
    kind = question.choice("type", TYPES)
    question.text("text")
    points = question.number("points", Decimal(0), Decimal(1000))
    if points is not None and (points <= 0 or points != round(points, 2)):
        question.wrong("points", _l("Points are more than zero, with two decimals at most."))
    for key in ("explanation", "hint"):
        question.text(key, required=False)
    if kind is not None:
        fields.CHECKS[kind](question)
        fields.check_variants(question)
