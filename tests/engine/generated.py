"""Labs and submissions that nobody wrote: nbgrader's rules for metadata, drawn by hypothesis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import nbformat
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from app import engine
from tests.engine.build import PYTHON
from tests.engine.generated_edits import EDITS, NEW, SOURCES, age

#: What a test may say last; numbers of every kind, and what is none.
VALUES = (
    "0", "0.5", "1", "2", "-1", "-0.0", "0.1 + 0.2", "1 / 3", "10**30", "1e-9", "True", "False",
    "None", "'0.5'", "'text'", "''", "b'1'", "[0.5]", "[0.5, 1]", "(1,)", "{}", "0.5 + 0j", "...",
    "float('inf')", "-float('inf')", "np.float64(0.5)", "np.int64(1)", "np.array(0.5)",
    "np.array([0.5])", "np.bool_(True)", "Fraction(1, 2)", "Decimal('0.5')", "Odd()", "work",
)  # fmt: skip
IMPORTS = (
    "import sys, os, warnings, logging\n"
    "from fractions import Fraction\nfrom decimal import Decimal\n"
    "class Odd:\n    def __repr__(self):\n        return ' 0.25 '\n"
)
#: Test cells beside those that end in a value.
TESTS = (
    "assert work == 1",
    "assert work != 1",
    "assert work == 1, 'why'\nassert work",
    "1 / 0",
    "def f(:",
    "raise SystemExit",
    "raise KeyboardInterrupt",
    "raise ValueError('數字不對')",
    "print('fine')",
    "print('fine')\n1",
    "sys.stderr.write('careful')",
    "sys.stderr.write('')",
    # What goes past the interpreter arrives when it does; in nbgrader too.
    "_ = os.write(2, b'careful')\nimport time\ntime.sleep(0.5)",
    "_ = os.system('echo careful 1>&2')\nimport time\ntime.sleep(0.5)",
    "warnings.warn('careful')",
    "logging.warning('careful')",
    "logging.info('fine')",
    "print('careful', file=sys.stderr)\n0.5",
    "0.5;",
    "0.5\npass",
    "display(0.5)",
    "display(0.5)\n1",
    "from IPython.display import HTML\nHTML('0.5')",
    "from IPython.display import clear_output\nprint(1, file=sys.stderr)\nclear_output()\n1",
    "%%capture\nprint('careful', file=sys.stderr)",
    "%%capture\n1 / 0",
    "%xmode Minimal\nassert work == 1",
    "%precision 1\n0.25",
    "%nosuch",
    "%%nosuch\n1",
    "!echo fine",
    "!echo careful 1>&2",
    "_ = 1",
    "work?",
    "input()",
    "import asyncio\nawait asyncio.sleep(0)\n0.5",
    "分數 = 0.5\n分數",
    "'\\N{SNOWMAN}' * 3",
    "",
    "   ",
    "# nothing",
    "'''text'''\n# 0.5",
)
SOLUTIONS = (
    "work = 1",
    "work = 2",
    "work = '1'",
    "",
    "raise NotImplementedError",
    "work =",
    "# 一",
)
POINTS = st.sampled_from((0, 0.5, 1, 1.0, 2, 3, 10, 0.25))
#: nbgrader's schema allows no other characters.
IDS = st.lists(
    st.sampled_from(("a", "test-1", "None", "0", "-", "__init__"))
    | st.text("abXY01-_", min_size=1, max_size=12),
    unique=True,
    min_size=7,
    max_size=7,
)


@dataclass(frozen=True)
class Work:
    """A source, a submission of it, and whether its metadata is of an old schema."""

    source: bytes
    submission: bytes
    update: bool


@st.composite
def works(draw: st.DrawFn) -> Work:
    """A lab of a few cells, and what a student may have made of its release."""
    source = new_notebook(metadata={"kernelspec": PYTHON})
    source.cells = [new_code_cell(IMPORTS + "import numpy as np" * draw(st.booleans()))]
    for grade_id in draw(IDS)[: draw(st.integers(2, 7))]:
        source.cells.append(draw(_cells(grade_id)))
    for number, cell in enumerate(source.cells):
        cell.id = f"source-{number}"
    release = engine.make_release([engine.NotebookSource("p1", _bytes(source))])
    assert not release.problems, release.problems
    nb = nbformat.reads(release.notebooks["p1.ipynb"].decode(), 4)
    for cell in nb.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = draw(st.sampled_from((cell.source, *SOLUTIONS)))
    for edit in draw(st.lists(st.sampled_from(EDITS), max_size=4)):
        if nb.cells:
            edit(draw, nb)
    version = draw(st.sampled_from((3, 3, 3, 2, 1, 0)))
    both = draw(st.booleans())
    if version < 3:
        for old in (nb, source) if both else (nb,):
            age(old, version)
    for number, cell in enumerate(nb.cells):
        cell.id = f"cell-{number}"
    if not nb.cells:
        nb.cells = [new_markdown_cell("Nothing.", id="nothing")]
    return Work(_bytes(source), _bytes(nb), version < 3)


@st.composite
def _cells(draw: st.DrawFn, grade_id: str) -> NotebookNode:
    """A cell of the lab, of any kind that nbgrader knows."""
    kind = draw(
        st.sampled_from(
            ("test", "test", "test", "value", "value", "solution", "solution", "manual-code",
             "manual-text", "task", "locked", "plain")
        )
    )  # fmt: skip
    if kind == "plain":
        cell_type = draw(st.sampled_from(tuple(NEW)))
        return NEW[cell_type](draw(st.sampled_from(SOURCES[cell_type])))
    cell_type = "markdown" if kind in ("manual-text", "task") else "code"
    meta: dict[str, Any] = {
        "grade_id": grade_id,
        "grade": kind.startswith(("test", "value", "manual")),
        "solution": kind.startswith(("solution", "manual")),
        "locked": kind.startswith(("test", "value", "locked", "task")),
        "task": kind == "task",
        "schema_version": 3,
    }
    if meta["grade"] or meta["task"]:
        meta["points"] = draw(POINTS)
    if kind == "test":
        text = draw(st.sampled_from(TESTS))
        if draw(st.integers(0, 4)) == 0 and not text.startswith("%%"):
            text = f"{text}\n### BEGIN HIDDEN TESTS\nassert work == 1\n### END HIDDEN TESTS"
    elif kind == "value":
        text = draw(st.sampled_from(VALUES))
    elif kind in ("solution", "manual-code"):
        text = "### BEGIN SOLUTION\nwork = 1\n### END SOLUTION"
    else:
        text = draw(st.sampled_from(SOURCES[cell_type]))
    cell = NEW[cell_type](text, metadata={"nbgrader": meta})
    if draw(st.integers(0, 5)) == 0:
        cell.metadata["tags"] = ["remark", "raises-exception"]
    return cell


def _bytes(nb: NotebookNode) -> bytes:
    return nbformat.writes(nb).encode()
