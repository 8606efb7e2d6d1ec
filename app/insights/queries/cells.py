"""Figures about a lab's cells, time and attempts, from the submissions that count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Float, Subquery, Uuid, and_, case, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.catalog.rules import ItemKind
from app.gradebook.models import StudentGrade
from app.gradebook.queries import Book, Column
from app.grading.models import (
    Attempt,
    CellScore,
    ManualScore,
    NotebookScore,
    Submission,
    SubmissionPerson,
)
from app.grading.rules import AttemptState
from app.insights.queries.items import takes
from app.insights.rules.cells import CellKey, CellStatistics, cell_statistics
from app.insights.rules.distribution import FEW, Summary, summary
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.learning.models import Enrolment, ItemProgress

__all__ = ["CellReport", "CommonError", "LabReport", "lab_report"]

MOST_ERRORS = 5


@dataclass(frozen=True)
class CommonError:
    """How a cell went wrong, and in how many works."""

    message: str
    """In English, to be translated, with its values."""
    params: dict[str, Any]
    """Of the most frequent of this class."""
    outcome: str
    count: int

    @property
    def words(self) -> str:
        """In the reader's language."""
        if not self.message:
            return ""
        try:
            return _(self.message, **self.params)
        except (KeyError, TypeError, ValueError):
            return self.message


@dataclass(frozen=True)
class CellReport:
    statistics: CellStatistics
    kind: str
    errors: tuple[CommonError, ...]


@dataclass(frozen=True)
class LabReport:
    """What works in a lab, over the submissions that count (a team's once)."""

    work_count: int
    cells: tuple[CellReport, ...]
    hours: Summary | None
    """From the first opening of the lab's page to the submission that counts; None when few."""
    timed_count: int
    untimed_count: int
    """Who handed in without having opened the page before."""
    passed_at: tuple[tuple[int, int], ...]
    """(number of the submission, people whose first one above the pass mark it was)."""
    not_passed_count: int
    tried_count: int

    @property
    def has_enough(self) -> bool:
        return self.work_count >= FEW

    @property
    def median_time(self) -> timedelta | None:
        return timedelta(hours=self.hours.median) if self.hours else None


def lab_report(book: Book, column: Column) -> LabReport:
    """The lab COLUMN of BOOK, whose grades are up to date, in four statements."""
    counting = _counting(book, column.key)
    sheets, worth, kinds = _sheets(counting)
    errors = _errors(counting) if len(sheets) >= FEW else {}
    hours, untimed = _hours(book, column)
    passed, tried = _passed(book, column)
    return LabReport(
        len(sheets),
        tuple(
            CellReport(row, kinds[row.key], tuple(errors.get(row.key, ())[:MOST_ERRORS]))
            for row in cell_statistics(sheets, worth)
        ),
        summary(hours),
        len(hours),
        untimed,
        tuple(sorted(passed.items())),
        tried - sum(passed.values()),
        tried,
    )


def _counting(book: Book, key: str) -> Subquery:
    """The newest attempt of each submission that counts for somebody, when it is graded."""
    named = (
        select(cast(StudentGrade.cells[key]["u"].astext, Uuid).label("id"))
        .join(Enrolment, takes(book.section.id))
        .where(StudentGrade.cells[key]["u"].astext.is_not(None))
        .distinct()
        .subquery()
    )
    newest = (
        select(Attempt.id, Attempt.submission_id, Attempt.state)
        .join(named, named.c.id == Attempt.submission_id)
        .ext(distinct_on(Attempt.submission_id))
        .order_by(Attempt.submission_id, Attempt.number.desc())
        .subquery()
    )
    return (
        select(newest.c.id, newest.c.submission_id)
        .where(newest.c.state == AttemptState.GRADED)
        .subquery()
    )


def _points(counting: Subquery) -> tuple[Any, Any]:
    """What counts for a cell (a person's points before the tests'), and the join to it."""
    given = ManualScore
    joined = and_(
        given.submission_id == counting.c.submission_id,
        given.notebook == NotebookScore.name,
        given.grade_id == CellScore.grade_id,
        given.superseded_at.is_(None),
    )
    return func.coalesce(given.score, CellScore.score), joined


def _sheets(
    counting: Subquery,
) -> tuple[list[dict[CellKey, float | None]], dict[CellKey, float], dict[CellKey, str]]:
    points, given = _points(counting)
    rows = db.session.execute(
        select(
            func.json_agg(
                func.json_build_array(
                    NotebookScore.name,
                    CellScore.grade_id,
                    CellScore.position,
                    CellScore.kind,
                    CellScore.max_score,
                    points,
                )
            )
        )
        .select_from(counting)
        .join(NotebookScore, NotebookScore.attempt_id == counting.c.id)
        .join(CellScore, CellScore.notebook_score_id == NotebookScore.id)
        .outerjoin(ManualScore, given)
        .group_by(counting.c.submission_id)
    )
    sheets: list[dict[CellKey, float | None]] = []
    places: dict[CellKey, tuple[str, int]] = {}
    worth: dict[CellKey, float] = {}
    kinds: dict[CellKey, str] = {}
    for (cells,) in rows:
        sheet: dict[CellKey, float | None] = {}
        for notebook, grade_id, position, kind, most, won in cells:
            key = notebook, grade_id
            sheet[key] = won
            places[key] = notebook, position
            worth[key] = max(worth.get(key, 0.0), most)
            kinds[key] = kind
        sheets.append(sheet)
    in_order = sorted(worth, key=lambda key: (places[key], key))
    return sheets, {key: worth[key] for key in in_order}, kinds


def _errors(counting: Subquery) -> dict[CellKey, list[CommonError]]:
    """Why cells did not get all of their points: by message and error, the most frequent first.

    The values of a message (what was expected, what came) may differ within a class; the most
    frequent stand for it.
    """
    points, given = _points(counting)
    count = func.count()
    rows = db.session.execute(
        select(
            NotebookScore.name,
            CellScore.grade_id,
            CellScore.message,
            CellScore.params,
            CellScore.outcome,
            count,
        )
        .select_from(counting)
        .join(NotebookScore, NotebookScore.attempt_id == counting.c.id)
        .join(CellScore, CellScore.notebook_score_id == NotebookScore.id)
        .outerjoin(ManualScore, given)
        .where(points < CellScore.max_score, CellScore.outcome != "manual")
        .group_by(
            NotebookScore.name,
            CellScore.grade_id,
            CellScore.message,
            CellScore.params,
            CellScore.outcome,
        )
        .order_by(count.desc(), CellScore.message)
    )
    classes: dict[CellKey, dict[tuple[str, str, str], CommonError]] = {}
    for notebook, grade_id, message, params, outcome, number in rows:
        mine = classes.setdefault((notebook, grade_id), {})
        name = message or "", str(params.get("error", "")), outcome
        before = mine.get(name)
        mine[name] = CommonError(
            message or "",
            before.params if before else params,
            outcome,
            number + (before.count if before else 0),
        )
    return {
        key: sorted(found.values(), key=lambda row: -row.count) for key, found in classes.items()
    }


def _hours(book: Book, column: Column) -> tuple[list[float], int]:
    """Hours from the first opening to the submission that counts; how many have no opening."""
    counted = StudentGrade.cells[column.key]["u"].astext
    seconds = func.extract("epoch", Submission.submitted_at - ItemProgress.opened_at)
    rows = db.session.execute(
        select(case((seconds > 0, cast(seconds / 3600, Float))))
        .select_from(StudentGrade)
        .join(Enrolment, takes(book.section.id))
        .join(Submission, Submission.id == cast(counted, Uuid))
        .outerjoin(
            ItemProgress,
            and_(
                ItemProgress.section_id == StudentGrade.section_id,
                ItemProgress.person_id == StudentGrade.person_id,
                ItemProgress.kind == ItemKind.LAB,
                ItemProgress.slug == column.slug,
            ),
        )
    ).all()
    hours = [hour for (hour,) in rows if hour is not None]
    return hours, len(rows) - len(hours)


def _passed(book: Book, column: Column) -> tuple[dict[int, int], int]:
    """How many passed first with their 1st, 2nd, … submission; how many have a graded one."""
    share = float(book.scheme.scale.passing) / 100
    newest = (
        select(
            Attempt.submission_id,
            Attempt.state,
            (Attempt.score >= share * Attempt.max_score).label("passes"),
        )
        .join(Submission, Submission.id == Attempt.submission_id)
        .where(
            Submission.section_id == book.section.id,
            Submission.lab_slug == column.slug,
            Submission.is_trial.is_(False),
        )
        .ext(distinct_on(Attempt.submission_id))
        .order_by(Attempt.submission_id, Attempt.number.desc())
        .subquery()
    )
    person = (
        select(func.min(SubmissionPerson.number).filter(newest.c.passes).label("number"))
        .join(newest, newest.c.submission_id == SubmissionPerson.submission_id)
        .join(
            Enrolment,
            and_(
                Enrolment.section_id == book.section.id,
                Enrolment.person_id == SubmissionPerson.person_id,
                Enrolment.withdrawn_at.is_(None),
            ),
        )
        .where(newest.c.state == AttemptState.GRADED)
        .group_by(SubmissionPerson.person_id)
        .subquery()
    )
    rows: Sequence[Any] = db.session.execute(
        select(person.c.number, func.count()).group_by(person.c.number)
    ).all()
    return {n: count for n, count in rows if n is not None}, sum(count for _n, count in rows)
