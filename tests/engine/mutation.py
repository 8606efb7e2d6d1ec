"""Small mistakes in Python code, as text: the same on every version of Python.

Each edit replaces a stretch of the source that the syntax tree points at; nothing is unparsed, so
that what a mutant looks like does not depend on who prints it.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

OPERATORS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.Pow: ("**", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "//"),
    ast.MatMult: ("@", "+"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
}
COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
}
#: What a function does first, by the kind of mistake.
FIRST = {
    "raises": "raise ValueError('not today')",
    "writes to stderr": "import sys; print('careful', file=sys.stderr)",
    "warns": "import warnings; warnings.warn('careful')",
    "exits": "raise SystemExit(3)",
    "prints": "print('working')",
}


@dataclass(frozen=True)
class Edit:
    """Bytes START to END of the source become TEXT."""

    kind: str
    start: int
    end: int
    text: str

    def apply(self, source: str) -> str:
        raw = source.encode()
        return (raw[: self.start] + self.text.encode() + raw[self.end :]).decode()


def edits(source: str) -> Iterator[Edit]:
    """Every mistake that this source can be given."""
    tree = ast.parse(source)
    places = _Places(source)
    for node in ast.walk(tree):
        yield from _in_expression(node, places)
        if isinstance(node, ast.FunctionDef):
            yield from _in_function(node, places)
        for name in ("body", "orelse"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                yield from _in_body(body, places)


def chosen(found: Iterable[Edit], count: int, seed: str) -> list[Edit]:
    """COUNT of the edits, as many kinds as there are; SEED alone decides which."""

    def rank(edit: Edit) -> str:
        return hashlib.sha256(f"{seed}:{edit}".encode()).hexdigest()

    by_kind: dict[str, list[Edit]] = {}
    for edit in sorted(set(found), key=rank):
        by_kind.setdefault(edit.kind, []).append(edit)
    rounds = [
        (turn, rank(edit), edit)
        for waiting in by_kind.values()
        for turn, edit in enumerate(waiting)
    ]
    return [edit for _, _, edit in sorted(rounds, key=lambda item: item[:2])[:count]]


class _Places:
    """Where the tree's nodes are, in bytes of the source."""

    def __init__(self, source: str) -> None:
        self.raw = source.encode()
        self.lines = [0]
        for line in self.raw.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))

    def start(self, node: ast.stmt | ast.expr) -> int:
        return self.lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.stmt | ast.expr) -> int:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.lines[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.stmt | ast.expr) -> str:
        return self.raw[self.start(node) : self.end(node)].decode()

    def between(self, left: ast.expr, right: ast.expr, word: str) -> tuple[int, int] | None:
        """Where the operator WORD is between two operands."""
        begin = self.end(left)
        found = re.search(re.escape(word.encode()), self.raw[begin : self.start(right)])
        return (begin + found.start(), begin + found.end()) if found else None


def _in_expression(node: ast.AST, places: _Places) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        word, other = OPERATORS[type(node.op)]
        if place := places.between(node.left, node.right, word):
            yield Edit("another operator", *place, other)
    elif isinstance(node, ast.Compare):
        for left, op, right in zip(
            [node.left, *node.comparators], node.ops, node.comparators, strict=False
        ):
            if type(op) in COMPARISONS:
                word, other = COMPARISONS[type(op)]
                if place := places.between(left, right, word):
                    yield Edit("another comparison", *place, other)
    elif isinstance(node, ast.Constant):
        yield from _in_constant(node, places)
    elif isinstance(node, ast.Subscript) and not isinstance(
        node.slice, ast.Slice | ast.Tuple | ast.Constant
    ):
        start, end = places.start(node.slice), places.end(node.slice)
        yield Edit("another index", start, end, f"({places.text(node.slice)}) * 0")


def _in_constant(node: ast.Constant, places: _Places) -> Iterator[Edit]:
    start, end = places.start(node), places.end(node)
    if isinstance(node.value, bool):
        yield Edit("another constant", start, end, str(not node.value))
    elif isinstance(node.value, int):
        yield Edit("off by one", start, end, str(node.value + 1))
    elif isinstance(node.value, float):
        yield Edit("another constant", start, end, f"{node.value * 2}")


def _in_function(node: ast.FunctionDef, places: _Places) -> Iterator[Edit]:
    body = [line for line in node.body if not _is_text(line)]
    at = places.start(body[0])
    for kind, line in FIRST.items():
        yield Edit(kind, at, at, f"{line}\n{' ' * body[0].col_offset}")
    for inner in ast.walk(node):
        if isinstance(inner, ast.Return) and inner.value is not None:
            start, end = places.start(inner.value), places.end(inner.value)
            yield Edit("returns nothing", start, end, "None")
            yield Edit("returns a list", start, end, f"[{places.text(inner.value)}]")
            yield Edit("returns text", start, end, f"str({places.text(inner.value)})")


def _in_body(body: list[ast.stmt], places: _Places) -> Iterator[Edit]:
    for line in body:
        if isinstance(line, ast.stmt) and not _is_text(line):
            yield Edit("a removed statement", places.start(line), places.end(line), "pass")


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
