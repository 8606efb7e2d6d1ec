"""From a quiz to the questions of one attempt, and what a browser may know of each.

A drawn question keeps apart what is asked (``ask``) and what is right (``key``): ``shown`` reads
only the first, so a key cannot leave by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from app.kernel.i18n import gettext, speaking
from app.questions.rules.arithmetic import evaluate
from app.questions.rules.fields import BLANK
from app.questions.rules.reader import as_number
from app.questions.rules.shape import complete
from app.questions.rules.texts import pick, shown_number
from app.questions.rules.variants import bound, drawn_values, shuffled, token
from app.questions.rules.words import HOW, TYPES
from app.web.markdown import render

Drawn = dict[str, Any]
_MARK = re.compile("\ue000([a-z0-9-]+)\ue001")


def draw(quiz: Mapping[str, Any], seed: str) -> list[Drawn]:
    """The questions of one attempt: drawn, bound to their variant and shuffled, with their keys.

    Always the same for the same QUIZ (which ``check`` has found good) and SEED. The result is JSON
    for the server alone.
    """
    quiz = complete(quiz)
    drawn: list[Drawn] = []
    for number, section in enumerate(quiz["sections"]):
        questions = list(section["questions"])
        if section.get("draw") is not None:
            questions = shuffled(questions, seed, "section", number)[: section["draw"]]
        drawn += [draw_question(question, seed) for question in questions]
    return shuffled(drawn, seed, "quiz") if quiz["shuffle"] else drawn


def draw_question(question: Mapping[str, Any], seed: str) -> Drawn:
    """One question as it is asked in the attempt of SEED."""
    name = question["id"]
    values = drawn_values(question, seed, name)
    whole = bound({k: v for k, v in question.items() if k != "variables"}, values)
    ask: dict[str, Any] = {"text": whole["text"], "hint": whole.get("hint", {})}
    key: dict[str, Any] = {"explanation": whole.get("explanation", {})}
    if TYPES[question["type"]].parts:
        ask["marking"] = whole.get("marking", "partial")
    _Draw(whole, question, values, (seed, name), ask, key).of_type()
    return {"id": name, "type": question["type"], "points": question["points"],
            "ask": ask, "key": key}  # fmt: skip


@dataclass
class _Draw:
    """The drawing of one question into what is asked and what is right."""

    whole: Mapping[str, Any]
    raw: Mapping[str, Any]
    values: Mapping[str, Any]
    seed: tuple[str, str]
    ask: dict[str, Any]
    key: dict[str, Any]

    def of_type(self) -> None:
        kind = self.whole["type"]
        if kind in ("single", "multiple"):
            options = self.options(self.whole["options"], "option")
            self.ask["options"] = [{"id": o["id"], "text": o["text"]} for o in options]
            self.key |= self.right(options)
        elif kind == "true-false":
            self.key["correct"] = self.whole["answer"]
        elif kind == "short-text":
            self.key |= self.accepted(self.whole)
        elif kind == "numeric":
            self.ask["units"] = [unit["name"] for unit in self.whole.get("units", ())]
            self.key |= self.number(self.whole, self.raw)
        elif kind == "ordering":
            self.ordering()
        elif kind == "matching":
            self.matching()
        elif kind == "fill-in":
            self.blanks()
        else:
            for name in ("words", "endings", "most"):
                if name in self.whole:
                    self.ask[name] = self.whole[name]
            self.key["guide"] = self.whole.get("guide", {})

    def name(self, *what: object) -> str:
        return token(*self.seed, *what)

    def options(self, options: Iterable[Mapping[str, Any]], *what: object) -> list[dict[str, Any]]:
        named = [
            {**option, "id": self.name(*what, index), "origin": index}
            for index, option in enumerate(options)
        ]
        if self.whole.get("shuffle", True):
            return shuffled(named, *self.seed, *what)
        return named

    def right(self, options: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "correct": [o["id"] for o in options if o.get("correct")],
            "feedback": {o["id"]: o["feedback"] for o in options if o.get("feedback")},
            "origin": {o["id"]: o["origin"] for o in options},
        }

    def accepted(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {"accepted": fields["accepted"], "match_case": fields.get("match_case", False)}

    def number(self, fields: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
        number = as_number(raw["answer"])
        value = number if number is not None else evaluate(raw["answer"], self.values)
        return {
            "answer": shown_number(value),
            "tolerance": fields.get("tolerance", {}),
            "factors": {unit["name"]: unit["factor"] for unit in fields.get("units", ())},
        }

    def ordering(self) -> None:
        items = [
            {"id": self.name("item", index), "text": text, "origin": index}
            for index, text in enumerate(self.whole["items"])
        ]
        self.key["order"] = [item["id"] for item in items]
        self.key["origin"] = {item["id"]: item["origin"] for item in items}
        self.ask["options"] = [
            {"id": item["id"], "text": item["text"]} for item in shuffled(items, *self.seed, "item")
        ]

    def matching(self) -> None:
        rights: list[Any] = []
        pairs: dict[str, str] = {}
        lefts = []
        for index, pair in enumerate(self.whole["pairs"]):
            if pair["right"] not in rights:
                rights.append(pair["right"])
            left = self.name("left", index)
            lefts.append({"id": left, "text": pair["left"]})
            pairs[left] = self.name("right", rights.index(pair["right"]))
        self.key["origin"] = {left["id"]: index for index, left in enumerate(lefts)}
        rights += [text for text in self.whole.get("distractors", ()) if text not in rights]
        options = [
            {"id": self.name("right", index), "text": text} for index, text in enumerate(rights)
        ]
        shuffle = self.whole.get("shuffle", True)
        self.ask["lefts"] = shuffled(lefts, *self.seed, "left") if shuffle else lefts
        self.ask["options"] = shuffled(options, *self.seed, "right")
        self.key["pairs"] = pairs

    def blanks(self) -> None:
        self.ask["blanks"], self.key["blanks"] = {}, {}
        for name, blank in self.whole["blanks"].items():
            ask: dict[str, Any] = {"kind": blank["kind"]}
            if blank["kind"] == "choice":
                options = self.options(blank["options"], "blank", name)
                ask["options"] = [{"id": o["id"], "text": o["text"]} for o in options]
                key = self.right(options)
            elif blank["kind"] == "numeric":
                ask["units"] = [unit["name"] for unit in blank.get("units", ())]
                key = self.number(blank, self.raw["blanks"][name])
            else:
                key = self.accepted(blank)
            self.ask["blanks"][name] = ask
            self.key["blanks"][name] = {"kind": blank["kind"], **key}


@dataclass(frozen=True)
class Shown:
    """A question as a browser may get it. Texts are safe HTML in LANGUAGE, options too.

    SEGMENTS is the text cut at its blanks: ``("html", html)`` and ``("blank", name)`` in turn.
    OPTIONS and LEFTS hold ``{"id", "html", "words"}``, words for lists in which browsers show no
    HTML; BLANKS hold ``{"kind", "options", "units"}`` by name.
    """

    id: str
    type: str
    points: float
    language: str
    text: str
    hint: str
    how: str
    options: list[dict[str, str]] = field(default_factory=list)
    lefts: list[dict[str, str]] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    blanks: dict[str, dict[str, Any]] = field(default_factory=dict)
    segments: list[tuple[str, str]] = field(default_factory=list)
    words: int | None = None
    endings: list[str] = field(default_factory=list)
    most: int = 1

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def shown(drawn: Mapping[str, Any], language: str) -> Shown:
    """What a browser may get of a drawn question, in LANGUAGE or else in what there is."""
    ask = drawn["ask"]
    text, spoken = pick(ask["text"], language)
    blanks = {
        name: {"kind": blank["kind"], "units": blank.get("units", []),
               "options": _options(blank.get("options", ()), spoken)}
        for name, blank in ask.get("blanks", {}).items()
    }  # fmt: skip
    segments = _segments(text, list(blanks), spoken) if blanks else []
    return Shown(
        id=drawn["id"],
        type=drawn["type"],
        points=drawn["points"],
        language=spoken,
        text="".join(part for kind, part in segments if kind == "html") or html_of(text, spoken),
        hint=html_of(pick(ask.get("hint"), spoken)[0], spoken),
        how=_how(drawn["type"], ask.get("marking", ""), language),
        options=_options(ask.get("options", ()), spoken),
        lefts=_options(ask.get("lefts", ()), spoken),
        units=ask.get("units", []),
        blanks=blanks,
        segments=segments,
        words=ask.get("words"),
        endings=ask.get("endings", []),
        most=ask.get("most", 1),
    )


def _how(kind: str, marking: str, language: str) -> str:
    words = HOW.get((kind, marking))
    with speaking(language):
        return str(words) if words is not None else ""


def _options(options: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, str]]:
    made = []
    for option in options:
        text = pick(option["text"], language)[0]
        html = line_of(html_of(text, language))
        made.append({"id": option["id"], "html": html, "words": plain_of(text)})
    return made


def _segments(text: str, names: list[str], language: str) -> list[tuple[str, str]]:
    known = set(names)
    marked = BLANK.sub(
        lambda found: f"\ue000{found[1]}\ue001" if found[1] in known else found[0],
        text.replace("\ue000", "").replace("\ue001", ""),
    )
    pieces = _MARK.split(html_of(marked, language))
    parts = [("blank" if index % 2 else "html", piece) for index, piece in enumerate(pieces)]
    missing = known - {piece for kind, piece in parts if kind == "blank"}
    # What a text forgets is still asked, at its end.
    return parts + [("blank", name) for name in names if name in missing]


def html_of(text: str, language: str) -> str:
    """Safe HTML of a text of a question. Pictures and links to items belong into lessons."""
    if not text.strip():
        return ""
    with speaking(language):
        labels = {
            "note": gettext("Note"),
            "tip": gettext("Tip"),
            "warning": gettext("Warning"),
            "answer": gettext("Answer"),
        }
    return render(text, pictures=lambda target: "", items=None, labels=labels)


def line_of(html: str) -> str:
    """HTML of a single paragraph without its ``<p>``: a label holds no blocks."""
    html = html.strip()
    inner = html.removeprefix("<p>").removesuffix("</p>")
    return inner if len(html) - len(inner) == 7 and "<p" not in inner else html


def plain_of(text: str) -> str:
    """A text without the signs of Markdown that hurt where only words are shown."""
    return " ".join(re.sub(r"[*_`$]", "", text).split())
