"""An nbgrader course folder: its configuration, its places, and who has submitted what."""

from __future__ import annotations

import glob
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from app.autograde.errors import CourseError, SubmissionError

__all__ = ["LOG", "Course", "Submission", "open_course"]

#: nbgrader's log: what it would say there, we say in sentences of our own.
LOG: Final = logging.getLogger("banyan.autograde.nbgrader")
LOG.addHandler(logging.NullHandler())
LOG.propagate = False

#: One file at a time is read into memory; no honest submission is larger than this in all.
MAX_SUBMISSION_BYTES: Final = 1_000_000_000


@dataclass(frozen=True)
class Submission:
    """A student's folder. ``notebooks`` are the paths that were asked for, in order."""

    student: str
    folder: Path
    notebooks: tuple[Path, ...]


class Course:
    """One assignment in a course folder, with nbgrader's own configuration of it."""

    def __init__(self, converter: Any, assignment: str, *, force: bool) -> None:
        self.converter = converter  #: nbgrader's ``Autograde``, configured
        self.directory = converter.coursedir
        self.assignment = assignment
        self.force = force

    @property
    def root(self) -> Path:
        return Path(self.directory.root)

    @property
    def source_folder(self) -> Path:
        """Return the folder of the assignment's source, whether it is there or not."""
        return self._place(self.directory.source_directory, ".")

    def source_notebooks(self) -> list[Path]:
        return sorted(
            Path(path) for path in glob.glob(f"{glob.escape(str(self.source_folder))}/*.ipynb")
        )

    def source_files(self) -> dict[str, Path]:
        """Return the files that replace a student's own: all but notebooks and exclusions."""
        kept = self.converter.exclude_overwriting.get(self.assignment, [])
        found = self._files(self.source_folder)
        return {name: path for name, path in found.items() if name not in kept}

    def autograded_folder(self, student: str) -> Path:
        return self._place(self.directory.autograded_directory, student)

    def submissions(self) -> list[Submission]:
        """Return who has submitted the assignment, by name.

        Raises CourseError, with what there is instead, when nobody has.
        """
        found = []
        pattern = re.compile(
            self.directory.format_path(
                self.directory.submitted_directory,
                "(?P<student>.*)",
                re.escape(self.assignment),
                escape=True,
            )
        )
        structure = self.directory.directory_structure.format(
            nbgrader_step=glob.escape(self.directory.submitted_directory),
            student_id=self.directory.student_id,
            assignment_id=glob.escape(self.assignment),
        )
        excluded = self.directory.student_id_exclude.split(",")
        for place in sorted(glob.glob(os.path.join(glob.escape(str(self.root)), structure))):
            match = pattern.fullmatch(place)
            if match is None or not os.path.isdir(place) or match["student"] in excluded:
                continue
            notebooks = tuple(
                path
                for path in sorted(Path(place).glob("*.ipynb"))
                if fnmatchcase(path.stem, self.directory.notebook_id)
            )
            found.append(Submission(match["student"], Path(place), notebooks))
        if not found:
            who = self.directory.student_id
            whose = "" if who == "*" else f" by {who}"
            expected = self._place(self.directory.submitted_directory, who)
            raise CourseError(f"There is no submission of {self.assignment}{whose}: {expected}")
        return found

    def is_due(
        self, submission: Submission, notebooks: set[str], timestamp: datetime | None
    ) -> bool:
        """Say whether the submission has to be graded, as nbgrader decides it.

        That is: with --force, when it was not graded yet, or when its timestamp is newer. A
        notebook of ``notebooks`` that was submitted and has no autograded copy counts as not
        graded. Raises SubmissionError for an earlier timestamp that is not a date.
        """
        done = self.autograded_folder(submission.student)
        if self.force or not done.exists():
            return True
        names = [path.name for path in submission.notebooks if path.stem in notebooks]
        if any(not (done / name).exists() for name in names):
            return True
        earlier = self.timestamp(done)
        return timestamp is not None and earlier is not None and timestamp > earlier

    def timestamp(self, folder: Path) -> datetime | None:
        """Return when the submission in ``folder`` was made (naive UTC), if it says so.

        Raises SubmissionError when what it says is not a date.
        """
        try:
            return self.directory.get_existing_timestamp(str(folder))
        except (AttributeError, ValueError, OverflowError) as error:
            # nbgrader calls a method here that its course directory does not have.
            raise SubmissionError(f"{folder / 'timestamp.txt'} is not a date.") from error

    def other_files(self, folder: Path) -> dict[str, Path]:
        """Return what is beside the notebooks, by relative path; symbolic links are left out."""
        return self._files(folder)

    def _files(self, folder: Path) -> dict[str, Path]:
        from nbgrader.utils import find_all_files

        ignored = [*self.directory.ignore, "*.ipynb"]
        names = find_all_files(str(folder), ignored)
        found = {
            path.relative_to(folder).as_posix(): path
            for path in sorted(map(Path, names))
            if path.is_file() and not path.is_symlink()
        }
        if sum(path.stat().st_size for path in found.values()) > MAX_SUBMISSION_BYTES:
            size = MAX_SUBMISSION_BYTES // 10**9
            raise SubmissionError(f"The files in {folder} are larger than {size} GB together.")
        return found

    def _place(self, step: str, student: str) -> Path:
        return Path(os.path.normpath(self.directory.format_path(step, student, self.assignment)))

    @contextmanager
    def at_home(self) -> Iterator[None]:
        """Work in the course folder: nbgrader's relative paths are meant from there."""
        before = Path.cwd()
        os.chdir(self.root)
        try:
            yield
        finally:
            os.chdir(before)


def open_course(
    folder: Path | None,
    assignment: str,
    *,
    student: str | None = None,
    notebook: str | None = None,
    db: str | None = None,
    force: bool = False,
) -> Course:
    """Read nbgrader's configuration as its own command does. Raises CourseError.

    ``folder`` is the course folder (None: what the configuration says, or the current one);
    ``student`` and ``notebook`` are globs; ``db`` is the gradebook's URL.
    """
    if folder is not None and not folder.is_dir():
        raise CourseError(f"There is no folder {folder}.")
    from nbgrader.converters import Autograde
    from traitlets import TraitError

    asked = {
        "course-dir": None if folder is None else str(folder.resolve()),
        "student": student,
        "notebook": notebook,
        "db": db,
    }
    app = _reader()
    try:
        app.initialize([f"--{name}={value}" for name, value in asked.items() if value is not None])
        app.coursedir.assignment_id = assignment
        converter = Autograde(coursedir=app.coursedir, parent=app)
    except TraitError as error:
        raise CourseError(f"nbgrader's configuration cannot be used: {error}") from error
    except Exception as error:  # the configuration is a program: anything can go wrong in it
        kind = type(error).__name__
        raise CourseError(f"nbgrader_config.py ended with an error: {kind}: {error}") from error
    _be_a_course(converter.coursedir)
    return Course(converter, assignment, force=force)


def _reader() -> Any:
    """Return nbgrader's own command, to be taken no further than its configuration."""
    from nbgrader.apps.autogradeapp import AutogradeApp

    class Reader(AutogradeApp):
        raise_config_file_errors = True

        def migrate_config(self) -> None:
            """Leave the person's Jupyter folder alone."""

        def exit(self, exit_status: int | str | None = 0) -> None:
            """Hand on what traitlets would print before it ends the process."""
            raise sys.exc_info()[1] or CourseError("nbgrader's configuration cannot be used.")

    return Reader(log=LOG)


def _be_a_course(directory: Any) -> None:
    steps = (directory.source_directory, directory.submitted_directory)
    if not directory.directory_structure.startswith("{nbgrader_step}"):
        return  # a structure of the instructor's own: what is missing shows later
    if not any((Path(directory.root) / step).is_dir() for step in steps):
        raise CourseError(
            f"{directory.root} is not an nbgrader course folder: it has neither {steps[0]}/ nor"
            f" {steps[1]}/."
        )
