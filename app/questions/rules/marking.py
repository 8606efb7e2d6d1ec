"""Points for answers, and what is right. All points are Decimals with two places at most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import Any

from app.kernel.i18n import gettext, speaking
from app.kernel.i18n import lazy_gettext as _l
from app.questions.rules.answering import clean
from app.questions.rules.drawing import html_of, line_of
from app.questions.rules.shape import complete
from app.questions.rules.texts import example_of, is_accepted, number_of, pick
from app.questions.rules.words import TYPES, Marking, PartMarking, Solution

Parts = list[tuple[str, bool]]
CENT = Decimal("0.01")


def total(quiz: Mapping[str, Any]) -> Decimal:
    """The points that one attempt can earn. QUIZ is one that ``check`` has found good."""
    points = Decimal(0)
    for section in complete(quiz)["sections"]:
        each = [Decimal(str(question["points"])) for question in section["questions"]]
        points += sum(each if section.get("draw") is None else each[: section["draw"]], Decimal(0))
    return points


def mark(drawn: Mapping[str, Any], response: Any) -> Marking:
    """Points for RESPONSE, which is cleaned first. Raises BadResponse."""
    out_of = Decimal(str(drawn["points"]))
    answer = clean(drawn, response)
    kind = drawn["type"]
    if answer is None:
        return Marking(Decimal(0), out_of, (), _l("Not answered"))
    if TYPES[kind].needs_person:
        return Marking(None, out_of, (), _l("A person reads this and gives points."))
    ask, key = drawn["ask"], drawn["key"]
    note = None
    if kind == "numeric" and not _is_right("numeric", key, answer):
        note = _number_note(key, answer)
    if kind not in _PARTS:
        right = _is_right(kind, key, answer)
        return Marking(out_of if right else Decimal(0), out_of, (), note)
    parts, share = _PARTS[kind](ask, key, answer)
    if ask.get("marking") == "all-or-nothing" and share < 1:
        share = Decimal(0)
    points = (out_of * share).quantize(CENT, ROUND_HALF_UP) if share < 1 else out_of
    labels = tuple(PartMarking(label, right) for label, right in parts)
    return Marking(points, out_of, labels)


def _is_right(kind: str, key: Mapping[str, Any], answer: Any) -> bool:
    if kind in ("single", "choice"):
        return answer in key["correct"]
    if kind == "true-false":
        return bool(answer == key["correct"])
    if kind == "short-text":
        return is_accepted(answer, key["accepted"], match_case=key["match_case"])
    value, factor = _number(key, answer)
    if value is None or factor is None:
        return False
    target = Decimal(key["answer"])
    tolerance = key["tolerance"]
    allowed = Decimal(str(tolerance.get("absolute", 0)))
    if "relative" in tolerance:
        allowed = abs(target) * Decimal(str(tolerance["relative"]))
    return abs(value * factor - target) <= allowed


def _number(
    key: Mapping[str, Any], answer: Mapping[str, str]
) -> tuple[Decimal | None, Decimal | None]:
    factors = key["factors"]
    value, _unit = number_of(answer["value"], factors)
    if not factors:
        return value, Decimal(1)
    factor = factors.get(answer["unit"])
    return value, None if factor is None else Decimal(str(factor))


def _number_note(key: Mapping[str, Any], answer: Mapping[str, str]) -> Any:
    value, factor = _number(key, answer)
    if value is None:
        return _l("This is not a number.")
    return _l("The unit is missing.") if factor is None else None


def _multiple(
    ask: Mapping[str, Any], key: Mapping[str, Any], answer: list[str]
) -> tuple[Parts, Decimal]:
    correct, chosen = set(key["correct"]), set(answer)
    parts = [
        (option["id"], (option["id"] in correct) == (option["id"] in chosen))
        for option in ask["options"]
        if option["id"] in correct | chosen
    ]
    share = Decimal(len(chosen & correct) - len(chosen - correct)) / len(correct)
    return parts, max(share, Decimal(0))


def _shared(parts: Parts) -> tuple[Parts, Decimal]:
    return parts, Decimal(sum(right for _label, right in parts)) / len(parts)


def _ordering(
    _ask: Mapping[str, Any], key: Mapping[str, Any], answer: Mapping[str, int]
) -> tuple[Parts, Decimal]:
    return _shared(
        [(name, answer.get(name) == place) for place, name in enumerate(key["order"], 1)]
    )


def _matching(
    ask: Mapping[str, Any], key: Mapping[str, Any], answer: Mapping[str, str]
) -> tuple[Parts, Decimal]:
    names = [left["id"] for left in ask["lefts"]]
    return _shared([(name, answer.get(name) == key["pairs"][name]) for name in names])


def _fill_in(
    _ask: Mapping[str, Any], key: Mapping[str, Any], answer: Mapping[str, Any]
) -> tuple[Parts, Decimal]:
    return _shared(
        [
            (name, name in answer and _is_right(blank["kind"], blank, answer[name]))
            for name, blank in key["blanks"].items()
        ]
    )


_PARTS: dict[str, Callable[[Any, Any, Any], tuple[Parts, Decimal]]] = {
    "multiple": _multiple,
    "ordering": _ordering,
    "matching": _matching,
    "fill-in": _fill_in,
}


def solution(drawn: Mapping[str, Any], language: str) -> Solution:
    """What is right, in LANGUAGE or else in what there is. For release: it holds the key."""
    ask, key, kind = drawn["ask"], drawn["key"], drawn["type"]
    spoken = pick(ask["text"], language)[1]
    response, answers = _right(kind, ask, key, spoken)
    return Solution(
        response=response,
        answers=tuple(answers),
        explanation=html_of(pick(key.get("explanation"), spoken)[0], spoken),
        feedback={
            name: html_of(pick(text, spoken)[0], spoken)
            for name, text in key.get("feedback", {}).items()
        },
        language=spoken,
    )


def _right(
    kind: str, ask: Mapping[str, Any], key: Mapping[str, Any], language: str
) -> tuple[Any, list[tuple[str, str]]]:
    texts = {
        option["id"]: line_of(html_of(pick(option["text"], language)[0], language))
        for option in (*ask.get("options", ()), *ask.get("lefts", ()))
    }
    if kind in ("single", "choice", "multiple"):
        correct = key["correct"]
        answers = [("", texts[name]) for name in texts if name in correct]
        return (list(correct) if kind == "multiple" else correct[0]), answers
    if kind == "true-false":
        with speaking(language):
            words = gettext("True") if key["correct"] else gettext("False")
        return key["correct"], [("", escape(words))]
    if kind == "short-text":
        forms = [example_of(form, match_case=key["match_case"]) for form in key["accepted"]]
        return forms[0], [("", escape(form)) for form in forms]
    if kind == "numeric":
        unit = next(iter(key["factors"]), "")
        return {"value": key["answer"], "unit": unit}, [("", escape(_with_range(key, unit)))]
    if kind == "ordering":
        places = {name: place for place, name in enumerate(key["order"], 1)}
        return places, [(str(place), texts[name]) for name, place in places.items()]
    if kind == "matching":
        pairs = key["pairs"]
        return dict(pairs), [(texts[left["id"]], texts[pairs[left["id"]]]) for left in ask["lefts"]]
    if kind == "fill-in":
        return _right_blanks(ask, key, language)
    guide = html_of(pick(key.get("guide"), language)[0], language)
    return None, [("", guide)] if guide else []


def _right_blanks(
    ask: Mapping[str, Any], key: Mapping[str, Any], language: str
) -> tuple[Any, list[tuple[str, str]]]:
    response, answers = {}, []
    for name, blank in key["blanks"].items():
        right, shown = _right(blank["kind"], ask["blanks"][name], blank, language)
        response[name] = right
        answers.append((escape(name), " / ".join(text for _label, text in shown)))
    return response, answers


def _with_range(key: Mapping[str, Any], unit: str) -> str:
    tolerance = key["tolerance"]
    text = f"{key['answer']} {unit}".strip()
    if tolerance.get("absolute"):
        return f"{text} (± {tolerance['absolute']})"
    if tolerance.get("relative"):
        return f"{text} (± {Decimal(str(tolerance['relative'])) * 100:f}%)"
    return text
