"""What each kind of question is made of, and what may be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import combinations
from typing import Any

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.questions.rules.arithmetic import CONSTANTS, FUNCTIONS, FormulaError, evaluate, names_in
from app.questions.rules.reader import Reader, as_number
from app.questions.rules.texts import fold
from app.questions.rules.variants import formulas_in, tried_values, values_of
from app.questions.rules.words import BLANKS, MARKING

MOST_OPTIONS, MOST_FORMS, MOST_VALUES = 30, 60, 1_000_000
COMMON = ("id", "type", "text", "points", "explanation", "hint", "shuffle", "variables")
BLANK = re.compile(r"\[\[([a-z0-9]+(?:-[a-z0-9]+)*)\]\]")
HUGE = Decimal(10) ** 15
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,29}")
_ENDING = re.compile(r"\.[a-z0-9]{1,10}")
_FIELDLESS = re.compile(r"`[^`]*`|\$[^$]*\$|!?\[[^\[\]]*(?:\[\[[^\]]*\]\])?[^\[\]]*\]\([^)]*\)")
"""Code, formulas and links, in which no field can stand."""


def _single(question: Reader) -> None:
    question.only((*COMMON, "options"))
    right = _options(question)
    if right is not None and right != 1:
        question.wrong("options", _l("Exactly one option has to be right."))


def _multiple(question: Reader) -> None:
    question.only((*COMMON, "options", "marking"))
    question.choice("marking", MARKING, required=False)
    if _options(question) == 0:
        question.wrong("options", _l("At least one option has to be right."))


def _options(question: Reader) -> int | None:
    """Check options; answers how many of them are right, None when they cannot be read."""
    options = question.list("options", 2, MOST_OPTIONS)
    right = 0
    for option in options:
        if not option.is_mapping():
            return None
        option.only(("text", "correct", "feedback"))
        option.text("text")
        option.text("feedback", required=False)
        option.flag("correct")
        right += option.value.get("correct") is True
    return right if options else None


def _true_false(question: Reader) -> None:
    question.only((*COMMON, "answer"))
    if not isinstance(question.value.get("answer"), bool):
        question.wrong("answer", _l("Say whether it is true or false."))


def _short_text(question: Reader) -> None:
    question.only((*COMMON, "accepted", "match_case"))
    _accepted(question)


def _accepted(reader: Reader) -> None:
    reader.flag("match_case")
    forms = reader.value.get("accepted")
    if not isinstance(forms, list | tuple) or not 1 <= len(forms) <= MOST_FORMS:
        reader.wrong("accepted", _l("Write at least one answer that is accepted."))
        return
    for index, form in enumerate(forms):
        if not isinstance(form, str) or len(form) > 300 or not fold(form.replace("*", "")):
            reader.wrong(f"accepted.{index}", _l("An accepted answer needs a letter or a digit."))


def _numeric(question: Reader) -> None:
    question.only((*COMMON, "answer", "tolerance", "units"))
    _number_fields(question)


def _number_fields(reader: Reader) -> None:
    answer = reader.value.get("answer")
    number = as_number(answer)
    if number is None and not (isinstance(answer, str) and answer.strip()):
        reader.wrong("answer", _l("Write the right number, or a formula for it."))
    elif number is not None and abs(number) > HUGE:
        reader.wrong("answer", _l("This number is too large."))
    _tolerance(reader)
    units = reader.list("units", 0, 12)
    names = set()
    for unit in units:
        if not unit.is_mapping():
            continue
        unit.only(("name", "factor"))
        name = unit.value.get("name")
        if not isinstance(name, str) or not 0 < len(name.strip()) <= 30 or name in names:
            unit.wrong("name", _l("A unit needs a short name of its own."))
        else:
            names.add(name)
        factor = unit.number("factor", -HUGE, HUGE)
        if factor is not None and factor <= 0:
            unit.wrong("factor", _l("A factor is more than zero."))
    if units and units[0].is_mapping() and units[0].value.get("factor") != 1:
        units[0].wrong("factor", _l("The first unit is the one of the answer: its factor is 1."))


def _tolerance(reader: Reader) -> None:
    if reader.value.get("tolerance") in (None, {}):
        return
    tolerance = Reader(
        reader.value["tolerance"],
        f"{reader.path}.tolerance".strip("."),
        reader.problems,
        reader.languages,
    )
    if not tolerance.is_mapping():
        return
    tolerance.only(("absolute", "relative"))
    if len(tolerance.value) != 1:
        tolerance.wrong("", _l("A tolerance is either absolute or relative."))
    tolerance.number("absolute", Decimal(0), HUGE, required=False)
    tolerance.number("relative", Decimal(0), Decimal(1), required=False)


def _ordering(question: Reader) -> None:
    question.only((*COMMON, "items", "marking"))
    question.choice("marking", MARKING, required=False)
    items = question.list("items", 2, MOST_OPTIONS)
    for index, item in enumerate(items):
        question.local(item.value, f"items.{index}")
    if any(one.value == other.value for one, other in combinations(items, 2)):
        question.wrong("items", _l("Two of these are the same, so no order of them is right."))


def _matching(question: Reader) -> None:
    question.only((*COMMON, "pairs", "distractors", "marking"))
    question.choice("marking", MARKING, required=False)
    rights = []
    for pair in question.list("pairs", 2, MOST_OPTIONS):
        if pair.is_mapping():
            pair.only(("left", "right"))
            pair.text("left")
            pair.text("right")
            rights.append(pair.value.get("right"))
    for index, distractor in enumerate(question.list("distractors", 0, MOST_OPTIONS)):
        question.local(distractor.value, f"distractors.{index}")
        if distractor.value in rights:
            question.wrong(f"distractors.{index}", _l("This one belongs to a pair."))


def _fill_in(question: Reader) -> None:
    question.only((*COMMON, "blanks", "marking"))
    question.choice("marking", MARKING, required=False)
    blanks = question.value.get("blanks")
    if not isinstance(blanks, dict) or not 1 <= len(blanks) <= MOST_OPTIONS:
        question.wrong("blanks", _l("Write at least one blank into the text: [[name]]."))
        return
    for name, value in blanks.items():
        path = ".".join(part for part in (question.path, "blanks", str(name)[:40]) if part)
        blank = Reader(value, path, question.problems, question.languages)
        if blank.is_mapping():
            _blank(blank)
    _places(question, blanks)


def _blank(blank: Reader) -> None:
    kind = blank.choice("kind", BLANKS)
    if kind == "short-text":
        blank.only(("kind", "accepted", "match_case"))
        _accepted(blank)
    elif kind == "numeric":
        blank.only(("kind", "answer", "tolerance", "units"))
        _number_fields(blank)
    elif kind == "choice":
        blank.only(("kind", "options"))
        if _options(blank) not in (1, None):
            blank.wrong("options", _l("Exactly one option has to be right."))


def _places(question: Reader, blanks: dict[Any, Any]) -> None:
    text = question.value.get("text")
    for code, words in text.items() if isinstance(text, dict) else ():
        if not isinstance(words, str) or not words.strip():
            continue
        found = BLANK.findall(words)
        key = f"text.{str(code)[:20]}"
        for name in sorted(set(found) - set(blanks)):
            question.wrong(
                key, _l("The blank %(name)s is in the text, but not described.", name=name)
            )
        for name in blanks:
            if found.count(name) != 1:
                question.wrong(
                    key,
                    _l("The blank %(name)s has to stand in the text once: [[%(name)s]].",
                       name=str(name)[:40]),
                )  # fmt: skip
        if any(BLANK.search(part) for part in _FIELDLESS.findall(words)):
            question.wrong(key, _l("No blank can stand in code, in a formula or in a link."))


def _essay(question: Reader) -> None:
    question.only((*COMMON, "words", "guide"))
    question.whole("words", 1, 20_000, required=False)
    question.text("guide", required=False)


def _file(question: Reader) -> None:
    question.only((*COMMON, "endings", "most", "guide"))
    question.whole("most", 1, 10, required=False)
    question.text("guide", required=False)
    endings = question.value.get("endings", [])
    good = isinstance(endings, list | tuple) and len(endings) <= 20
    if not good or not all(isinstance(e, str) and _ENDING.fullmatch(e) for e in endings):
        question.wrong("endings", _l("Endings of files are written like .pdf or .csv."))


def check_variants(question: Reader) -> None:
    """Check variables, and that every formula has a value for all (or 400) combinations of them."""
    question.flag("shuffle")
    variables = question.value.get("variables")
    before = len(question.problems)
    if variables is not None:
        if not isinstance(variables, dict) or not 0 < len(variables) <= 12:
            question.wrong("variables", _l("A variant has from 1 to 12 variables."))
            return
        for name, value in variables.items():
            _variable(question, name, value)
    if len(question.problems) > before:
        return
    formulas = list(formulas_in(question.value)) if variables else list(_answers(question.value))
    if len(formulas) > 200:
        question.wrong("", _l("There are too many formulas."))
        return
    for formula in formulas:
        problem = _formula_problem(formula, variables or {})
        if problem is not None:
            words = _l("The formula %(formula)s cannot be computed: %(why)s.",
                       formula=formula[:60], why=problem)  # fmt: skip
            question.wrong("answer" if formula == question.value.get("answer") else "text", words)


def _answers(value: Any) -> Iterable[str]:
    if isinstance(value.get("answer"), str):
        yield value["answer"]
    blanks = value.get("blanks")
    for blank in blanks.values() if isinstance(blanks, dict) else ():
        if isinstance(blank, dict) and isinstance(blank.get("answer"), str):
            yield blank["answer"]


def _formula_problem(formula: str, variables: dict[str, Any]) -> LazyText | None:
    try:
        unknown = names_in(formula) - set(variables)
        if unknown:
            return _l("there is no variable %(name)s", name=min(unknown))
        for values in tried_values(variables):
            evaluate(formula, values)
    except FormulaError as error:
        return error.why
    return None


def _variable(question: Reader, name: Any, value: Any) -> None:
    path = ".".join(part for part in (question.path, "variables", str(name)[:40]) if part)
    variable = Reader(value, path, question.problems, question.languages)
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in {*FUNCTIONS, *CONSTANTS}:
        variable.wrong(
            "", _l("A variable is called by letters and digits, beginning with a letter.")
        )
    if not variable.is_mapping():
        return
    if "choices" in variable.value:
        variable.only(("choices",))
        choices = variable.value["choices"]
        if not isinstance(choices, list | tuple) or not 1 <= len(choices) <= 200:
            variable.wrong("choices", _l("Write from 1 to 200 numbers."))
        elif any(as_number(choice) is None or abs(choice) > HUGE for choice in choices):
            variable.wrong("choices", _l("These have to be numbers."))
        return
    variable.only(("min", "max", "step"))
    low, high, step = (variable.number(key, -HUGE, HUGE) for key in ("min", "max", "step"))
    if low is None or high is None or step is None:
        return
    if step <= 0 or high < low:
        variable.wrong("step", _l("It has to go from the smaller to the larger number in steps."))
    elif (high - low) / step > MOST_VALUES or values_of(variable.value)[0] < 1:
        variable.wrong("step", _l("These steps are too small."))


CHECKS: dict[str, Callable[[Reader], None]] = {
    "single": _single,
    "multiple": _multiple,
    "true-false": _true_false,
    "short-text": _short_text,
    "numeric": _numeric,
    "ordering": _ordering,
    "matching": _matching,
    "fill-in": _fill_in,
    "essay": _essay,
    "file": _file,
}
