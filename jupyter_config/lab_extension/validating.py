"""Run a notebook's visible tests here, with nbgrader's validator, and say how each cell went.

nbgrader's own button answers with one text; a panel needs every cell, and the server has to go on
answering meanwhile. The notebook on disk is not changed.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NBFormatError, NotebookNode, current_nbformat
from nbformat import read as read_notebook
from nbgrader import utils
from nbgrader.validator import Validator

__all__ = ["CannotValidate", "validate"]

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
LINE = re.compile(
    r"(?:Cell In\[\d+\], |<ipython-input[^>]*>.*)line (\d+)|^-+> ?(\d+) ", re.MULTILINE
)
MOST_CHARACTERS = 4000

# What nbgrader says in the environment of the process would mix with a second run's.
_one_at_a_time = threading.Lock()


class CannotValidate(Exception):
    """The notebook could not be run; ``code`` says why: unreadable, kernel_died, no_kernel."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CellValidator(Validator):
    """nbgrader's validator, asked about every cell."""

    folder: str = ""

    def _preprocess(self, nb: NotebookNode) -> NotebookNode:
        # Not by changing the process's folder, as nbgrader does it: the server runs in it too.
        resources: dict[str, Any] = {"metadata": {"path": self.folder}}
        with utils.setenv(NBGRADER_VALIDATING="1", NBGRADER_EXECUTION="validate"):
            for preprocessor in self.preprocessors:
                nb, resources = preprocessor(parent=self).preprocess(nb, resources)
        return nb

    def cells(self, path: Path) -> list[dict[str, Any]]:
        """Return how the cells of the notebook at ``path`` went, from the top. Raises
        CannotValidate.
        """
        self.folder = str(path.parent)
        nb = self._read(path)
        # Such a cell would be judged as something else: nbgrader says so before it runs anything.
        if changed := self._get_type_changed_cells(nb):
            places = {id(cell): index for index, cell in enumerate(nb.cells)}
            return [_told(places[id(cell)], cell, "type_changed") for cell in changed]
        try:
            nb = self._preprocess(nb)
        except DeadKernelError:
            raise CannotValidate("kernel_died") from None
        except CellTimeoutError:
            raise CannotValidate("timeout") from None
        except RuntimeError as error:  # the kernel did not answer at all
            self.log.error("validate: %s", error)
            raise CannotValidate("no_kernel") from error
        changed = {id(cell) for cell in self._get_changed_cells(nb)}
        found = []
        for index, cell in enumerate(nb.cells):
            outcome = self._outcome(cell, id(cell) in changed)
            if outcome is not None:
                found.append(_told(index, cell, outcome))
        return found

    def _read(self, path: Path) -> NotebookNode:
        try:
            return read_notebook(str(path), as_version=current_nbformat)
        except (OSError, ValueError, NBFormatError) as error:
            raise CannotValidate("unreadable") from error

    def _outcome(self, cell: NotebookNode, is_changed: bool) -> str | None:
        if is_changed:
            return "changed"
        if not utils.is_grade(cell):
            return "error" if cell.cell_type == "code" and _error(cell) else None
        score, most = utils.determine_grade(cell, self.log)
        if score is None:
            return "manual"
        if utils.is_solution(cell):
            return "unanswered" if score < most else "manual"
        if score < most or (most == 0 and utils.has_failed(cell)):
            error = _error(cell)
            if error is not None and error["name"] == "NotImplementedError":
                return "unanswered"
            return "failed" if error or not score else "partial"
        return "passed"


def validate(path: Path) -> list[dict[str, Any]]:
    """Return how each cell went that matters: ``index, cell_id, grade_id, points, is_test, …``

    ``outcome`` is passed, partial, failed, unanswered, manual (a person reads it), changed (a test
    that is not as it was), type_changed, or error (a cell without points that stops). ``error`` is
    None or ``name, value, line, trace``. Raises CannotValidate.
    """
    with _one_at_a_time:
        return CellValidator().cells(path)


def _told(index: int, cell: NotebookNode, outcome: str) -> dict[str, Any]:
    about = cell.metadata.get("nbgrader", {})
    return {
        "index": index,
        "cell_id": cell.get("id", ""),
        "grade_id": str(about.get("grade_id", "")),
        "points": float(about.get("points") or 0) if about.get("grade") else None,
        "is_test": utils.is_grade(cell) and not utils.is_solution(cell),
        "outcome": outcome,
        "error": _error(cell) if cell.cell_type == "code" else None,
    }


def _error(cell: NotebookNode) -> dict[str, Any] | None:
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            trace = ANSI.sub("", "\n".join(output.traceback))
            lines = LINE.findall(trace)
            line = next((int(a or b) for a, b in lines if a or b), None)
            return {
                "name": output.ename,
                "value": ANSI.sub("", output.evalue)[:MOST_CHARACTERS],
                "line": line,
                "trace": trace[-MOST_CHARACTERS:],
            }
    for output in cell.get("outputs", []):
        # nbgrader gives nothing for a test that writes a warning.
        if output.output_type == "stream" and output.name == "stderr" and utils.is_grade(cell):
            text = ANSI.sub("", output.text)[-MOST_CHARACTERS:]
            return {"name": "stderr", "value": text.strip(), "line": None, "trace": text}
    return None
