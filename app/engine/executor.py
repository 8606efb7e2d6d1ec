"""The seam between grading and what runs a notebook's cells.

A grader gives an executor the cells in order; the executor runs them where the student's code
can do no harm and returns their outputs. Today's is :mod:`app.engine.kernel_executor`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from nbformat import NotebookNode

from app.engine.results import Environment, Limits

__all__ = ["Executor", "Job", "Run", "Stop"]

#: Why a run was cut; each is a key of messages.REASONS.
Stop = Literal["total-timeout", "cell-timeout", "memory", "output", "died", "start", "protocol"]


@dataclass(frozen=True)
class Job:
    """One notebook to run.

    ``tests`` are the indexes of the cells that judge; ``files`` are paths below the student's
    home folder, those of the notebook's own folder below ``work/``.
    """

    notebook: NotebookNode
    tests: frozenset[int]
    files: Mapping[str, bytes]
    environment: Environment
    limits: Limits
    on_cell: Callable[[int], None] = lambda done: None


@dataclass
class Run:
    """What happened. ``notebook`` has the outputs; ``ran`` the indexes that ran to their end.

    ``interrupted`` cells went beyond their time and could be stopped gently. ``tampered`` says
    which check around the tests did not hold.
    """

    notebook: NotebookNode
    ran: set[int] = field(default_factory=set)
    interrupted: set[int] = field(default_factory=set)
    stop: Stop | None = None
    stopped_at: int | None = None
    tampered: str | None = None
    seconds: float = 0.0
    peak_memory_mb: float | None = None


class Executor(Protocol):
    """Runs a notebook. Raises EngineUnavailable when it cannot work on this machine at all."""

    def run(self, job: Job) -> Run: ...
