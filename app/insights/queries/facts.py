"""What the rules about attention are asked of: facts of everybody in a section, in bulk."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on

from app.gradebook.models import StudentGrade
from app.gradebook.queries import Book
from app.grading.models import (
    Attempt,
    CellScore,
    NotebookScore,
    Submission,
    SubmissionPerson,
)
from app.grading.rules import AttemptState
from app.insights.queries.items import takes
from app.insights.rules.risk import Facts, Stuck
from app.kernel.database import db
from app.learning.models import Enrolment, ItemProgress
from app.quizzes.models import QuizAttempt

__all__ = ["facts_of"]


def facts_of(book: Book, *, stuck_from: int) -> dict[uuid.UUID, Facts]:
    """Facts by person of BOOK, whose grades are up to date, in three statements.

    STUCK_FROM: from how many submissions without the points of a cell on it is one; 0: not asked.
    """
    last = _last_here(book)
    stuck = _stuck(book, stuck_from) if stuck_from else {}
    worth = {column.key: float(column.points) for column in book.columns}
    found: dict[uuid.UUID, Facts] = {}
    for person_id, cells, percent, is_passed, since in db.session.execute(
        select(
            StudentGrade.person_id,
            StudentGrade.cells,
            StudentGrade.percent,
            StudentGrade.is_passed,
            Enrolment.enrolled_at,
        ).join(Enrolment, takes(book.section.id))
    ):
        percents = [
            (key, 100 * float(cell["p"]) / most)
            for key, most in worth.items()
            if most and (cell := cells.get(key)) and cell["s"] == "graded" and cell.get("p")
        ]
        found[person_id] = Facts(
            [key for key in worth if cells.get(key, {}).get("s") == "missing"],
            percents,
            [row for row in stuck.get(person_id, ()) if not _is_full(cells, row.item, worth)],
            max(last.get(person_id, since), since),
            None if percent is None else float(percent),
            is_passed,
        )
    return found


def _is_full(cells: Mapping[str, Any], key: str, worth: Mapping[str, float]) -> bool:
    """All points are there, by whichever way: nobody is stuck any more."""
    points = cells.get(key, {}).get("p")
    return bool(points) and float(points) >= worth.get(key, 0)


def _last_here(book: Book) -> dict[uuid.UUID, datetime]:
    """When each did something in the section last: opened, handed in, began a quiz."""
    opened = func.coalesce(ItemProgress.last_opened_at, ItemProgress.opened_at)
    done = union_all(
        select(ItemProgress.person_id, opened.label("at")).where(
            ItemProgress.section_id == book.section.id
        ),
        select(Submission.person_id, Submission.submitted_at.label("at")).where(
            Submission.section_id == book.section.id
        ),
        select(QuizAttempt.person_id, QuizAttempt.started_at.label("at")).where(
            QuizAttempt.section_id == book.section.id
        ),
    ).subquery()
    rows = db.session.execute(
        select(done.c.person_id, func.max(done.c.at)).group_by(done.c.person_id)
    )
    return {person_id: at for person_id, at in rows}


def _stuck(book: Book, least: int) -> dict[uuid.UUID, list[Stuck]]:
    """Test cells that did not get all points in somebody's last LEAST or more submissions.

    Only of people with so many submissions to a lab are cells read at all.
    """
    section_id = book.section.id
    many = (
        select(SubmissionPerson.person_id, SubmissionPerson.lab_slug)
        .where(SubmissionPerson.section_id == section_id)
        .group_by(SubmissionPerson.person_id, SubmissionPerson.lab_slug)
        .having(func.count() >= least)
        .subquery()
    )
    works = (
        select(
            SubmissionPerson.submission_id,
            SubmissionPerson.person_id,
            SubmissionPerson.lab_slug,
            SubmissionPerson.number,
        )
        .join(
            many,
            (many.c.person_id == SubmissionPerson.person_id)
            & (many.c.lab_slug == SubmissionPerson.lab_slug),
        )
        .where(SubmissionPerson.section_id == section_id)
        .subquery()
    )
    newest = (
        select(
            Attempt.id,
            Attempt.state,
            works.c.person_id,
            works.c.lab_slug,
            works.c.number,
        )
        .join(works, works.c.submission_id == Attempt.submission_id)
        .ext(distinct_on(works.c.person_id, Attempt.submission_id))
        .order_by(works.c.person_id, Attempt.submission_id, Attempt.number.desc())
        .subquery()
    )
    same = newest.c.person_id, newest.c.lab_slug, NotebookScore.name, CellScore.grade_id
    number = func.row_number().over(partition_by=same, order_by=newest.c.number.desc())
    lost = CellScore.score < CellScore.max_score
    tried = (
        select(*same, number.label("back"), lost.label("lost"))
        .select_from(newest)
        .join(NotebookScore, NotebookScore.attempt_id == newest.c.id)
        .join(CellScore, CellScore.notebook_score_id == NotebookScore.id)
        .where(newest.c.state == AttemptState.GRADED, CellScore.score.is_not(None))
        .subquery()
    )
    first_won = func.min(tried.c.back).filter(~tried.c.lost)
    in_a_row = func.coalesce(first_won - 1, func.count())
    rows = db.session.execute(
        select(tried.c.person_id, tried.c.lab_slug, tried.c.grade_id, in_a_row)
        .group_by(tried.c.person_id, tried.c.lab_slug, tried.c.name, tried.c.grade_id)
        .having(in_a_row >= least)
        .order_by(tried.c.lab_slug, tried.c.grade_id)
    )
    found: dict[uuid.UUID, list[Stuck]] = {}
    for person_id, slug, grade_id, count in rows:
        found.setdefault(person_id, []).append(Stuck(f"lab:{slug}", grade_id, count))
    return found
