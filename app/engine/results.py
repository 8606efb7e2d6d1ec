"""What crosses the engine's wall: inputs, results, problems. Plain frozen data, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "Assurance",
    "CellKind",
    "CellResult",
    "CellSpec",
    "EngineUnavailable",
    "Environment",
    "FeedbackBlock",
    "FeedbackOutput",
    "LabSource",
    "Limits",
    "NotebookResult",
    "NotebookSource",
    "NotebookState",
    "Outcome",
    "Problem",
    "Release",
    "Roads",
]

Environment = Literal["standard", "scientific", "deep-learning"]
CellKind = Literal["test", "solution", "task"]
Outcome = Literal[
    "passed", "partial", "failed", "error", "timeout", "manual", "tampered", "missing"
]
Assurance = Literal["separate", "shared"]
#: Notebook → grade id of a test → ``{"road": "separate" | "shared"}``, a shared one with its
#: ``reason`` (a msgid) and ``params``. It can be written as JSON.
Roads = Mapping[str, Mapping[str, Mapping[str, Any]]]
NotebookState = Literal["graded", "failed", "timeout", "tampered"]


class EngineUnavailable(Exception):
    """Nothing can be graded on this machine; ``message`` says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Limits:
    """What one notebook may use; beyond it the sandbox is killed.

    ``cell_seconds`` per cell, ``total_seconds`` per notebook (wall clock, stretched up to four
    times while the machine has more to do than cores), ``memory_mb`` and
    ``processes`` (threads included) over all of the sandbox, ``disk_mb`` of the working folder,
    ``output_bytes`` of all outputs of a notebook together.
    """

    cell_seconds: float = 30
    total_seconds: float = 300
    memory_mb: int = 1024
    processes: int = 64
    disk_mb: int = 100
    output_bytes: int = 1_000_000


@dataclass(frozen=True)
class NotebookSource:
    """An instructor's source notebook. ``name`` has no folder; ``.ipynb`` may be left out."""

    name: str
    source: bytes


@dataclass(frozen=True)
class LabSource:
    """A lab version: source notebooks, data files by relative path, and its environment.

    ``roads`` is what :func:`app.engine.plan_roads` found when the lab was published; tests that
    it does not name are judged in the student's process. ``data`` are the shared data sets that it
    reads, as ``NAME/VERSION`` below the folder of :func:`app.engine.offer_data`.
    """

    notebooks: tuple[NotebookSource, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    environment: Environment = "standard"
    roads: Roads = field(default_factory=dict)
    data: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Why a source notebook cannot be used.

    ``message`` is an English gettext msgid from :mod:`app.engine.messages`, to be formatted with
    ``params`` after translation; ``detail`` is technical, for the instructor. ``cell_index``
    counts from 0 and is None when the whole notebook is meant.
    """

    message: str
    cell_index: int | None = None
    notebook: str | None = None
    params: Mapping[str, str | int | float] = field(default_factory=dict)
    detail: str | None = None

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


@dataclass(frozen=True)
class CellSpec:
    """A cell that carries points: a test, a manually graded answer (solution) or a task.

    ``position`` is the cell's index in its notebook, from 0.
    """

    notebook: str
    grade_id: str
    kind: CellKind
    points: float
    position: int


@dataclass(frozen=True)
class Release:
    """What students get. ``notebooks`` maps file names (``name.ipynb``) to bytes.

    ``sources`` are the source notebooks to keep and to grade with: the given ones in the current
    metadata schema. With ``problems`` the rest is empty.
    """

    notebooks: Mapping[str, bytes] = field(default_factory=dict)
    cells: tuple[CellSpec, ...] = ()
    problems: tuple[Problem, ...] = ()
    sources: tuple[NotebookSource, ...] = ()


@dataclass(frozen=True)
class CellResult:
    """The result of one cell that carries points.

    ``score`` is None when a person has to give it. ``message`` (a msgid, formatted with
    ``params``) is safe for the student; ``staff_message`` is for the instructor only; ``hint`` is
    the instructor's own hint where the source has one. ``trace`` says where in the student's own
    code the error began, where that is known and tells nothing of a hidden test.
    """

    grade_id: str
    score: float | None
    max_score: float
    outcome: Outcome
    assurance: Assurance
    kind: CellKind
    message: str | None = None
    hint: str | None = None
    params: Mapping[str, str | int | float] = field(default_factory=dict)
    staff_message: str | None = None
    trace: str | None = None


@dataclass(frozen=True)
class NotebookResult:
    """The result of one notebook of a lab. ``name`` has no ``.ipynb``.

    ``reason_code`` is one of the keys of :data:`app.engine.messages.REASONS` and ``reason`` its
    msgid, formatted with ``reason_params``; both None when all went well. ``executed`` is the
    autograded notebook as JSON: it holds hidden tests, so never show it to a student.
    ``seconds`` is wall-clock time.
    """

    name: str
    state: NotebookState
    reason: str | None
    seconds: float
    cells: tuple[CellResult, ...]
    executed: bytes
    peak_memory_mb: float | None = None
    reason_code: str | None = None
    reason_params: Mapping[str, str | int | float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """Return the sum of the scores that are known."""
        return sum(cell.score for cell in self.cells if cell.score is not None)

    @property
    def max_score(self) -> float:
        return sum(cell.max_score for cell in self.cells)

    @property
    def needs_person(self) -> bool:
        """Say whether a cell waits for a person's score."""
        return any(cell.score is None for cell in self.cells)


@dataclass(frozen=True)
class FeedbackOutput:
    """An output that is safe to show: plain text, sanitized HTML, or a PNG (``data`` bytes)."""

    kind: Literal["text", "error", "html", "png"]
    text: str = ""
    data: bytes = b""


@dataclass(frozen=True)
class FeedbackBlock:
    """One cell of the feedback. ``text`` is Markdown or code with hidden tests removed.

    ``message`` is a msgid, formatted with ``params``; ``failing_line`` is the visible line of
    the test that did not hold; ``notes`` are further msgids (say, "outputs withheld").
    """

    kind: Literal["markdown", "code", "raw"]
    text: str
    outputs: tuple[FeedbackOutput, ...] = ()
    cell: CellResult | None = None
    message: str | None = None
    params: Mapping[str, str | int | float] = field(default_factory=dict)
    failing_line: str | None = None
    notes: tuple[str, ...] = ()
