"""nbgrader's preprocessors with the lab's source in the place of its gradebook database.

nbgrader's ``SaveCells`` writes the source cells to a database and ``OverwriteCells`` reads them
back for every submission. :class:`SourceBook` holds the same facts in memory, so that nbgrader's
own code for a cell runs unchanged.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import MissingEntry
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    DeduplicateIds,
    LockCells,
    NbGraderPreprocessor,
    OverwriteCells,
)

from app.engine import notebooks
from app.engine.outline import SourcePart
from app.engine.results import CellKind

__all__ = ["AFTER_SAVE", "BEFORE_SAVE", "SourceBook", "SourceCell", "kind_of", "quiet", "upgrade"]

LOG: Final = logging.getLogger("banyan.engine.nbgrader")
LOG.addHandler(logging.NullHandler())
LOG.propagate = False
LOG.setLevel(logging.CRITICAL)

#: The order of ``nbgrader generate_assignment``; the book is written between the two.
BEFORE_SAVE: Final = (LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums)
AFTER_SAVE: Final = (ClearHiddenTests, ClearMarkScheme, ComputeChecksums, CheckCellMetadata)


def quiet(preprocessor: type[NbGraderPreprocessor]) -> Any:
    """Return an instance that keeps its warnings to itself: what is wrong, we say in results."""
    return preprocessor(log=LOG)


def upgrade(nb: NotebookNode) -> NotebookNode:
    """Bring the cells' metadata to nbgrader's current schema, as ``nbgrader update`` does."""
    validator = MetadataValidator()
    for part in (validator, validator.v1, validator.v2):
        part.log = LOG
    for cell in nb.cells:
        meta = cell.metadata.get("nbgrader")
        if meta is not None and (not isinstance(meta, dict) or not meta):
            del cell.metadata["nbgrader"]
    return validator.upgrade_notebook_metadata(nb)


def kind_of(cell: NotebookNode) -> CellKind | None:
    """Return what a cell with points is; None for a cell without."""
    if utils.is_task(cell):
        return "task"
    if utils.is_grade(cell):
        return "solution" if utils.is_solution(cell) else "test"
    return None


def _parts(nb: NotebookNode) -> Iterator[SourcePart]:
    """Return what a student cannot change, and what she can, of a source notebook's code."""
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if kind_of(cell) == "test":
            yield SourcePart(name, "test", cell.source)
        elif utils.is_solution(cell):
            yield SourcePart(name, "solution", cell.source)
        elif utils.is_locked(cell):
            yield SourcePart(name, "locked", cell.source)
        else:
            yield SourcePart(None, "free", cell.source)


@dataclass(frozen=True)
class SourceCell:
    """What ``SaveCells`` keeps of a cell, and the cell as the release steps left it."""

    name: str
    cell_type: str
    locked: bool
    source: str
    checksum: str | None
    max_score: float
    kind: CellKind | None
    position: int
    cell: NotebookNode


class SourceBook:
    """The source cells of one notebook; answers as nbgrader's ``Gradebook`` does."""

    def __init__(self, nb: NotebookNode) -> None:
        """Take ``nb`` as BEFORE_SAVE left it."""
        self.kernelspec: dict[str, Any] = copy.deepcopy(nb.metadata.get("kernelspec") or {})
        self.cells: dict[str, SourceCell] = {}
        #: The source's code cells with their solutions, and the whole source; see ``of``.
        self.parts: tuple[SourcePart, ...] = ()
        self.solved: NotebookNode = nb
        for position, cell in enumerate(nb.cells):
            if not (
                utils.is_grade(cell)
                or utils.is_solution(cell)
                or utils.is_locked(cell)
                or utils.is_task(cell)
            ):
                continue
            meta = cell.metadata.nbgrader
            kind = kind_of(cell)
            self.cells[meta["grade_id"]] = SourceCell(
                name=meta["grade_id"],
                cell_type=cell.cell_type,
                locked=utils.is_locked(cell),
                source=cell.source,
                checksum=meta.get("checksum"),
                max_score=float(meta["points"]) if kind else 0.0,
                kind=kind,
                position=position,
                cell=copy.deepcopy(cell),
            )

    @classmethod
    def of(cls, source: bytes) -> SourceBook:
        """Read a source notebook. Raises ValueError when it cannot be released."""
        try:
            nb = upgrade(notebooks.read(source))
            solved = copy.deepcopy(nb)
            resources: dict[str, Any] = {}
            for step in BEFORE_SAVE:
                nb, resources = quiet(step).preprocess(nb, resources)
            book = cls(nb)
            book.parts, book.solved = tuple(_parts(solved)), solved
            return book
        except Exception as error:
            raise ValueError(f"The lab's source cannot be graded with: {error}") from error

    @property
    def graded(self) -> list[SourceCell]:
        """Return the cells that carry points, in their order."""
        return [cell for cell in self.cells.values() if cell.kind is not None]

    def find_source_cell(self, name: str, _notebook: str, _assignment: str) -> SourceCell:
        try:
            return self.cells[name]
        except KeyError:
            raise MissingEntry(f"No such source cell: {name}") from None

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> SourceCell:
        found = self.find_source_cell(name, notebook, assignment)
        if found.kind is None:
            raise MissingEntry(f"No such grade cell: {name}")
        return found

    def sanitize(self, nb: NotebookNode) -> NotebookNode:
        """Do what the first pass of ``nbgrader autograde`` does to a submission.

        Where nbgrader gives up on the whole submission (metadata that a student edited), the
        source's metadata is restored first, so that the honest rest is graded. Tags of a test
        cell are restored too: nbgrader leaves ``skip-execution`` in, which passes every test.
        """
        for cell in nb.cells:
            self._restore_metadata(cell)
        nb, resources = quiet(ClearOutput).preprocess(nb, {})
        nb, resources = quiet(DeduplicateIds).preprocess(nb, resources)
        for cell in nb.cells:
            if cell.metadata.get("nbgrader") == {}:
                del cell.metadata["nbgrader"]
        if self.kernelspec:
            nb.metadata["kernelspec"] = copy.deepcopy(self.kernelspec)
        overwrite = quiet(OverwriteCells)
        overwrite.gradebook, overwrite.notebook_id, overwrite.assignment_id = self, "", ""
        # nbgrader checks the metadata once more; by now all of it is the source's, which was.
        nb, _ = NbGraderPreprocessor.preprocess(overwrite, nb, resources)
        return nb

    def _restore_metadata(self, cell: NotebookNode) -> None:
        meta = cell.metadata.pop("nbgrader", None)
        grade_id = meta.get("grade_id") if isinstance(meta, dict) else None
        found = self.cells.get(grade_id) if isinstance(grade_id, str) else None
        if found is None:
            return
        if cell.cell_type != found.cell_type:
            cell.pop("attachments", None)
        if found.locked:
            cell.metadata = copy.deepcopy(found.cell.metadata)
        else:
            cell.metadata["nbgrader"] = copy.deepcopy(found.cell.metadata["nbgrader"])
