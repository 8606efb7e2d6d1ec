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

__all__ = ["Executor", "Job", "Judging", "Run", "Stop", "TestPlan"]

#: Why a run was cut; each is a key of messages.REASONS.
Stop = Literal["total-timeout", "cell-timeout", "memory", "output", "died", "start", "protocol"]


@dataclass(frozen=True)
class TestPlan:
    """What the names of a separately judged cell mean; see :mod:`app.engine.outline`.

    ``imports`` maps a name to a module and an attribute of it (or None): the judge uses its own.
    ``own`` are names that are never looked up in the student's process, ``theirs`` those that are,
    even where an earlier test gave them a value; ``wanted`` are what her cells may need of what
    tests define. ``files`` says whether files written there are needed, ``seeds`` whether the test
    sets where random numbers begin.
    """

    imports: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    theirs: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()
    files: bool = False
    seeds: bool = False


@dataclass(frozen=True)
class Judging:
    """What is judged apart from the student's process. Indexes are those of the job's cells.

    ``tests`` run in the judge alone; after the locked cells of ``prepared`` ran in the student's
    process, these statements of them run in the judge's. ``files`` are the judge's own.
    """

    tests: Mapping[int, TestPlan]
    prepared: Mapping[int, tuple[str, TestPlan]]
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Job:
    """One notebook to run.

    ``tests`` are the indexes of the cells that judge; ``files`` are paths below the student's
    home folder, those of the notebook's own folder below ``work/``; ``data`` are the shared data
    sets that it reads, as ``NAME/VERSION``.
    """

    notebook: NotebookNode
    tests: frozenset[int]
    files: Mapping[str, bytes]
    environment: Environment
    limits: Limits
    judging: Judging | None = None
    data: tuple[str, ...] = ()
    on_cell: Callable[[int], None] = lambda done: None


@dataclass
class Run:
    """What happened. ``notebook`` has the outputs; ``ran`` the indexes that ran to their end.

    ``interrupted`` cells went beyond their time and could be stopped gently. ``tampered`` says
    which check around the tests did not hold. ``separate`` are the cells that were judged in a
    process of their own, ``crossings`` what of the student's could not be copied there, ``traces``
    where in her code an error began.
    """

    notebook: NotebookNode
    ran: set[int] = field(default_factory=set)
    interrupted: set[int] = field(default_factory=set)
    stop: Stop | None = None
    stopped_at: int | None = None
    tampered: str | None = None
    separate: set[int] = field(default_factory=set)
    crossings: dict[int, str] = field(default_factory=dict)
    traces: dict[int, str] = field(default_factory=dict)
    seconds: float = 0.0
    peak_memory_mb: float | None = None


class Executor(Protocol):
    """Runs a notebook. Raises EngineUnavailable when it cannot work on this machine at all."""

    def run(self, job: Job) -> Run: ...
