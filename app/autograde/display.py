"""How it goes, on stderr: a progress bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from app import engine
from app.autograde.run import Graded, Outcome

__all__ = ["Display"]


class Display:
    """Tells a person how the grading goes. Use :meth:`showing` around it."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self.began = time.monotonic()
        self._progress: Progress | None = None
        self._count = self._over = self._notebooks = 0

    @contextmanager
    def showing(self) -> Iterator[None]:
        if not self.console.is_terminal:
            yield
            return
        columns = (
            TextColumn("Grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console, transient=True) as self._progress:
            self._progress.add_task("", total=None)
            yield
        self._progress = None

    def begin(self, count: int, skipped: int) -> None:
        self._count = count
        if self._progress is not None:
            self._progress.update(self._progress.task_ids[0], total=count)
        if skipped:
            self.say(f"{_submissions(skipped)} graded before; --force grades them again.")

    def warn(self, sentence: str) -> None:
        self.say(f"Note: {sentence}", style="yellow")

    def done(self, graded: Graded) -> None:
        self._over += 1
        self._notebooks += len(graded.results)
        if self._progress is not None:
            task = self._progress.task_ids[0]
            self._progress.update(task, advance=1, description=graded.student)
        elif graded.results:
            parts = ", ".join(_score(result) for result in graded.results)
            self.say(f"{self._over}/{self._count} {graded.student}: {parts}")
        for sentence in graded.failures:
            self.say(f"{graded.student}: {sentence}", style="red")
        for sentence in graded.remarks:
            self.say(f"{graded.student}: {sentence}", style="yellow")

    def end(self, outcome: Outcome) -> None:
        """Print the last line: how many, how long, and who failed."""
        seconds = time.monotonic() - self.began
        if not outcome.graded:
            self.say(f"Nothing to grade in {outcome.assignment}.")
            return
        each = f", {seconds / self._notebooks:.2f} s a notebook" if self._notebooks else ""
        good = len(outcome.graded) - len(outcome.failed)
        self.say(f"Graded {_submissions(good)} of {outcome.assignment} in {seconds:.1f} s{each}.")
        if outcome.failed:
            names = ", ".join(graded.student for graded in outcome.failed)
            self.say(f"{_submissions(len(outcome.failed))} failed: {names}.", style="red")

    def say(self, sentence: str, style: str = "") -> None:
        # As text: a student's id or a file name may look like markup.
        self.console.print(Text(sentence, style=style))


def _submissions(count: int) -> str:
    return "1 submission" if count == 1 else f"{count} submissions"


def _score(result: engine.NotebookResult) -> str:
    waiting = sum(cell.score is None for cell in result.cells)
    by_hand = f" ({waiting} to grade by hand)" if waiting else ""
    return f"{result.name} {result.score:g}/{result.max_score:g}{by_hand}"
