"""An assessment of QTI as the document of a quiz, with what became of each question."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from app import questions
from app.catalog.imports import xml
from app.catalog.imports.html import TooDeep, plain
from app.catalog.imports.qti import Asked, metadata, number, parts_of
from app.catalog.imports.questions import NotMapped, Question, Write
from app.catalog.imports.report import Log, Note, note
from app.catalog.rules.naming import plain_title

_KEEP = {"keep_highest": "best", "keep_latest": "last", "keep_average": "average"}


@dataclass(frozen=True)
class Source:
    """Where a quiz is read from, and how its texts are written."""

    place: str
    language: str
    write: Write
    bank: Callable[[str], Element | None]
    """The root of another bank's file, by its identifier."""


def read_quiz(
    root: Element, meta: Element | None, source: Source, log: Log
) -> tuple[dict[str, Any] | None, list[Note]]:
    """The document of a quiz, None when no question of it can be asked here; LOG gets the rest."""
    made = _Quiz(source, log)
    sections = made.sections(root)
    if not sections:
        return None, [note("quiz-empty")]
    document = made.settings(xml.child(root, "assessment"), meta) | {"sections": sections}
    wrong = questions.check(document, [source.language])
    if wrong:
        return None, [note("question-problem", problem=str(wrong[0].message))]
    return document, made.notes


def read_pool(root: Element, source: Source, log: Log) -> list[dict[str, Any]]:
    """The questions of a bank that can be asked here; LOG gets what became of each."""
    return [q for section in _Quiz(source, log).sections(root) for q in section["questions"]]


class _Quiz:
    def __init__(self, source: Source, log: Log) -> None:
        self.source, self.log = source, log
        self.notes: list[Note] = []
        self.told: list[str] = []
        """Texts between the questions: they become instructions."""
        self.count = 0

    def sections(self, root: Element) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []
        for part in parts_of(root):
            if part.bank and not part.items:
                bank = self.source.bank(part.bank)
                if bank is None:
                    self.notes.append(note("bank-gone", bank=part.bank))
                    continue
                items = tuple(item for inner in parts_of(bank) for item in inner.items)
                part = replace(part, items=items)
            asked = [q for item in part.items if (q := self._question(item, part.points))]
            if not asked:
                continue
            draw = min(part.draw, len(asked)) if part.draw is not None else None
            if draw is not None and len({q["points"] for q in asked}) > 1:
                self.notes.append(note("draw-points"))
                draw = None
            if draw is None and made and made[-1]["draw"] is None:
                made[-1]["questions"] += asked
            else:
                made.append({"questions": asked, "draw": draw})
        return made

    def _question(self, item: Asked, points: Decimal | None) -> dict[str, Any] | None:
        place = f"{self.source.place}#{item.ident}"
        title = plain_title(item.title, item.ident)
        question = Question(item, self.source.language, self.source.write)
        try:
            title = plain_title(plain(item.html), title)[:80]
            if question.kind == "text":
                self.told.append(item.html)
                self.log.add("question", title, place, "", [note("text-told")])
                return None
            name = f"q{self.count + 1}"
            made: dict[str, Any] = questions.normal(question.made(name, points))
        except NotMapped as error:
            self.log.left("question", title, place, error.reason)
            return None
        except (TooDeep, RecursionError):
            self.log.left("question", title, place, note("too-deep"))
            return None
        wrong = questions.check_question(made, [self.source.language])
        if wrong:
            said = note("question-problem", problem=str(wrong[0].message))
            self.log.left("question", title, place, said)
            return None
        self.count += 1
        self.log.add("question", title, place, f"question:{name}", question.notes)
        return made

    def settings(self, assessment: Element | None, meta: Element | None) -> dict[str, Any]:
        """What the quiz does, as far as the other system says it."""
        said = metadata(assessment)
        more = {xml.name(e): xml.text(e) for e in (meta if meta is not None else ())}
        attempts = number(more.get("allowed_attempts") or said.get("cc_maxattempts") or "")
        minutes = number(more.get("time_limit") or said.get("qmd_timelimit") or "")
        rubric = xml.child(assessment, "rubric")
        told = [more.get("description") or xml.text(rubric), *self.told]
        instructions = self.source.write("".join(f"<div>{part}</div>" for part in told if part))
        self.notes += instructions.notes
        hidden = more.get("show_correct_answers") == "false" or more.get("hide_results")
        return dict(questions.QUIZ_DEFAULTS) | {
            "instructions": {self.source.language: instructions.markdown}
            if instructions.markdown
            else {},
            "attempts": int(attempts) if attempts is not None and 1 <= attempts <= 100 else None,
            "keep": _KEEP.get(more.get("scoring_policy", ""), "best"),
            "minutes": int(minutes) if minutes is not None and 1 <= minutes <= 1440 else None,
            "show": "never" if hidden else "after-attempt",
        }
