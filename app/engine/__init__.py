"""The grading engine: releases, grades and feedback for nbgrader notebooks, by nbgrader's rules.

A library: no web framework, no database, no other room. Importing it is cheap; nbgrader is
imported by the first call that needs it. docs/decisions/0006 says why it has this shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.engine import messages
from app.engine.exchanged import Evaluated, Evaluation, Produced
from app.engine.pdf import PdfFailed, PdfUnavailable, pdf_missing, pdf_of
from app.engine.results import (
    Assurance,
    CellKind,
    CellResult,
    CellSpec,
    EngineUnavailable,
    Environment,
    FeedbackBlock,
    FeedbackOutput,
    LabSource,
    Limits,
    NotebookResult,
    NotebookSource,
    NotebookState,
    Outcome,
    Problem,
    Release,
    Roads,
)

__all__ = [
    "LACKING",
    "ROADS_VERSION",
    "Assurance",
    "CellKind",
    "CellResult",
    "CellSpec",
    "EngineUnavailable",
    "Environment",
    "Evaluated",
    "Evaluation",
    "FeedbackBlock",
    "FeedbackOutput",
    "LabSource",
    "Limits",
    "NotebookResult",
    "NotebookSource",
    "NotebookState",
    "Outcome",
    "PdfFailed",
    "PdfUnavailable",
    "Problem",
    "Produced",
    "Progress",
    "Release",
    "Roads",
    "check",
    "evaluate",
    "feedback",
    "grade",
    "make_release",
    "missing",
    "offer_data",
    "pdf_missing",
    "pdf_of",
    "plan_roads",
    "produce",
    "shut_down",
    "standalone_html",
    "validate_source",
    "warm",
]

#: The message of a problem: an environment's libraries are not installed.
LACKING = messages.SOURCE_ENVIRONMENT
#: Grows when :func:`plan_roads` can find other roads for the same lab.
ROADS_VERSION = 1

#: Called in the caller's thread: the notebook's name, how many cells have run, and of how many.
Progress = Callable[[str, int, int], None]


def check() -> None:
    """Raise EngineUnavailable, with the reason, when submissions cannot be graded here."""
    from app.engine import grading

    grading.check()


def warm(environment: Environment | None = None) -> None:
    """Start what grading needs, so that the first submission does not wait for it.

    With an environment: return when its notebooks can start. Without: return when light ones
    can, and start the rest meanwhile. Raises EngineUnavailable.
    """
    from app.engine import grading, zygotes

    grading.check()
    zygotes.warm(environment)


def missing(environment: Environment) -> str | None:
    """Return the command that installs what the environment lacks here; None when it is whole."""
    from app.engine import zygotes

    return zygotes.missing(environment)


def offer_data(folder: Path) -> None:
    """From now on notebooks read data sets (``NAME/VERSION``) of this folder, at ``/data``."""
    from app.engine import data

    data.offer(folder)


def shut_down() -> None:
    """End the warm processes; the next submission starts what it needs. At exit it comes alone."""
    from app.engine import zygotes

    zygotes.shut_down()


def make_release(sources: Sequence[NotebookSource]) -> Release:
    """Return what students get of ``sources``, made with nbgrader's own preprocessors.

    Invalid sources give a Release with ``problems`` and nothing else; never an exception.
    """
    from app.engine import release

    return release.make_release(sources)


def plan_roads(lab: LabSource, *, limits: Limits | None = None) -> dict[str, dict[str, Any]]:
    """Return where each test of the lab is judged, to be kept with the published lab.

    Runs the instructor's own solution, and the lab without one, on both roads: a few seconds.
    ``lab.roads`` is not read. The answer is of the form of :data:`Roads` and can be written as
    JSON. Raises EngineUnavailable, and ValueError when ``lab`` is not valid.
    """
    from app.engine import roads

    return roads.plan(lab, limits=limits or Limits())


def validate_source(source: bytes) -> list[Problem]:
    """Return what is wrong with a source notebook; an empty list when it can be released."""
    from app.engine import release

    return release.validate_source(source)


def grade(
    lab: LabSource,
    submitted: Mapping[str, bytes],
    *,
    limits: Limits | None = None,
    on_progress: Progress | None = None,
    without_sandbox: bool = False,
) -> tuple[NotebookResult, ...]:
    """Grade a submission (path → bytes) and return one result per notebook of the lab.

    Whatever the student submitted, the answer is a result. Raises EngineUnavailable when
    sandboxes do not work here, and ValueError when ``lab`` itself is not valid. Blocking; safe to
    call from several threads. ``without_sandbox`` is for an operator who has accepted that the
    code runs unconfined, on a machine where nothing better is possible: no test is judged apart.
    """
    from app.engine import grading

    return grading.grade(
        lab,
        submitted,
        limits=limits or Limits(),
        on_progress=on_progress,
        without_sandbox=without_sandbox,
    )


def produce(
    notebook: bytes,
    *,
    sets: tuple[str, ...] = (),
    environment: Environment = "scientific",
    limits: Limits | None = None,
) -> Produced:
    """Run a participant's notebook with open data SETS; the ``predictions.csv`` that it wrote.

    Whatever she wrote, the answer is a Produced. Raises EngineUnavailable.
    """
    from app.engine import evaluating

    return evaluating.produce(notebook, sets=sets, environment=environment, limits=limits)


def evaluate(predictions: bytes, answers: bytes, how: Evaluation) -> Evaluated:
    """Score PREDICTIONS against hidden ANSWERS in a process that runs no participant's code.

    Raises EngineUnavailable.
    """
    from app.engine import evaluating

    return evaluating.evaluate(predictions, answers, how)


def feedback(result: NotebookResult, source: bytes) -> list[FeedbackBlock]:
    """Return the cells of a graded notebook as its student may see them.

    ``source`` is the lab's source notebook. Hidden tests, and what was printed after one ran,
    are left out.
    """
    from app.engine import report

    return report.feedback(result, source)


def standalone_html(
    blocks: Sequence[FeedbackBlock],
    title: str,
    lang: str,
    translate: Callable[[str], str] = str,
) -> str:
    """Return the feedback as one HTML page without scripts or outside parts."""
    from app.engine import page

    return page.standalone_html(blocks, title, lang, translate)
