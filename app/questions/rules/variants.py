"""Chance that can be repeated: numbers of a variant, shuffles and draws, all from one seed."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from app.questions.rules.arithmetic import FormulaError, evaluate
from app.questions.rules.texts import shown_number

T = TypeVar("T")
EXPRESSION = re.compile(r"\{\{(.{1,300}?)\}\}", re.S)
MOST_TRIED = 400
_TRIES = 60


def chance(*words: object) -> int:
    """A number of 256 bits that looks like chance and is always the same for WORDS."""
    text = "\x1f".join(str(word) for word in words)
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


def shuffled(things: Sequence[T], *seed: object) -> list[T]:
    """THINGS in an order that SEED decides, every order about equally likely."""
    order = sorted(range(len(things)), key=lambda index: chance(*seed, index))
    return [things[index] for index in order]


def token(*seed: object) -> str:
    """A short name that says nothing about what it names."""
    return f"{chance('token', *seed):064x}"[:10]


def values_of(variable: Mapping[str, Any]) -> tuple[int, Decimal | None, Decimal | None]:
    """How many values a range has, its first value and its step; no step for choices."""
    if "choices" in variable:
        return len(variable["choices"]), None, None
    low, high, step = (Decimal(str(variable[key])) for key in ("min", "max", "step"))
    return int((high - low) / step) + 1, low, step


def value_at(variable: Mapping[str, Any], index: int) -> Decimal:
    """The value number INDEX of a variable."""
    _count, low, step = values_of(variable)
    if low is None or step is None:
        return Decimal(str(variable["choices"][index]))
    return low + step * index


def drawn_values(question: Mapping[str, Any], *seed: object) -> dict[str, Decimal]:
    """Values for the variables of QUESTION for which all its formulas have a value.

    Raises FormulaError when none was found, which ``check`` refuses beforehand.
    """
    variables = question.get("variables") or {}
    if not variables:
        return {}
    formulas = list(formulas_in(question))
    for attempt in range(_TRIES):
        values = {
            name: value_at(variable, chance(*seed, name, attempt) % values_of(variable)[0])
            for name, variable in variables.items()
        }
        try:
            for formula in formulas:
                evaluate(formula, values)
        except FormulaError:
            if attempt == _TRIES - 1:
                raise
        else:
            return values
    raise AssertionError("there is always a first try")


def tried_values(variables: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Decimal]]:
    """Every combination of values when they are few, otherwise the corners and many others."""
    names = sorted(variables)
    counts = [values_of(variables[name])[0] for name in names]
    total = 1
    for count in counts:
        total *= count
    if total <= MOST_TRIED:
        picks: Iterator[tuple[int, ...]] = itertools.product(*(range(c) for c in counts))
    else:
        corners = itertools.islice(itertools.product(*((0, c - 1) for c in counts)), 64)
        others = (
            tuple(
                chance("try", number, name) % count
                for name, count in zip(names, counts, strict=True)
            )
            for number in range(MOST_TRIED - 64)
        )
        picks = itertools.chain(corners, others)
    for pick in picks:
        yield {n: value_at(variables[n], i) for n, i in zip(names, pick, strict=True)}


def formulas_in(value: Any, key: str = "") -> Iterator[str]:
    """Every formula in a question: in its texts between ``{{`` and ``}}``, and numeric answers."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name != "variables":
                yield from formulas_in(inner, str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from formulas_in(inner, key)
    elif isinstance(value, str):
        if key == "answer":
            yield value
        yield from EXPRESSION.findall(value)


def bound(value: Any, values: Mapping[str, Decimal]) -> Any:
    """VALUE with the formulas in its texts computed. Without variables it stays as it is."""
    if not values:
        return value
    if isinstance(value, Mapping):
        return {name: bound(inner, values) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [bound(inner, values) for inner in value]
    if isinstance(value, str):
        return EXPRESSION.sub(lambda found: shown_number(evaluate(found[1], values)), value)
    return value
