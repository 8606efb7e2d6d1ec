"""What the cells of a lab's source bind and use: whose value a test's names mean.

Read from the instructor's notebook alone, never from a submission, and without running it. A name
that a test uses is the judge's own when a locked cell or a test defines it, a library when the
lab's cells import it, and the student's otherwise.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Literal

from app.engine import messages
from app.engine.executor import TestPlan

__all__ = ["Outline", "SourcePart", "outline"]

Role = Literal["test", "locked", "solution", "free"]

#: Whoever says one of these names runs text or bytes that may be the student's.
RUNS_TEXT: Final = frozenset(
    {"eval", "exec", "compile", "__import__", "get_ipython", "input", "breakpoint", "builtins"}
    | {"pickle", "cPickle", "joblib", "dill", "cloudpickle", "marshal", "shelve", "importlib"}
    | {"runpy", "subprocess", "ctypes", "multiprocessing", "code", "codeop", "sympy", "yaml"}
    | {"sympify", "query", "numexpr", "jinja2", "mako", "load_module", "system", "popen", "spawn"}
    | {"read_pickle", "import_module", "_getframe", "settrace", "setprofile", "__builtins__", "gc"}
)
#: What only the process of a function knows of it, or of itself.
LOOKS_INSIDE: Final = frozenset(
    {"getsource", "getsourcelines", "getsourcefile", "getfile", "getmodule", "__code__", "dis"}
    | {"__closure__", "__globals__", "__defaults__", "__kwdefaults__", "__annotations__"}
    | {"get_annotations", "get_type_hints", "__dict__", "__wrapped__", "__module__", "modules"}
    | {"active_count", "tracemalloc", "getrefcount", "get_fignums", "gcf", "gca"}
)
#: What changes how code runs that is called later: hers would not feel it.
SETTINGS: Final = frozenset(
    {"catch_warnings", "simplefilter", "filterwarnings", "warns", "errstate", "seterr", "patch"}
    | {"monkeypatch", "setattr", "delattr", "setrecursionlimit", "setlocale", "environ", "putenv"}
    | {"chdir", "set_option", "option_context", "options", "set_printoptions", "printoptions"}
    | {"rcParams", "set_default_dtype", "getcontext", "setcontext", "localcontext"}
    | {"stdin", "__stdin__", "argv"}
)
SEEDS: Final = frozenset({"seed", "manual_seed", "setstate", "set_state", "set_rng_state"})
FILES: Final = re.compile(
    r"\bopen\(|\bPath\b|\bos\b|\bglob\b|\bshutil\b|\btempfile\b|\bread_|\bto_csv\b|\bload|"
    r"\bsave|\bsqlite3\b|\bzipfile\b|\bwrite_|\bfromfile\b|\bgenfromtxt\b"
)
BUILTINS: Final = frozenset(vars(builtins))


@dataclass(frozen=True)
class SourcePart:
    """A code cell of the source. ``name`` is its grade id; a free cell has none."""

    name: str | None
    role: Role
    source: str


@dataclass(frozen=True)
class Outline:
    """``problems`` says of a test why it cannot be judged separately: a msgid and its params.

    ``plans`` has the rest. ``prepared`` are statements of locked cells for the judge, by the
    cell's name.
    """

    problems: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    plans: Mapping[str, TestPlan] = field(default_factory=dict)
    prepared: Mapping[str, tuple[str, TestPlan]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Statement:
    """A top-level statement. ``text`` with the lines above it."""

    text: str
    binds: frozenset[str]
    loads: frozenset[str]
    imports: Mapping[str, tuple[str, str | None]]
    defines: bool
    attributes: frozenset[str]


@dataclass(frozen=True)
class _Cell:
    part: SourcePart
    statements: tuple[_Statement, ...]
    plain: bool

    @property
    def binds(self) -> frozenset[str]:
        return frozenset().union(*(s.binds for s in self.statements))

    @property
    def loads(self) -> frozenset[str]:
        return frozenset().union(*(s.loads for s in self.statements))

    @property
    def free(self) -> frozenset[str]:
        """Return the names that are used before, or without, being bound here."""
        bound: set[str] = set()
        found: set[str] = set()
        for statement in self.statements:
            found |= statement.loads - bound
            bound |= statement.binds
        return frozenset(found)


def outline(parts: Iterable[SourcePart], shared: Iterable[str] = ()) -> Outline:
    """Return the outline of a notebook's code cells, in their order.

    ``shared`` are tests that are known to be judged in the student's process.
    """
    return _outline(tuple(parts), frozenset(shared))


@lru_cache(maxsize=128)
def _outline(parts: tuple[SourcePart, ...], shared: frozenset[str]) -> Outline:
    return _Outliner(tuple(map(_cell, parts)), shared).outline()


class _Outliner:
    def __init__(self, cells: tuple[_Cell, ...], shared: frozenset[str]) -> None:
        self.cells = cells
        self.shared = shared
        self.known: frozenset[str] = frozenset().union(*(cell.binds for cell in cells))
        self.hers = self._bound_by("solution", "free")
        self.solved = self._bound_by("solution")
        self.unclear = any(
            not cell.plain or any("*" in s.imports for s in cell.statements)
            for cell in cells
            if cell.part.role != "test"
        )

    def outline(self) -> Outline:
        problems: dict[str, tuple[str, Mapping[str, str]]] = {}
        plans: dict[str, TestPlan] = {}
        needed: set[str] = set()
        wanted = self._wanted()
        for place, cell in enumerate(self.cells):
            name = cell.part.name
            if cell.part.role != "test" or name is None:
                continue
            before = self.cells[:place]
            reach = self._reach(cell, before)
            problem = self._problem(cell, reach)
            if problem is not None:
                problems[name] = problem
                continue
            needed |= reach
            statements = [s for c in (*before, cell) for s in c.statements
                          if c is cell or s.binds & reach]  # fmt: skip
            files = any(FILES.search(statement.text) for statement in statements)
            seeds = any(SEEDS & (s.attributes | s.loads) for s in statements)
            made = self._plan(before, reach)
            plans[name] = replace(made, wanted=wanted, files=files, seeds=seeds)
        return Outline(problems, plans, self._prepared(needed))

    def _bound_by(self, *roles: Role) -> frozenset[str]:
        return frozenset().union(*(c.binds for c in self.cells if c.part.role in roles))

    def _ours(self, cell: _Cell) -> bool:
        """Say whether the judge has what the cell binds."""
        return cell.part.role in ("test", "locked")

    def _last(self, before: Sequence[_Cell]) -> dict[str, _Cell]:
        """Return which cell gave each name its value last, as far as the source says."""
        return {name: cell for cell in before for name in cell.binds}

    def _plan(self, before: Sequence[_Cell], reach: frozenset[str]) -> TestPlan:
        last = self._last(before)
        ours = {name for name, cell in last.items() if self._ours(cell)}
        ours |= self.known - self.hers
        imports = {
            name: place
            for name in reach - ours
            if name in last
            for statement in last[name].statements
            for bound, place in statement.imports.items()
            if bound == name
        }
        return TestPlan(imports, frozenset(ours), theirs=(self.known & self.hers) - ours)

    def _reach(self, cell: _Cell, before: Sequence[_Cell]) -> frozenset[str]:
        """Return the names that the test uses, those of the helpers it uses included."""
        found: set[str] = set()
        last = self._last([other for other in (*before, cell) if self._ours(other)])
        waiting = set(cell.free)
        while waiting:
            name = waiting.pop()
            found.add(name)
            if name in last:
                for statement in last[name].statements:
                    if name in statement.binds:
                        waiting |= statement.loads - found
        return frozenset(found)

    def _problem(self, cell: _Cell, reach: frozenset[str]) -> tuple[str, dict[str, str]] | None:
        """Return why the cell must share the student's process."""
        if not cell.plain:
            return messages.ROAD_MAGIC, {}
        used = {name for s in cell.statements for name in s.attributes | s.loads} | reach
        used -= self.hers
        for other in self.cells:
            for statement in other.statements:
                if self._ours(other) and statement.binds & reach:
                    used |= statement.attributes
        for names, reason in (
            (RUNS_TEXT, messages.ROAD_RUNS_TEXT),
            (LOOKS_INSIDE, messages.ROAD_LOOKS_INSIDE),
            (SETTINGS, messages.ROAD_SETTINGS),
        ):
            if odd := sorted(used & names):
                return reason, {"name": odd[0]}
        if odd := sorted(reach & BUILTINS & self.hers):
            return messages.ROAD_BUILTIN, {"name": odd[0]}
        helpers: set[str] = set()
        for other in self.cells:
            for statement in other.statements:
                if other.part.role == "free" and statement.defines:
                    helpers |= statement.binds
                named = {n for n, (_, part) in statement.imports.items() if part is not None}
                if other.part.role == "solution" and (odd := sorted(named & reach)):
                    return messages.ROAD_SOLUTION_IMPORT, {"name": odd[0]}
        if (reach & self.solved) and (odd := sorted(reach & helpers - self.solved)):
            return messages.ROAD_OPEN_HELPER, {"name": odd[0]}
        if self.unclear and (odd := sorted(reach - self.known - BUILTINS)):
            return messages.ROAD_STAR, {"name": odd[0]}
        return None

    def _wanted(self) -> frozenset[str]:
        """Return what tests bind and cells in the student's process use."""
        bound: set[str] = set()
        used: set[str] = set()
        for cell in self.cells:
            if cell.part.role == "test" and cell.part.name not in self.shared:
                bound |= cell.binds
            else:
                used |= cell.free if cell.part.role == "test" else cell.loads
        return frozenset(bound & used)

    def _prepared(self, needed: set[str]) -> dict[str, tuple[str, TestPlan]]:
        """Return the statements that the judge runs after each locked or shared cell."""
        found: dict[str, tuple[str, TestPlan]] = {}
        for place, cell in enumerate(self.cells):
            kept = cell.part.role == "locked" or cell.part.name in self.shared
            chosen = [s for s in cell.statements if kept and s.binds & needed]
            if chosen and cell.part.name is not None:
                reach = frozenset().union(*(s.loads for s in chosen))
                source = "\n".join(statement.text for statement in chosen)
                files = FILES.search(source) is not None
                plan = replace(self._plan(self.cells[:place], reach), files=files)
                found[cell.part.name] = source, plan
        return found


def _cell(part: SourcePart) -> _Cell:
    """Take a cell apart; one that is not plain Python has no statements and is not ``plain``."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source = TransformerManager().transform_cell(part.source)
            lines = source.split("\n")
            body = ast.parse(source).body
            statements = tuple(_statement(node, lines) for node in body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _Cell(part, (), plain=False)
    plain = not any("get_ipython" in s.loads for s in statements)
    return _Cell(part, statements, plain)


def _statement(node: ast.stmt, lines: list[str]) -> _Statement:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)])
    text = "\n".join(lines[first - 1 : node.end_lineno])
    if node.col_offset or "\n" not in text:
        text = ast.unparse(node)
    binds, loads = _names(symtable.symtable(text, "<cell>", "exec"))
    attributes = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    attributes |= {
        name
        for n in ast.walk(node)
        if isinstance(n, ast.Import | ast.ImportFrom)
        for alias in n.names
        for name in (*alias.name.split("."), *(getattr(n, "module", None) or "").split("."))
    }
    imports: dict[str, tuple[str, str | None]] = {}
    if isinstance(node, ast.Import):
        for alias in node.names:
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            imports[alias.asname or whole] = whole, None
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            imports[alias.asname or alias.name] = node.module, alias.name
    defines = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    return _Statement(
        text, frozenset(binds), frozenset(loads), imports, defines, frozenset(attributes)
    )


def _names(table: symtable.SymbolTable) -> tuple[set[str], set[str]]:
    """Return the global names that code binds, and those that it uses."""
    binds: set[str] = set()
    loads: set[str] = set()
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        name = symbol.get_name()
        outer = top or symbol.is_global()
        if outer and symbol.is_referenced():
            loads.add(name)
        if (
            outer
            and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace())
            and (top or symbol.is_declared_global())
        ):
            binds.add(name)
    for child in table.get_children():
        inner_binds, inner_loads = _names(child)
        binds |= inner_binds
        loads |= inner_loads
    return binds, loads
