"""Grading the submissions of an assignment: several at a time, written down one by one."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from nbformat import NotebookNode

from app import engine
from app.autograde import folder, plans, settings, sources
from app.autograde.book import Book
from app.autograde.course import Course, Submission
from app.autograde.errors import CourseError, SubmissionError
from app.autograde.finishing import Finisher

__all__ = ["Graded", "Observer", "Outcome", "autograde"]

#: A submission to grade, and when it was made if it says so.
Due = tuple[Submission, datetime | None]
#: Not the student's doing: nothing is written, so that the next run tries again.
OUR_FAULT: Final = ("start",)


@dataclass(frozen=True)
class Graded:
    """A submission that was taken up. ``failures`` and ``remarks`` are sentences."""

    student: str
    results: tuple[engine.NotebookResult, ...] = ()
    failures: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What one run did. ``skipped`` are the students whose submissions were graded before."""

    assignment: str
    graded: list[Graded] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def failed(self) -> list[Graded]:
        return [graded for graded in self.graded if graded.failures]


class Observer(Protocol):
    """Who is told how it goes, in the thread that called :func:`autograde`."""

    def begin(self, count: int, skipped: int) -> None: ...
    def warn(self, sentence: str) -> None: ...
    def done(self, graded: Graded) -> None: ...


def autograde(course: Course, observer: Observer, *, jobs: int, limits: engine.Limits) -> Outcome:
    """Grade what is due, ``jobs`` at a time, and write it to the gradebook and ``autograded/``.

    A submission that fails does not stop the others. Raises CourseError when nothing can be
    graded, and engine.EngineUnavailable.
    """
    engine.check()
    with course.at_home(), Book(course) as book:
        return _Run(course, book, observer).all(jobs, limits)


class _Run:
    def __init__(self, course: Course, book: Book, observer: Observer) -> None:
        self.course = course
        self.book = book
        self.observer = observer
        self.outcome = Outcome(course.assignment)

    def all(self, jobs: int, limits: engine.Limits) -> Outcome:
        course = self.course
        warnings = [*settings.unsupported(course), *self.book.prepare()]
        submissions = course.submissions()
        kept = self.book.kept()
        due = list(self._due(submissions, set(kept)))
        self.observer.begin(len(due), len(self.outcome.skipped))
        for sentence in warnings:
            self.observer.warn(sentence)
        if not due:
            return self.outcome
        lab = self._lab()
        self.finisher = Finisher(course, {name: item.checksums for name, item in kept.items()})
        room = 100 + 2 * sum(map(len, lab.files.values())) // 2**20
        limits = dataclasses.replace(limits, disk_mb=room)
        with contextlib.suppress(engine.EngineUnavailable):  # slower, and no less right
            engine.warm(lab.environment)
        lab = plans.with_roads(lab, limits)
        with ThreadPoolExecutor(jobs, thread_name_prefix="grade") as pool:
            self._through(pool, due, lab, limits, 2 * jobs)
        self.outcome.graded.sort(key=lambda graded: graded.student)
        return self.outcome

    def _due(self, submissions: list[Submission], names: set[str]) -> Iterator[Due]:
        for submission in submissions:
            if not submission.notebooks:
                self.observer.warn(
                    f"{submission.student}: there is no notebook in {submission.folder}, so it is"
                    " left out."
                )
                continue
            try:
                timestamp = self.course.timestamp(submission.folder)
                if self.course.is_due(submission, names, timestamp):
                    yield submission, timestamp
                else:
                    self.outcome.skipped.append(submission.student)
            except SubmissionError as error:
                self._over(Graded(submission.student, failures=(error.message,)))

    def _lab(self) -> engine.LabSource:
        from fnmatch import fnmatchcase

        wanted = self.course.directory.notebook_id
        rows = [row for row in self.book.notebooks() if fnmatchcase(row.name, wanted)]
        if not rows:
            raise CourseError(f"{self.course.assignment} has no notebook {wanted}.")
        notebooks = tuple(sources.engine_source(self.course, row) for row in rows)
        try:
            files = folder.readable_files(self.course.source_files())
        except SubmissionError as error:
            raise CourseError(error.message) from error
        code = [*(item.source for item in notebooks)]
        code += [raw for name, raw in files.items() if name.endswith(".py")]
        return engine.LabSource(notebooks, files, sources.environment(code))

    def _through(
        self,
        pool: ThreadPoolExecutor,
        due: list[Due],
        lab: engine.LabSource,
        limits: engine.Limits,
        window: int,
    ) -> None:
        """Keep ``window`` submissions under way; write each down as it is ready."""
        stop = threading.Event()
        waiting = iter(due)
        running: dict[Future[Any], Due] = {}
        try:
            while True:
                while len(running) < window and (taken := next(waiting, None)) is not None:
                    future = self._start(pool, taken[0], lab, limits, stop)
                    if future is not None:
                        running[future] = taken
                if not running:
                    return
                ready, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in ready:
                    self._write(future, *running.pop(future))
        finally:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)

    def _start(
        self,
        pool: ThreadPoolExecutor,
        submission: Submission,
        lab: engine.LabSource,
        limits: engine.Limits,
        stop: threading.Event,
    ) -> Future[Any] | None:
        known = {notebooks.name for notebooks in lab.notebooks}
        converter = self.course.converter
        converter.notebooks = [str(path) for path in submission.notebooks]
        converter.run_pre_convert_hook()
        if not any(path.stem in known for path in submission.notebooks):
            names = ", ".join(path.name for path in submission.notebooks)
            sentence = f"none of its notebooks belongs to {self.course.assignment}: {names}."
            self._over(Graded(submission.student, failures=(sentence,)))
            return None
        added = self.book.add_missing_cells(submission, known)
        return pool.submit(_grade, self.course, submission, lab, limits, added, stop)

    def _write(
        self, future: Future[Any], submission: Submission, timestamp: datetime | None
    ) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        student = submission.student
        try:
            graded, executed = self._finished(student, future.result())
            self.book.record(submission, timestamp, graded.results, executed)
            folder.write(self.course, submission, executed)
            self.course.converter.notebooks = [str(path) for path in submission.notebooks]
            self.course.converter.run_post_convert_hook()
        except engine.EngineUnavailable:
            raise
        except SubmissionError as error:
            graded = Graded(student, failures=(error.message,))
        except SQLAlchemyError as error:
            self.book.gradebook.db.rollback()
            graded = Graded(student, failures=(self.book.explain(error),))
        except Exception as error:  # one submission must not stop the others
            self.book.gradebook.db.rollback()
            said = f"{type(error).__name__}: {error}"
            graded = Graded(student, failures=(f"it could not be graded: {said}",))
        self._over(graded)

    def _finished(
        self, student: str, results: tuple[engine.NotebookResult, ...]
    ) -> tuple[Graded, Mapping[str, NotebookNode]]:
        executed: dict[str, NotebookNode] = {}
        finished, failures, remarks = [], [], []
        for raw in results:
            if raw.reason_code in OUR_FAULT:
                raise SubmissionError(f"{raw.name}: {reason(raw)}")
            result, nb = self.finisher.finish(raw)
            finished.append(result)
            if nb is not None:
                executed[result.name] = nb
            said = f"{result.name}: {reason(result)}"
            if result.state == "failed" and raw.reason_code != "missing-notebook":
                failures.append(said)
            elif result.reason is not None:
                remarks.append(said)
            remarks += [
                f"{result.name}, {cell.grade_id}: {cell.staff_message % cell.params}"
                for cell in result.cells
                if cell.staff_message is not None
            ]
        graded = Graded(student, tuple(finished), tuple(failures), tuple(remarks))
        return graded, executed

    def _over(self, graded: Graded) -> None:
        self.outcome.graded.append(graded)
        self.observer.done(graded)


def reason(result: engine.NotebookResult) -> str | None:
    """Return why the notebook was not graded to its end, as a sentence."""
    return None if result.reason is None else result.reason % result.reason_params


class _Stopped(Exception):
    """The command was ended; what still runs is of no use."""


def _grade(
    course: Course,
    submission: Submission,
    lab: engine.LabSource,
    limits: engine.Limits,
    changed: Mapping[str, bytes],
    stop: threading.Event,
) -> tuple[engine.NotebookResult, ...]:
    """Read the submission and grade it; ``changed`` are notebooks to take instead of its own."""

    def on_progress(*_: object) -> None:
        if stop.is_set():
            raise _Stopped

    if stop.is_set():
        raise _Stopped
    files = folder.readable_files(course.other_files(submission.folder))
    for path in submission.notebooks:
        files[path.name] = path.read_bytes()
    return engine.grade(lab, {**files, **changed}, limits=limits, on_progress=on_progress)
