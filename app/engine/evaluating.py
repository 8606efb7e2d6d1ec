"""Challenges: a notebook makes predictions in one process, another scores them against answers.

The two never meet: the participant's notebook runs as every notebook does and is read for one file
only; the answers are given to a second process, in which no line of hers runs.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import json
import secrets
from pathlib import Path
from typing import Any, Final

import nbformat
from nbformat import NotebookNode

from app.engine import data, grading, messages, notebooks
from app.engine.exchanged import Evaluated, Evaluation, Produced
from app.engine.executor import Executor, Job, Run
from app.engine.results import Environment, Limits
from app.engine.warmth import cache_files
from app.engine.zygote_executor import ZygoteExecutor

__all__ = ["evaluate", "evaluator_version", "produce"]

PROGRAM: Final = Path(__file__).parent / "inside" / "evaluator.py"
PREDICTIONS: Final = "predictions.csv"
#: Of a file of predictions, in bytes; a notebook's answer carries it as text.
MOST_BYTES: Final = 8 * 2**20
LIMITS: Final = Limits(cell_seconds=120, total_seconds=150, memory_mb=2048, output_bytes=200_000)
TAKE: Final = f"""
import base64 as _base64
with open({PREDICTIONS!r}, "rb") as _file:
    print("\\n{{mark}}" + _base64.b64encode(_file.read({MOST_BYTES} + 1)).decode())
"""


@functools.cache
def evaluator_version() -> str:
    """What the kept program is: part of every score, so that it can be had again."""
    return hashlib.sha256(PROGRAM.read_bytes()).hexdigest()[:12]


def produce(
    notebook: bytes,
    *,
    sets: tuple[str, ...] = (),
    environment: Environment = "scientific",
    limits: Limits | None = None,
    executor: Executor | None = None,
) -> Produced:
    """Run a participant's notebook with the open data SETS and take its ``predictions.csv``.

    Whatever she wrote, the answer is a Produced. Raises EngineUnavailable.
    """
    grading.check()
    data.check(sets)
    limits = limits or Limits(output_bytes=2 * MOST_BYTES)
    mark = secrets.token_hex(16)
    try:
        nb = notebooks.read(notebook)
        found = notebooks.language(nb)
        if found != "python":
            raise notebooks.Unreadable("wrong-kernel", language=found)
    except notebooks.Unreadable as error:
        shown = {"name": "notebook.ipynb", **error.params}
        return Produced(None, 0.0, messages.REASONS[error.code], shown)
    nb = nbformat.v4.new_notebook(
        cells=[
            *(nbformat.v4.new_code_cell(c.source) for c in nb.cells if c.cell_type == "code"),
            nbformat.v4.new_code_cell(TAKE.format(mark=mark)),
        ]
    )
    run = (executor or ZygoteExecutor()).run(
        Job(
            notebook=nb,
            tests=frozenset(),
            files=cache_files("\n".join(cell.source for cell in nb.cells).encode()),
            environment=environment,
            limits=limits,
            data=sets,
        )
    )
    if run.stop is not None:
        params = grading.reason_params(run.stop, "notebook", limits)
        return Produced(None, run.seconds, messages.REASONS[run.stop], params)
    taken = _after(mark, run, len(nb.cells) - 1)
    if taken is None:
        return _nothing(run)
    try:
        content = base64.b64decode(taken, validate=True)
    except (ValueError, binascii.Error):
        return _nothing(run)
    if len(content) > MOST_BYTES:
        return Produced(
            None, run.seconds, messages.PREDICTIONS_TOO_LARGE, {"megabytes": MOST_BYTES // 2**20}
        )
    return Produced(content, run.seconds)


def evaluate(
    predictions: bytes,
    answers: bytes,
    how: Evaluation,
    *,
    executor: Executor | None = None,
) -> Evaluated:
    """Score PREDICTIONS against ANSWERS in a sandbox. Raises EngineUnavailable."""
    grading.check()
    mark = secrets.token_hex(16)
    spec = {
        "id": how.id_column,
        "target": how.target_column,
        "metric": how.metric,
        "kind": how.kind,
        "seed": how.seed,
        "share": how.share,
        "mark": mark,
    }
    files = {
        "work/predictions.csv": predictions,
        "work/answers.csv": answers,
        "work/spec.json": json.dumps(spec).encode(),
    }
    if how.program is not None:
        files["work/evaluator.py"] = how.program
    nb = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(PROGRAM.read_text(encoding="utf-8"))]
    )
    run = (executor or ZygoteExecutor()).run(
        Job(notebook=nb, tests=frozenset(), files=files, environment="scientific", limits=LIMITS)
    )
    taken = _after(mark, run, 0)
    if run.stop is not None or taken is None:
        detail = run.stop or _first_error(run.notebook) or "it said nothing"
        return Evaluated({}, run.seconds, problem="evaluator", detail=detail)
    told: dict[str, Any] = json.loads(taken)
    return Evaluated(
        environment={**told.pop("environment"), "evaluator": evaluator_version()},
        seconds=run.seconds,
        public=told.get("public"),
        private=told.get("private"),
        problem=told.get("problem"),
        line=told.get("line"),
        params=told.get("params") or {},
        detail=told.get("detail"),
    )


def _after(mark: str, run: Run, index: int) -> str | None:
    """What a cell printed on the line that begins with MARK; None when there is none."""
    text = "".join(
        output.get("text", "")
        for output in run.notebook.cells[index].outputs
        if output.output_type == "stream" and output.get("name") == "stdout"
    )
    for line in reversed(text.splitlines()):
        if line.startswith(mark):
            return line.removeprefix(mark)
    return None


def _nothing(run: Run) -> Produced:
    error = _first_error(run.notebook, but_last=True)
    if error is None:
        return Produced(None, run.seconds, messages.NO_PREDICTIONS, {"name": PREDICTIONS})
    return Produced(
        None, run.seconds, messages.NO_PREDICTIONS_ERROR, {"name": PREDICTIONS, "error": error}
    )


def _first_error(nb: NotebookNode, *, but_last: bool = False) -> str | None:
    for number, cell in enumerate(nb.cells[:-1] if but_last else nb.cells, 1):
        for output in cell.outputs:
            if output.output_type == "error":
                words = f"{output.get('ename', '')}: {output.get('evalue', '')}"
                return f"[{number}] {words}"[:300]
    return None
