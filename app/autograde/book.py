"""The gradebook: nbgrader's own database, opened once, with the rows its commands write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from app import engine
from app.autograde import sources
from app.autograde.course import Course, Submission
from app.autograde.errors import CourseError, SubmissionError

__all__ = ["Book", "Kept"]


@dataclass(frozen=True)
class Kept:
    """What the gradebook says of one notebook: ``checksums`` by grade id."""

    name: str
    checksums: Mapping[str, str | None] = field(default_factory=dict)


class Book:
    """The gradebook of a course. For one thread; close it, or use it in a ``with``."""

    def __init__(self, course: Course) -> None:
        """Open the gradebook; a new one is made where there is none. Raises CourseError."""
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import SQLAlchemyError

        self.course = course
        url = course.directory.db_url
        try:
            _name_version(url)
            self.gradebook = Gradebook(url, course.directory.course_id)
        except (SQLAlchemyError, ImportError, ValueError) as error:
            raise CourseError(self.explain(error)) from error

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.gradebook.close()

    def explain(self, error: Exception) -> str:
        """Return a sentence for what the database said."""
        said = str(getattr(error, "orig", None) or error).partition("\n")[0]
        advice = ""
        if "locked" in said:
            advice = " Another program is writing to it; try again when it has finished."
        elif "no such column" in said or "no such table" in said or "does not exist" in said:
            advice = " It may be of an older nbgrader: back it up, then run `nbgrader db upgrade`."
        return f"The gradebook cannot be used: {said}.{advice}"

    def prepare(self) -> list[str]:
        """Add the assignment with its notebooks from the source where the gradebook has none.

        Returns warnings. Raises CourseError when there is no such assignment.
        """
        from nbgrader.api import MissingEntry
        from nbgrader.preprocessors import SaveCells

        name = self.course.assignment
        paths = self.course.source_notebooks()
        try:
            assignment = self.gradebook.find_assignment(name)
        except MissingEntry:
            assignment = None
        known = {notebook.name for notebook in assignment.notebooks} if assignment else set()
        new = [path for path in paths if path.stem not in known]
        if not known and not new:
            raise CourseError(self._unknown())
        if not new:
            return []
        if assignment is not None and assignment.submissions and known:
            names = ", ".join(path.name for path in new)
            return [
                f"{names} came to the source after submissions were graded, so nbgrader's gradebook"
                " does not take it in any more. It is left out."
            ]
        made = [sources.generate(self.course, path) for path in new]
        self.gradebook.update_or_create_assignment(name)
        save = SaveCells(parent=self.course.converter)
        for nb, resources in made:
            save.preprocess(nb, resources)
        self.gradebook.db.expire_all()
        return []

    def _unknown(self) -> str:
        course = self.course
        parent = course.source_folder.parent
        if course.source_folder.is_dir():
            return f"There is no notebook in {course.source_folder}."
        others = (
            {path.name for path in parent.iterdir() if path.is_dir()} if parent.is_dir() else ()
        )
        there = {*others, *(assignment.name for assignment in self.gradebook.assignments)}
        here = ", ".join(sorted(there)) or "none"
        return (
            f"There is no assignment {course.assignment}: neither {course.source_folder} nor the"
            f" gradebook has it. Assignments here: {here}."
        )

    def notebooks(self) -> list[Any]:
        """Return the assignment's notebooks, as rows."""
        rows = self.gradebook.find_assignment(self.course.assignment).notebooks
        return sorted(rows, key=lambda row: row.name)

    def kept(self) -> dict[str, Kept]:
        return {
            row.name: Kept(row.name, {cell.name: cell.checksum for cell in row.source_cells})
            for row in self.notebooks()
        }

    def add_missing_cells(self, submission: Submission, names: set[str]) -> dict[str, bytes]:
        """Return notebooks with the cells that their student deleted, where the course wants that.

        That is nbgrader's ``OverwriteCells.add_missing_cells``; by default nothing is returned.
        """
        from nbgrader.preprocessors import DeduplicateIds, NbGraderPreprocessor, OverwriteCells

        step = OverwriteCells(parent=self.course.converter)
        changed: dict[str, bytes] = {}
        for path in submission.notebooks if step.add_missing_cells else ():
            if path.stem not in names:
                continue
            step.gradebook = self.gradebook
            step.notebook_id, step.assignment_id = path.stem, self.course.assignment
            try:
                nb, _ = DeduplicateIds(parent=self.course.converter)(sources.read_source(path), {})
                nb, _ = NbGraderPreprocessor.preprocess(step, nb, {})
                nb, _ = step.add_missing_grade_cells(nb, {})
                nb, _ = step.add_missing_task_cells(nb, {})
                changed[path.name] = nbformat.writes(nb).encode()
            except Exception:  # what nbgrader cannot complete is graded as it was handed in
                self.gradebook.db.rollback()
        return changed

    def record(
        self,
        submission: Submission,
        timestamp: datetime | None,
        results: Sequence[engine.NotebookResult],
        executed: Mapping[str, NotebookNode],
    ) -> None:
        """Write the submission with its scores and automatic comments, all of it or nothing.

        As nbgrader's ``SaveAutoGrades``: a notebook that was not submitted has 0 everywhere, a
        score that a person gave stays. A submission that is late gets its penalty too. Raises
        SubmissionError.
        """
        with self._together():
            row = self._submission(submission.student, timestamp)
            late = row.total_seconds_late > 0
            scores = {
                (result.name, cell.grade_id): cell.score
                for result in results
                for cell in result.cells
            }
            absent = {
                item.name
                for item in row.notebooks
                if not (submission.folder / f"{item.name}.ipynb").exists()
            }
            for notebook, name, grade in self._rows("Grade", row.id):
                if notebook in absent:
                    grade.auto_score, grade.needs_manual_grade = 0, False
                elif (notebook, name) in scores:
                    grade.auto_score = scores[notebook, name]
                    grade.needs_manual_grade = (
                        grade.manual_score is not None or grade.auto_score is None
                    )
            untouched = {name: _untouched(nb) for name, nb in executed.items()}
            for notebook, name, comment in self._rows("Comment", row.id):
                if name in untouched.get(notebook, {}):
                    comment.auto_comment = "No response." if untouched[notebook][name] else None
            for item in row.notebooks:
                if item.name in executed and not late:
                    item.late_submission_penalty = None
        if late:
            self._penalize(submission, executed)

    @contextmanager
    def _together(self) -> Iterator[None]:
        """Make one transaction of what nbgrader's gradebook commits step by step."""
        database = self.gradebook.db
        database.commit = database.flush
        try:
            yield
        except BaseException:
            database.rollback()
            raise
        finally:
            del database.commit
        try:
            database.commit()
        except BaseException:
            database.rollback()
            raise

    def _submission(self, student: str, timestamp: datetime | None) -> Any:
        from nbgrader.api import MissingEntry

        if self.course.converter.create_student:
            self.gradebook.update_or_create_student(student)
        else:
            try:
                self.gradebook.find_student(student)
            except MissingEntry as error:
                raise SubmissionError(
                    "this student is not in the gradebook, and nbgrader_config.py says not to add"
                    " students."
                ) from error
        given = {} if timestamp is None else {"timestamp": timestamp}
        return self.gradebook.update_or_create_submission(self.course.assignment, student, **given)

    def _rows(self, kind: str, submission_id: str) -> list[tuple[str, str, Any]]:
        """Return the submission's grades or comments with the names of notebook and cell."""
        from nbgrader import api

        table = getattr(api, kind)
        query = (
            self.gradebook.db.query(api.Notebook.name, api.BaseCell.name, table)
            .select_from(table)
            .join(api.BaseCell, table.cell_id == api.BaseCell.id)
            .join(api.SubmittedNotebook, table.notebook_id == api.SubmittedNotebook.id)
            .join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
            .filter(api.SubmittedNotebook.assignment_id == submission_id)
        )
        return [(notebook, name, row) for notebook, name, row in query]

    def _penalize(self, submission: Submission, notebooks: Mapping[str, NotebookNode]) -> None:
        """Assign the penalties for a late submission by the course's configured method."""
        from nbgrader.preprocessors import AssignLatePenalties

        step = AssignLatePenalties(parent=self.course.converter)
        for name, nb in notebooks.items():
            resources = {
                "nbgrader": {
                    "notebook": name,
                    "assignment": self.course.assignment,
                    "student": submission.student,
                    "db_url": self.course.directory.db_url,
                }
            }
            step(nb, resources)
        self.gradebook.db.expire_all()


def _untouched(nb: NotebookNode) -> dict[str, bool]:
    """Return the answers and tasks by id, and whether nbgrader comments on them: no response."""
    from nbgrader import utils

    return {
        cell.metadata.nbgrader["grade_id"]: not utils.is_task(cell)
        and cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
        for cell in nb.cells
        if utils.is_solution(cell) or utils.is_task(cell)
    }


def _name_version(url: str) -> None:
    """Write the schema's version into a new gradebook.

    nbgrader asks the ``alembic`` command for it, which need not be on the path and takes seconds.
    """
    import nbgrader
    from alembic.script import ScriptDirectory
    from sqlalchemy import create_engine, inspect, text

    database = create_engine(url)
    try:
        if inspect(database).get_table_names():
            return
        head = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head()
        with database.begin() as connection:
            connection.execute(
                text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
            )
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})
    finally:
        database.dispose()
