"""From the assignment's source notebooks: what the gradebook keeps, and what the engine gets.

The gradebook is what ``nbgrader autograde`` grades with: locked cells, points and checksums as
they were when the assignment was generated. The engine takes a source notebook, so the two are
brought together here: the source's cells with the gradebook's text and points.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import nbformat
from nbformat import NotebookNode

from app import engine
from app.autograde.course import LOG, Course
from app.autograde.errors import CourseError

__all__ = ["engine_source", "environment", "generate", "is_kept", "read_source"]

DEEP: Final = re.compile(rb"^\s*(?:import|from)\s+(?:torch|torchvision)\b", re.MULTILINE)
SCIENTIFIC: Final = re.compile(
    rb"^\s*(?:import|from)\s+(?:numpy|pandas|scipy|sklearn|matplotlib|seaborn|statsmodels|pylab)\b",
    re.MULTILINE,
)


def read_source(path: Path) -> NotebookNode:
    """Return the notebook with nbgrader's metadata in the current schema. Raises CourseError."""
    from nbgrader.nbgraderformat import MetadataValidator

    validator = MetadataValidator()
    for part in (validator, validator.v1, validator.v2):
        part.log = LOG
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nb = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        return validator.upgrade_notebook_metadata(nb)
    except Exception as error:  # not JSON, not a notebook, or metadata that nothing can upgrade
        raise CourseError(f"{path} cannot be read as a notebook: {_line(error)}") from error


def generate(course: Course, path: Path) -> tuple[NotebookNode, dict[str, Any]]:
    """Do what ``nbgrader generate_assignment`` does up to writing to its gradebook.

    Returns the notebook and nbgrader's resources for it. Raises CourseError.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import SaveCells

    generator = GenerateAssignment(coursedir=course.directory, parent=course.converter.parent)
    nb, resources = read_source(path), _resources(course, path)
    try:
        for step in generator.preprocessors:
            if issubclass(step, SaveCells):
                break
            nb, resources = step(parent=generator)(nb, resources)
    except Exception as error:
        raise CourseError(f"nbgrader does not accept {path}: {_line(error)}") from error
    return nb, resources


def is_kept(cell: NotebookNode) -> bool:
    """Say whether nbgrader keeps the cell in its gradebook."""
    from nbgrader import utils

    return bool(
        utils.is_grade(cell)
        or utils.is_solution(cell)
        or utils.is_locked(cell)
        or utils.is_task(cell)
    )


def engine_source(course: Course, notebook: Any) -> engine.NotebookSource:
    """Return what to grade ``notebook`` (a row of the gradebook) with. Raises CourseError.

    The source notebook is taken where it still is the one in the gradebook and the engine can
    use it; else one is put together from the gradebook alone, which has no solutions.
    """
    path = course.source_folder / f"{notebook.name}.ipynb"
    problems: list[engine.Problem] = []
    made = (_from_source(course, path, notebook), _from_gradebook(notebook))
    for nb in made:
        if nb is None:
            continue
        raw = nbformat.writes(nb).encode()
        problems = engine.validate_source(raw)
        if not problems:
            return engine.NotebookSource(notebook.name, raw)
    raise CourseError(f"{notebook.name}.ipynb cannot be graded with: {problems[0]}")


def environment(sources: Iterable[bytes]) -> engine.Environment:
    """Return the lab environment that fits what the notebooks and modules import."""
    code = [_code(raw) for raw in sources]
    if any(DEEP.search(raw) for raw in code):
        return "deep-learning"
    return "scientific" if any(SCIENTIFIC.search(raw) for raw in code) else "standard"


def _code(raw: bytes) -> bytes:
    try:
        cells = nbformat.reads(raw.decode(), as_version=4).cells
    except Exception:  # a module, then
        return raw
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code").encode()


def _from_source(course: Course, path: Path, notebook: Any) -> NotebookNode | None:
    from nbgrader.preprocessors import IncludeHeaderFooter

    if not path.is_file():
        return None
    nb = read_source(path)
    try:
        nb, _ = IncludeHeaderFooter(parent=course.converter)(nb, _resources(course, path))
    except Exception as error:
        raise CourseError(f"The header or footer of {path} cannot be read: {error}") from error
    known = {cell.name: cell for cell in notebook.source_cells}
    points = _points(notebook)
    kept = {cell.metadata.nbgrader["grade_id"]: cell for cell in nb.cells if is_kept(cell)}
    if kept.keys() != known.keys() or any(
        cell.cell_type != known[name].cell_type for name, cell in kept.items()
    ):
        return None
    for name, cell in kept.items():
        if known[name].locked:
            cell.source = known[name].source
        if name in points:
            cell.metadata.nbgrader["points"] = points[name]
    return nb


def _from_gradebook(notebook: Any) -> NotebookNode:
    import json

    points = _points(notebook)
    tasks = {cell.name for cell in notebook.task_cells}
    answers = {cell.name for cell in notebook.solution_cells}
    nb = nbformat.v4.new_notebook()
    nb.metadata["kernelspec"] = json.loads(notebook.kernelspec or "{}")
    for known in notebook.source_cells:
        meta = {
            "grade": known.name in points and known.name not in tasks,
            "solution": known.name in answers,
            "task": known.name in tasks,
            "locked": known.locked,
            "grade_id": known.name,
            "schema_version": 3,
        }
        if known.name in points:
            meta["points"] = points[known.name]
        new = getattr(nbformat.v4, f"new_{known.cell_type}_cell")
        nb.cells.append(new(source=known.source or "", metadata={"nbgrader": meta}))
    return nb


def _points(notebook: Any) -> dict[str, float]:
    graded = (*notebook.grade_cells, *notebook.task_cells)
    return {cell.name: cell.max_score for cell in graded}


def _resources(course: Course, path: Path) -> dict[str, Any]:
    return {
        "unique_key": path.stem,
        "metadata": {"name": path.stem, "path": str(path.parent)},
        "nbgrader": {
            "student": ".",
            "assignment": course.assignment,
            "notebook": path.stem,
            "db_url": course.directory.db_url,
        },
    }


def _line(error: Exception) -> str:
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text}"[:300]
