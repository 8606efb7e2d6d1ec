"""Grading: clean the submission, run it elsewhere, score it with nbgrader's own functions."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import LimitOutput

from app.engine import data, hidden, messages, notebooks
from app.engine.bookkeeping import SourceBook, SourceCell, kind_of, quiet
from app.engine.executor import Executor, Job, Run
from app.engine.judging import apart, judging
from app.engine.outputs import tidy
from app.engine.results import (
    CellResult,
    EngineUnavailable,
    LabSource,
    Limits,
    NotebookResult,
    NotebookState,
    Outcome,
)
from app.engine.scoring import odd_value, score_cell
from app.engine.submission import working_files
from app.engine.warmth import cache_files
from app.engine.zygote_executor import ZygoteExecutor
from jupyter_config import sandbox

__all__ = ["check", "grade", "reason_params"]

MAX_TRACE: Final = 4_000
EMPTY_NOTEBOOK: Final = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n'


def check() -> None:
    """Raise EngineUnavailable with the reason when nothing can be graded here."""
    reason = sandbox.available()
    if reason is not None:
        raise EngineUnavailable(reason)


def grade(
    lab: LabSource,
    submitted: Mapping[str, bytes],
    *,
    limits: Limits,
    on_progress: Any = None,
    executor: Executor | None = None,
    without_sandbox: bool = False,
) -> tuple[NotebookResult, ...]:
    """Grade each notebook of the lab; see :func:`app.engine.grade`."""
    if without_sandbox:
        from app.engine.unsandboxed_executor import UnsandboxedExecutor

        executor, lab = UnsandboxedExecutor(), replace(lab, roads={})
    else:
        check()
        data.check(lab.data)
    books = {notebooks.plain_name(source.name): _book(source.source) for source in lab.notebooks}
    runner = executor or ZygoteExecutor()
    try:
        files = working_files(submitted, lab.files, disk_mb=limits.disk_mb)
    except notebooks.Unreadable as error:
        return tuple(_refused(name, book, error, lab) for name, book in books.items())
    results = []
    for name, book in books.items():
        began = time.monotonic()
        try:
            nb = _accept(name, book, submitted)
        except notebooks.Unreadable as error:
            results.append(_refused(name, book, error, lab))
            continue
        count = len(nb.cells)

        def on_cell(done: int, name: str = name, count: int = count) -> None:
            if on_progress is not None:
                on_progress(name, done, count)

        tests = frozenset(
            index
            for index, cell in enumerate(nb.cells)
            if kind_of(cell) == "test" and cell.source.strip()
        )
        run = runner.run(
            Job(
                notebook=nb,
                tests=tests,
                files=_home(nb, files),
                environment=lab.environment,
                limits=limits,
                judging=judging(nb, tests, book, lab, name),
                data=lab.data,
                on_cell=on_cell,
            )
        )
        seconds = time.monotonic() - began
        results.append(_result(name, book, run, limits, seconds, lab.roads.get(name, {})))
    return tuple(results)


@functools.lru_cache(maxsize=64)
def _book(source: bytes) -> SourceBook:
    """Return the source's book. A class sends many submissions of few labs; nobody changes it."""
    return SourceBook.of(source)


def _home(nb: NotebookNode, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the student's home folder; hers are in ``work``."""
    code = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "code").encode()
    modules = [content for path, content in files.items() if path.endswith(".py")]
    return {
        **cache_files(code, *modules),
        **{f"work/{path}": content for path, content in files.items()},
    }


def _accept(name: str, book: SourceBook, submitted: Mapping[str, bytes]) -> NotebookNode:
    """Return the submitted notebook as it will run. Raises Unreadable."""
    shown = notebooks.file_name(name)
    raw = submitted.get(shown)
    if raw is None:
        raise notebooks.Unreadable("missing-notebook", name=shown)
    try:
        nb = notebooks.read(raw)
        found = notebooks.language(nb)
        if not book.kernelspec and found != "python":
            raise notebooks.Unreadable("wrong-kernel", language=found)
        try:
            return book.sanitize(nb)
        except Exception as error:  # what no rule foresaw is still a notebook that cannot be used
            raise notebooks.Unreadable("not-a-notebook") from error
    except notebooks.Unreadable as error:
        error.params = {"name": shown, **error.params}
        raise


def _refused(
    name: str, book: SourceBook, error: notebooks.Unreadable, lab: LabSource
) -> NotebookResult:
    """Return the result of a notebook that cannot run.

    nbgrader gives 0 for every cell of a notebook that is not there; what is there but cannot be
    read gets no score.
    """
    absent = error.code == "missing-notebook"
    cells = tuple(
        CellResult(
            grade_id=cell.name,
            score=0.0 if absent else None,
            max_score=cell.max_score,
            outcome="missing" if absent else "error",
            assurance="separate" if apart(lab.roads.get(name, {}), cell.name) else "shared",
            kind=cell.kind,
            message=messages.NOT_GRADED,
        )
        for cell in book.graded
        if cell.kind is not None
    )
    return NotebookResult(
        name=name,
        state="failed",
        reason=messages.REASONS[error.code],
        seconds=0.0,
        cells=cells,
        executed=EMPTY_NOTEBOOK,
        reason_code=error.code,
        reason_params=error.params,
    )


def _result(
    name: str,
    book: SourceBook,
    run: Run,
    limits: Limits,
    seconds: float,
    roads: Mapping[str, Mapping[str, Any]],
) -> NotebookResult:
    nb, _ = quiet(LimitOutput).preprocess(tidy(run.notebook), {})
    places = {
        cell.metadata.nbgrader["grade_id"]: index
        for index, cell in enumerate(nb.cells)
        if kind_of(cell) is not None
    }
    hidden_at = hidden.first_hidden(nb, run.ran)
    cells = []
    for source in book.graded:
        index = places.get(source.name)
        if index is None:
            cells.append(_missing(source))
        elif run.tampered is not None and source.kind == "test" and index not in run.separate:
            withheld = _cell(source, None, "tampered", messages.WITHHELD)
            cells.append(replace(withheld, staff_message=run.tampered))
        else:
            made = _scored(source, nb.cells[index], index, run, limits, index > hidden_at)
            if index in run.separate or (index not in run.ran and apart(roads, source.name)):
                made = replace(made, assurance="separate")
                if roads.get(source.name, {}).get("value") == "points" and index in run.ran:
                    made = odd_value(made, nb.cells[index])
            cells.append(made)
    code, state = _state(run)
    return NotebookResult(
        name=name,
        state=state,
        reason=messages.REASONS[code] if code else None,
        seconds=round(seconds, 3),
        cells=tuple(cells),
        executed=nbformat.writes(nb).encode("utf-8", "replace"),
        peak_memory_mb=run.peak_memory_mb,
        reason_code=code,
        reason_params=reason_params(code, name, limits) if code else {},
    )


def _state(run: Run) -> tuple[str | None, NotebookState]:
    if run.tampered is not None:
        return "tampered", "tampered"
    if run.stop in ("total-timeout", "cell-timeout"):
        return run.stop, "timeout"
    if run.stop is not None:
        return run.stop, "failed"
    if run.interrupted:
        return "cell-interrupted", "graded"
    return None, "graded"


def reason_params(code: str, name: str, limits: Limits) -> dict[str, str | int | float]:
    seconds = limits.total_seconds if code == "total-timeout" else limits.cell_seconds
    return {
        "name": notebooks.file_name(name),
        "seconds": f"{seconds:g}",
        "megabytes": limits.memory_mb,
        "kilobytes": limits.output_bytes // 1000,
    }


def _scored(
    source: SourceCell, cell: NotebookNode, index: int, run: Run, limits: Limits, after: bool
) -> CellResult:
    if source.kind == "test" and utils.is_grade(cell) and index not in run.ran:
        cut = run.stopped_at == index and run.stop in ("total-timeout", "cell-timeout")
        if cut:
            return _cell(
                source, 0.0, "timeout", messages.CELL_TIMEOUT, seconds=f"{limits.cell_seconds:g}"
            )
        return _cell(source, 0.0, "error", messages.NOT_RUN)
    if index in run.interrupted and source.kind == "test":
        return _cell(
            source, 0.0, "timeout", messages.CELL_TIMEOUT, seconds=f"{limits.cell_seconds:g}"
        )
    made = score_cell(source, cell, after_hidden=after)
    if index in run.crossings and made.outcome == "failed":
        kind = hidden.clean(run.crossings[index], 80)
        return replace(made, message=messages.CANNOT_CROSS, params={"kind": kind})
    is_test = source.kind == "test"
    if (
        is_test
        and made.outcome == "failed"
        and not after
        and hidden.may_show_trace(source.source, cell)
    ):
        way = run.traces.get(index) or hidden.own_frames(cell)
        return replace(made, trace=hidden.clean(way, MAX_TRACE) if way else None)
    return made


def _missing(source: SourceCell) -> CellResult:
    message = messages.MISSING_TEST if source.kind == "test" else messages.MISSING_ANSWER
    return _cell(source, None, "missing", message)


def _cell(
    source: SourceCell,
    score: float | None,
    outcome: Outcome,
    message: str,
    **params: str | int | float,
) -> CellResult:
    assert source.kind is not None
    return CellResult(
        grade_id=source.name,
        score=score,
        max_score=source.max_score,
        outcome=outcome,
        assurance="shared",
        kind=source.kind,
        message=message,
        params=params,
    )
