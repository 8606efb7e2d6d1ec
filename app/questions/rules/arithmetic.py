"""Formulas of questions: arithmetic over numbers and variables, and nothing else.

A formula is read with Python's own grammar and computed here, node by node, from a list of what is
allowed; it is never evaluated as Python. Everything is a float, so that no formula can take long.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

MOST_CHARACTERS = 300


def _rounded(value: float, digits: float = 0) -> float:
    """VALUE to DIGITS decimals, halves away from zero as people are taught."""
    factor = 10.0 ** max(-12, min(int(digits), 12))
    return math.copysign(math.floor(abs(value) * factor + 0.5) / factor, value)


FUNCTIONS: dict[str, tuple[Callable[..., float], int, int]] = {
    "abs": (abs, 1, 1),
    "ceil": (math.ceil, 1, 1),
    "cos": (math.cos, 1, 1),
    "exp": (math.exp, 1, 1),
    "floor": (math.floor, 1, 1),
    "log": (math.log, 1, 2),
    "log10": (math.log10, 1, 1),
    "log2": (math.log2, 1, 1),
    "max": (max, 2, 9),
    "min": (min, 2, 9),
    "round": (_rounded, 1, 2),
    "sin": (math.sin, 1, 1),
    "sqrt": (math.sqrt, 1, 1),
    "tan": (math.tan, 1, 1),
}
"""Each function with the fewest and the most arguments."""

CONSTANTS = {"pi": math.pi, "e": math.e}
_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


class FormulaError(ValueError):
    """A formula that cannot be read or computed; ``why`` says why, in a few words."""

    def __init__(self, why: LazyText) -> None:
        self.why = why
        super().__init__(str(why))


def evaluate(formula: str, values: Mapping[str, Decimal]) -> Decimal:
    """The value of FORMULA, to 12 significant digits. Raises FormulaError."""
    numbers = {name: float(value) for name, value in values.items()}
    try:
        result = _value(_read(formula), numbers)
    except ZeroDivisionError as error:
        raise FormulaError(_l("it divides by zero")) from error
    except (ArithmeticError, ValueError) as error:
        if isinstance(error, FormulaError):
            raise
        raise FormulaError(_l("it has no value")) from error
    if not math.isfinite(result):
        raise FormulaError(_l("it has no value"))
    return Decimal(f"{result:.12g}")


def names_in(formula: str) -> set[str]:
    """The variables of FORMULA, constants aside. Raises FormulaError."""
    tree = _read(formula)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = (n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called)
    return set(names) - CONSTANTS.keys()


@lru_cache(maxsize=512)
def _read(formula: str) -> ast.expr:
    if len(formula) > MOST_CHARACTERS:
        raise FormulaError(_l("it is too long"))
    try:
        return ast.parse(formula.strip().replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise FormulaError(_l("it is no formula")) from error


def _value(node: ast.expr, values: Mapping[str, float]) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name):
        found = values.get(node.id, CONSTANTS.get(node.id))
        if found is None:
            raise FormulaError(_l("there is no variable %(name)s", name=node.id))
        return found
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
        inner = _value(node.operand, values)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        result = _BINARY[type(node.op)](_value(node.left, values), _value(node.right, values))
        if not isinstance(result, float):  # a root of a negative number is complex
            raise FormulaError(_l("it has no value"))
        return result
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        function, fewest, most = FUNCTIONS.get(node.func.id, (None, 0, 0))
        if function is None:
            raise FormulaError(_l("there is no function %(name)s", name=node.func.id))
        if not fewest <= len(node.args) <= most:
            raise FormulaError(_l("%(name)s takes another number of numbers", name=node.func.id))
        return float(function(*(_value(argument, values) for argument in node.args)))
    raise FormulaError(_l("it may hold numbers, variables, + - * / ** and functions only"))
