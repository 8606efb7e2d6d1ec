"""Source notebook → what students get, by the steps of ``nbgrader generate_assignment``."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Final

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.nbgraderformat import MetadataValidator, SchemaTooNewError
from nbgrader.preprocessors import CheckCellMetadata, NbGraderPreprocessor

from app.engine import messages, notebooks
from app.engine.bookkeeping import AFTER_SAVE, BEFORE_SAVE, LOG, SourceBook, quiet, upgrade
from app.engine.results import CellSpec, NotebookSource, Problem, Release

__all__ = ["make_release", "validate_source"]

#: What nbgrader says, in part → what we say.
SENTENCES: Final[tuple[tuple[str, str], ...]] = (
    ("grade_id is empty", messages.SOURCE_EMPTY_ID),
    ("does not have a grade_id", messages.SOURCE_NO_ID),
    ("does not have points", messages.SOURCE_NO_POINTS),
    ("is not marked as a solution cell", messages.SOURCE_MARKDOWN_GRADE),
    ("is not marked as a grade cell", messages.SOURCE_MARKDOWN_SOLUTION),
    ("Task cells have to be markdown", messages.SOURCE_TASK_NOT_MARKDOWN),
    ("nested begin hidden tests", messages.SOURCE_HIDDEN_NESTED),
    ("No end hidden tests", messages.SOURCE_HIDDEN_OPEN),
    ("Hidden test region detected", messages.SOURCE_HIDDEN_PLACE),
    ("nested begin solution", messages.SOURCE_SOLUTION_NESTED),
    ("no end solution", messages.SOURCE_SOLUTION_OPEN),
    ("Solution region detected", messages.SOURCE_SOLUTION_PLACE),
    ("nested begin mark scheme", messages.SOURCE_MARKS_NESTED),
    ("No end mark scheme", messages.SOURCE_MARKS_OPEN),
    ("Mark scheme region detected", messages.SOURCE_MARKS_PLACE),
)
UNREADABLE: Final[Mapping[str, str]] = {
    "no-cells": messages.SOURCE_NO_CELLS,
    "too-new": messages.SOURCE_TOO_NEW,
    "too-large": messages.SOURCE_TOO_LARGE,
    "too-complex": messages.SOURCE_TOO_LARGE,
}
AUTOTEST_MARK: Final = "AUTOTEST"


class _Refused(Exception):
    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


def make_release(sources: Sequence[NotebookSource]) -> Release:
    """Return the release of ``sources``, or its problems."""
    released: dict[str, bytes] = {}
    kept: list[NotebookSource] = []
    cells: list[CellSpec] = []
    problems: list[Problem] = []
    for source in sources:
        name = notebooks.plain_name(source.name)
        if not name or "/" in name or "\\" in name or "\0" in name or name.startswith("."):
            problems.append(_of(name, messages.SOURCE_BAD_NAME, params={"name": source.name}))
            continue
        if notebooks.file_name(name) in released:
            problems.append(_of(name, messages.SOURCE_SAME_NAME, params={"name": name}))
            continue
        try:
            original, book, nb = _release(source.source)
        except _Refused as refused:
            problems += [
                _of(name, p.message, p.cell_index, p.params, p.detail) for p in refused.problems
            ]
            continue
        released[notebooks.file_name(name)] = nbformat.writes(nb).encode()
        kept.append(NotebookSource(name, nbformat.writes(original).encode()))
        cells += [
            CellSpec(name, cell.name, cell.kind, cell.max_score, cell.position)
            for cell in book.graded
            if cell.kind is not None
        ]
    if problems:
        return Release(problems=tuple(problems))
    return Release(released, tuple(cells), (), tuple(kept))


def validate_source(source: bytes) -> list[Problem]:
    """Return the problems of one source notebook."""
    try:
        _release(source)
    except _Refused as refused:
        return refused.problems
    return []


def _of(
    notebook: str | None,
    message: str,
    cell_index: int | None = None,
    params: Mapping[str, str | int | float] | None = None,
    detail: str | None = None,
) -> Problem:
    return Problem(message, cell_index, notebook, params or {}, detail)


def _release(source: bytes) -> tuple[NotebookNode, SourceBook, NotebookNode]:
    """Return the source in the current schema, its book, and the release."""
    try:
        nb = notebooks.read(source)
    except notebooks.Unreadable as error:
        message = UNREADABLE.get(error.code, messages.SOURCE_NOT_A_NOTEBOOK)
        raise _Refused([_of(None, message)]) from error
    found = notebooks.language(nb)
    if found != "python":
        raise _Refused([_of(None, messages.SOURCE_NOT_PYTHON, params={"language": found})])
    _upgrade(nb)
    asked = [
        _of(None, messages.SOURCE_AUTOTEST, index)
        for index, cell in enumerate(nb.cells)
        if cell.cell_type == "code" and utils.is_grade(cell) and AUTOTEST_MARK in cell.source
    ]
    if asked:
        raise _Refused(asked)
    raw = [
        _of(None, messages.SOURCE_RAW, index)
        for index, cell in enumerate(nb.cells)
        if cell.cell_type == "raw" and _is_kept(cell)
    ]
    if raw:
        raise _Refused(raw)
    original = copy.deepcopy(nb)
    resources: dict[str, Any] = {}
    for step in BEFORE_SAVE:
        nb = _apply(step, nb, resources)
    book = SourceBook(nb)
    for step in AFTER_SAVE:
        nb = _apply(step, nb, resources)
    return original, book, nb


def _is_kept(cell: NotebookNode) -> bool:
    """Say whether nbgrader keeps the cell in its gradebook."""
    kinds = (utils.is_grade, utils.is_solution, utils.is_locked, utils.is_task)
    return any(kind(cell) for kind in kinds)


def _upgrade(nb: NotebookNode) -> None:
    for index, cell in enumerate(nb.cells):
        alone = NotebookNode(cells=[cell])
        try:
            upgrade(alone)
        except Exception as error:
            raise _Refused(
                [_of(None, messages.SOURCE_METADATA, index, detail=str(error))]
            ) from error


def _apply(
    step: type[NbGraderPreprocessor], nb: NotebookNode, resources: dict[str, Any]
) -> NotebookNode:
    before = copy.deepcopy(nb)
    try:
        done, _ = quiet(step).preprocess(nb, resources)
    except Exception as error:
        raise _Refused(_blame(step, before, error)) from error
    return done


def _blame(step: type[NbGraderPreprocessor], nb: NotebookNode, error: Exception) -> list[Problem]:
    """Find the cells that ``step`` does not accept by giving it one cell at a time."""
    found: list[Problem] = []
    for index, cell in enumerate(nb.cells):
        alone = copy.deepcopy(nb)
        alone.cells = [copy.deepcopy(cell)]
        try:
            if step is CheckCellMetadata:  # it hides the reason; this is what it calls
                validator = MetadataValidator()
                validator.log = LOG
                validator.validate_nb(alone)
            else:
                quiet(step).preprocess(alone, {})
        except Exception as reason:
            found.append(_of(None, _sentence(reason), index, detail=_plain(reason)))
    return found or _duplicates(nb) or [_of(None, messages.SOURCE_OTHER, detail=_plain(error))]


def _duplicates(nb: NotebookNode) -> list[Problem]:
    seen: set[str] = set()
    found = []
    for index, cell in enumerate(nb.cells):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in seen:
            found.append(_of(None, messages.SOURCE_DUPLICATE_ID, index, {"grade_id": grade_id}))
        elif grade_id:
            seen.add(grade_id)
    return found


def _sentence(reason: Exception) -> str:
    if isinstance(reason, SchemaTooNewError):
        return messages.SOURCE_METADATA_TOO_NEW
    text = str(reason)
    for part, sentence in SENTENCES:
        if part in text:
            return sentence
    if type(reason).__name__ == "ValidationError" or isinstance(reason, KeyError):
        return messages.SOURCE_METADATA
    return messages.SOURCE_OTHER


def _plain(reason: Exception) -> str:
    """Return nbgrader's own first line, without the cell that it quotes."""
    return str(reason).strip().partition("\n")[0][:300]
