"""Points as the rooms below take them, whatever the work is."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from types import EllipsisType

from sqlalchemy import select

from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.grading import operations as grading
from app.grading.models import Attempt, CellScore, ManualScore, NotebookScore, Submission
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.marking.rules.items import Ref, part_cell
from app.quizzes import operations as quizzes
from app.quizzes.models import QuizAttempt, QuizMark

__all__ = ["STEP", "Worth", "give", "is_giving", "item_of", "key_of", "worth_of"]

STEP = Decimal("0.001")

_giving: ContextVar[bool] = ContextVar("giving", default=False)


def is_giving() -> bool:
    """Whether points are being given here that count: through ``give``."""
    return _giving.get()


@contextmanager
def _here() -> Iterator[None]:
    token = _giving.set(True)
    try:
        yield
    finally:
        _giving.reset(token)


def item_of(work: Submission | QuizAttempt) -> str:
    """The key of the item that WORK answers."""
    if isinstance(work, Submission):
        return Ref(ItemKind.LAB, work.lab_slug).key
    return Ref(ItemKind.QUIZ, work.slug).key


def key_of(work: Submission | QuizAttempt) -> str:
    """What the audit trail calls it."""
    return "submission" if isinstance(work, Submission) else "quiz_attempt"


@dataclass(frozen=True)
class Worth:
    """What a part is worth, in points, and whether it waits for a person's."""

    points: Decimal
    is_open: bool


def worth_of(work: Submission | QuizAttempt, part: str) -> Worth:
    """Raises NotGradable for a lab that has not been run, NotVisible when there is no such part."""
    return _cell(work, part) if isinstance(work, Submission) else _question(work, part)


def _cell(work: Submission, part: str) -> Worth:
    notebook, grade_id = part_cell(part)
    attempt_id = db.session.scalar(
        select(Attempt.id)
        .where(Attempt.submission_id == work.id)
        .order_by(Attempt.number.desc())
        .limit(1)
    )
    cell = db.session.scalar(
        select(CellScore)
        .join(NotebookScore)
        .where(
            NotebookScore.attempt_id == attempt_id,
            NotebookScore.name == notebook,
            CellScore.grade_id == grade_id,
        )
    )
    if cell is None:
        raise grading.NotGradable
    given = db.session.scalar(
        select(ManualScore.id).where(
            ManualScore.submission_id == work.id,
            ManualScore.notebook == notebook,
            ManualScore.grade_id == grade_id,
            ManualScore.superseded_at.is_(None),
        )
    )
    return Worth(Decimal(str(cell.max_score)), cell.score is None and given is None)


def _question(work: QuizAttempt, part: str) -> Worth:
    mark = db.session.scalar(
        select(QuizMark).where(
            QuizMark.attempt_id == work.id,
            QuizMark.question_id == part,
            QuizMark.superseded_at.is_(None),
        )
    )
    if mark is None:
        raise NotVisible(part)
    return Worth(mark.out_of, mark.points is None)


def give(
    person: Person,
    work: Submission | QuizAttempt,
    part: str,
    points: Decimal,
    comment: str,
    *,
    seen: uuid.UUID | EllipsisType | None = ...,
) -> None:
    """POINTS count from now on. Raises what ``give_score`` and ``give_mark`` raise."""
    with _here():
        if isinstance(work, Submission):
            cell = grading.CellRef(*part_cell(part))
            grading.give_score(person, work, cell, float(points), comment, seen=seen)
        else:
            quizzes.give_mark(person, work, part, points, comment, seen=seen)
