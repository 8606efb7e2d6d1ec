"""Questions of QTI as questions of ours: dictionaries as ``app.questions`` reads them."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from app.catalog.imports import xml
from app.catalog.imports.html import Text, plain
from app.catalog.imports.qti import Asked, Choice, Response, number
from app.catalog.imports.report import Note, note
from app.catalog.rules.naming import free_name, slug_from

Write = Callable[[str], Text]
_TRUE = {"true", "t", "yes", "correct", "對", "是", "正確", "真", "○", "wahr", "vrai", "verdadero"}
_FALSE = {
    "false",
    "f",
    "no",
    "incorrect",
    "錯",
    "否",
    "錯誤",
    "不正確",
    "假",
    "╳",
    "falsch",
    "faux",
    "falso",
}
_KINDS = {
    "multiple_choice_question": "single",
    "cc.multiple_choice.v0p1": "single",
    "true_false_question": "true-false",
    "cc.true_false.v0p1": "true-false",
    "multiple_answers_question": "multiple",
    "cc.multiple_response.v0p1": "multiple",
    "short_answer_question": "short-text",
    "cc.fib.v0p1": "short-text",
    "cc.pattern_match.v0p1": "short-text",
    "essay_question": "essay",
    "cc.essay.v0p1": "essay",
    "matching_question": "matching",
    "numerical_question": "numeric",
    "calculated_question": "calculated",
    "fill_in_multiple_blanks_question": "blanks",
    "multiple_dropdowns_question": "dropdowns",
    "file_upload_question": "file",
    "text_only_question": "text",
}
_MARK = "xqplace{}x"
_FUNCTIONS = {"ln": "log", "log": "log10", "ceiling": "ceil", "trunc": "floor"}


class NotMapped(ValueError):
    """The question has no counterpart here; ``reason`` says why."""

    def __init__(self, reason: Note) -> None:
        self.reason = reason
        super().__init__(reason.code)


class Question:
    """One question being rewritten."""

    def __init__(self, asked: Asked, language: str, write: Write) -> None:
        self.asked, self.language, self.write = asked, language, write
        self.notes: list[Note] = []
        self.kind = _KINDS.get(asked.kind) or _guess(asked)

    def made(self, name: str, points: Decimal | None) -> dict[str, Any]:
        """The question as JSON, called NAME. Raises NotMapped."""
        make = getattr(self, f"_{self.kind.replace('-', '_')}", None)
        if make is None:
            raise NotMapped(note("question-kind", kind=self.asked.kind or self.kind))
        own = make()
        worth = points if points is not None else self.asked.points
        if worth is None or worth <= 0:
            worth = Decimal(1)
            if self.asked.points is not None:
                self.notes.append(note("points-zero"))
        text = own.pop("text", None) or self._local(self.asked.html or self.asked.title)
        question = {
            "id": name,
            "type": own.pop("type"),
            "text": text,
            "points": _plain(round(worth, 2)),
        }
        if self.asked.has_media:
            self.notes.append(note("question-media"))
        explanation = self._explanation()
        return question | own | ({"explanation": explanation} if explanation else {})

    def _local(self, html: str) -> dict[str, str]:
        written = self.write(html)
        self.notes += written.notes
        return {self.language: written.markdown.strip()}

    def _explanation(self) -> dict[str, str]:
        said = self.asked.feedback
        html = "".join(
            f"<div>{said[name]}</div>"
            for name in said
            if name in ("general_fb", "solution", "correct_fb", "general_correct_fb")
        )
        if any(name in said for name in ("general_incorrect_fb", "incorrect_fb")):
            self.notes.append(note("feedback-wrong"))
        text = self._local(html) if html else {}
        return text if text.get(self.language) else {}

    def _right(self, response: Response) -> list[str]:
        """The identifiers that earn points, in the order of the conditions."""
        return [
            test.value
            for condition in self.asked.conditions
            for test in condition.tests
            if test.kind == "varequal" and test.response in (response.ident, "")
        ]

    def _one(self) -> Response:
        found = [r for r in self.asked.responses if r.form in ("choice", "field")]
        if len(found) != 1:
            raise NotMapped(note("question-shape"))
        return found[0]

    def _options(self, response: Response, right: Iterable[str]) -> list[dict[str, Any]]:
        good = set(right)
        options = []
        for choice in response.choices:
            option: dict[str, Any] = {"text": self._local(choice.html)}
            if choice.ident in good:
                option["correct"] = True
            said = self.asked.feedback.get(f"{choice.ident}_fb", "")
            feedback = self._local(said) if said else {}
            if feedback.get(self.language):
                option["feedback"] = feedback
            options.append(option)
        return options

    def _single(self) -> dict[str, Any]:
        response = self._one()
        best = max((c.score for c in self.asked.conditions), default=Decimal(0))
        if any(c.score < best for c in self.asked.conditions):
            self.notes.append(note("question-weights"))
        right = [
            test.value
            for condition in self.asked.conditions
            if condition.score == best
            for test in condition.tests
        ]
        if len(set(right)) > 1:
            self.notes.append(note("question-first-right"))
        return {"type": "single", "options": self._options(response, right[:1])}

    def _multiple(self) -> dict[str, Any]:
        response = self._one()
        adds = len(self.asked.conditions) > 1
        options = self._options(response, self._right(response))
        return {
            "type": "multiple",
            "options": options,
            "marking": "partial" if adds else "all-or-nothing",
        }

    def _true_false(self) -> dict[str, Any]:
        response = self._one()
        right = set(self._right(response))
        chosen = [c for c in response.choices if c.ident in right]
        others = [c for c in response.choices if c.ident not in right]
        if len(chosen) == len(others) == 1:
            words, other = _word(chosen[0]), _word(others[0])
            if words in _TRUE and other in _FALSE:
                return {"type": "true-false", "answer": True}
            if words in _FALSE and other in _TRUE:
                return {"type": "true-false", "answer": False}
        return self._single()

    def _short_text(self) -> dict[str, Any]:
        self._one()
        forms: list[str] = []
        tests = [test for condition in self.asked.conditions for test in condition.tests]
        for test in tests:
            written = plain(test.value).replace("*", r"\*")
            form = f"*{written}*" if test.kind == "varsubstring" else written
            if form and form not in forms and test.kind in ("varequal", "varsubstring"):
                forms.append(form)
        if not forms:
            raise NotMapped(note("question-no-key"))
        cased = {"match_case": True} if any(test.match_case for test in tests) else {}
        return {"type": "short-text", "accepted": forms[:60], **cased}

    def _essay(self) -> dict[str, Any]:
        return {"type": "essay"}

    def _file(self) -> dict[str, Any]:
        return {"type": "file"}

    def _ordering(self) -> dict[str, Any]:
        response = self._one()
        names = {choice.ident: choice for choice in response.choices}
        order = [ident for ident in self._right(response) if ident in names]
        if len(set(order)) != len(names):
            raise NotMapped(note("question-no-key"))
        items = [self._local(names[ident].html) for ident in dict.fromkeys(order)]
        return {"type": "ordering", "items": items, "marking": "partial"}

    def _matching(self) -> dict[str, Any]:
        pairs, used = [], set()
        for response in self.asked.responses:
            right = self._right(response)
            choice = next((c for c in response.choices if c.ident in right), None)
            if choice is None:
                raise NotMapped(note("question-no-key"))
            used.add(choice.html)
            pairs.append({"left": self._local(response.html), "right": self._local(choice.html)})
        spare: dict[str, Choice] = {}
        for response in self.asked.responses:
            for choice in response.choices:
                if choice.html not in used:
                    spare.setdefault(choice.html, choice)
        made: dict[str, Any] = {"type": "matching", "pairs": pairs, "marking": "partial"}
        if spare:
            made["distractors"] = [self._local(html) for html in spare]
        return made

    def _numeric(self) -> dict[str, Any]:
        conditions = [c for c in self.asked.conditions if c.tests]
        if not conditions:
            raise NotMapped(note("question-no-key"))
        if len(conditions) > 1:
            self.notes.append(note("number-first"))
        bounds: dict[str, Decimal] = {}
        for test in conditions[0].tests:
            value = number(test.value)
            if value is not None:
                bounds.setdefault(test.kind[:5], value)
        exact, low, high = bounds.get("vareq"), bounds.get("vargt"), bounds.get("varlt")
        if low is not None and high is not None:
            middle = (low + high) / 2
            answer = exact if exact is not None else middle
            if abs(answer - middle) * 1000 > high - low:
                self.notes.append(note("number-bounds", low=str(low), high=str(high)))
                answer = middle
            reach = (high - low) / 2
            own = {"tolerance": {"absolute": _plain(reach)}} if reach > 0 else {}
        elif exact is not None:
            answer, own = exact, {}
        else:
            raise NotMapped(note("question-no-key"))
        return {"type": "numeric", "answer": _plain(answer), **own}

    def _blanks(self) -> dict[str, Any]:
        return self._filled(dropdown=False)

    def _dropdowns(self) -> dict[str, Any]:
        return self._filled(dropdown=True)

    def _filled(self, *, dropdown: bool) -> dict[str, Any]:
        html = self.asked.html
        names: list[str] = []
        blanks: dict[str, Any] = {}
        for response in self.asked.responses:
            label = response.ident.removeprefix("response_") or plain(response.html)
            name = free_name(slug_from(label), "blank", set(blanks))
            place = f"[{plain(response.html) or label}]"
            if place not in html:
                place = f"[{label}]"
            if place not in html:
                raise NotMapped(note("question-shape"))
            html = html.replace(place, _MARK.format(len(names)), 1)
            names.append(name)
            right = self._right(response)
            if dropdown:
                blanks[name] = {"kind": "choice", "options": self._options(response, right[:1])}
            else:
                forms = [plain(c.html) for c in response.choices if not right or c.ident in right]
                forms = forms or right
                accepted = [form.replace("*", r"\*") for form in dict.fromkeys(forms) if form]
                blanks[name] = {"kind": "short-text", "accepted": accepted[:60]}
        text = self._local(html)
        for index, name in enumerate(names):
            text[self.language] = text[self.language].replace(_MARK.format(index), f"[[{name}]]")
        return {"type": "fill-in", "text": text, "blanks": blanks, "marking": "partial"}

    def _calculated(self) -> dict[str, Any]:
        made = self.asked.calculated
        formula = xml.text(next(xml.within(made, "formula"), None)) if made is not None else ""
        holder = next(xml.within(made, "vars"), None) if made is not None else None
        if made is None or not formula or holder is None:
            raise NotMapped(note("question-no-key"))
        variables: dict[str, Any] = {}
        html = self.asked.html
        for index, variable in enumerate(xml.children(holder, "var")):
            name = xml.attribute(variable, "name")
            low = number(xml.text(xml.child(variable, "min")))
            high = number(xml.text(xml.child(variable, "max")))
            scale = number(xml.attribute(variable, "scale")) or Decimal(0)
            if low is None or high is None or not 0 <= scale <= 6:
                raise NotMapped(note("question-no-key"))
            step = Decimal(10) ** -int(scale)
            variables[name] = {"min": _plain(low), "max": _plain(high), "step": _plain(step)}
            html = html.replace(f"[{name}]", _MARK.format(index))
        text = self._local(html)
        for index, name in enumerate(variables):
            written = text[self.language].replace(_MARK.format(index), f"{{{{{name}}}}}")
            text[self.language] = written
        places = number(xml.attribute(next(xml.within(made, "formulas")), "decimal_places"))
        answer = _formula(formula)
        if places is not None and 0 <= places <= 10:
            answer = f"round({answer}, {int(places)})"
        own: dict[str, Any] = {"type": "numeric", "text": text, "answer": answer}
        reach = xml.text(next(xml.within(made, "answer_tolerance"), None))
        size = number(reach.rstrip("% "))
        if size is not None and size > 0:
            own["tolerance"] = (
                {"relative": _plain(size / 100)} if "%" in reach else {"absolute": _plain(size)}
            )
        return own | {"variables": variables}


def _guess(asked: Asked) -> str:
    """The kind of a question that does not say it, by its shape."""
    responses = [r for r in asked.responses if r.form != "other"]
    if len(responses) > 1 and all(r.form == "choice" for r in responses):
        return "matching"
    if len(responses) == 1:
        response = responses[0]
        if response.form == "choice":
            kinds = {"multiple": "multiple", "ordered": "ordering"}
            return kinds.get(response.cardinality, "true-false")
        tests = [t for c in asked.conditions for t in c.tests]
        if any(t.kind.startswith(("vargt", "varlt")) for t in tests):
            return "numeric"
        return "short-text" if tests else "essay"
    return "text" if not asked.responses and asked.html else "unknown"


def _word(choice: Choice) -> str:
    return plain(choice.html).strip(". ").casefold()


def _formula(written: str) -> str:
    """A formula of Canvas as ours: ``^`` is a power, some functions have other names."""
    formula = written.rpartition("=")[2].replace("^", "**")
    return re.sub(
        r"\b(ln|log|ceiling|trunc)(?=\s*\()", lambda found: _FUNCTIONS[found[1]], formula
    ).strip()


def _plain(value: Decimal) -> int | float:
    value = round(value, 9)
    return int(value) if value == int(value) else float(value)
