"""What waits for a person in a section: one statement for labs, one for quizzes."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, distinct, func, null, or_, tuple_

from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.grading.models import Attempt, CellScore, ManualScore, NotebookScore, Submission
from app.kernel.database import db
from app.learning.models import Section
from app.marking.queries.parts import Part, given_by, part_of
from app.marking.queries.sources import graded_submissions, handed_in_attempts, live_score
from app.marking.rules import Ref, lab_part
from app.quizzes.models import QuizAttempt, QuizMark
from app.quizzes.rules import Marker

__all__ = ["ItemTally", "PartTally", "tallies", "tallies_of"]


@dataclass(frozen=True)
class PartTally:
    """How many answers to one part wait for points, and how many have some by a person."""

    part: str
    worth: Decimal
    waiting: int
    done: int


@dataclass
class ItemTally:
    """How many works of an item wait for a person, and how many were dealt with."""

    item: Ref
    waiting: int = 0
    done: int = 0
    parts: list[PartTally] = field(default_factory=list)


def tallies(
    section: Section, grader: Person, item: Ref | None = None, part: Part | None = None
) -> dict[Ref, ItemTally]:
    """What waits and what is done of SECTION (of ITEM alone, when given): two statements.

    With PART of the works, what of it is the grader's, and waits for her.
    """
    found: dict[Ref, ItemTally] = {}
    if item is None or item.kind is ItemKind.LAB:
        _read(found, ItemKind.LAB, _labs(section, grader, item, part))
    if item is None or item.kind is ItemKind.QUIZ:
        _read(found, ItemKind.QUIZ, _quizzes(section, grader, item, part))
    return found


def tallies_of(
    section: Section, grader: Person, item: Ref | None = None
) -> tuple[dict[Ref, ItemTally], dict[Ref, ItemTally]]:
    """(the whole section's, the grader's own where she marks but a part): at most five statements.

    An item of which everything is hers is not among her own.
    """
    whole = tallies(section, grader, item)
    part = part_of(grader, section)
    if not part.items:
        return whole, {}
    hers = tallies(section, grader, item, part)
    refs = [Ref.of(key) for key in part.items]
    return whole, {ref: hers.get(ref, ItemTally(ref)) for ref in refs if ref in whole}


def _read(found: dict[Ref, ItemTally], kind: ItemKind, statement: Any) -> None:
    for slug, notebook, name, worth, waiting, works in db.session.execute(statement):
        ref = Ref(kind, slug)
        tally = found.setdefault(ref, ItemTally(ref))
        if name is None:
            tally.waiting, tally.done = waiting, works - waiting
        else:
            part = name if notebook is None else lab_part(notebook, name)
            tally.parts.append(PartTally(part, Decimal(str(worth)), waiting, works - waiting))
    for tally in found.values():
        tally.parts.sort(key=lambda part: part.part)


def _labs(section: Section, grader: Person, item: Ref | None, part: Part | None) -> Any:
    """Cells that wait for points or have some by a person, by lab and by cell."""
    waits: ColumnElement[bool] = CellScore.score.is_(None) & ManualScore.id.is_(None)
    if part is not None:
        name = func.concat(NotebookScore.name, "/", CellScore.grade_id)
        waits = waits & ~given_by(grader, Submission.id, name)
    statement = graded_submissions(
        section.id,
        grader.id,
        Submission.lab_slug,
        NotebookScore.name,
        CellScore.grade_id,
        func.max(CellScore.max_score),
        func.count(distinct(case((waits, Submission.id)))),
        func.count(distinct(Submission.id)),
    )
    if item is not None:
        statement = statement.where(Submission.lab_slug == item.slug)
    if part is not None:
        owner = func.coalesce(Submission.team_id, Submission.person_id)
        statement = statement.where(part.holds(func.concat("lab:", Submission.lab_slug), owner))
    return (
        statement.join(NotebookScore, NotebookScore.attempt_id == Attempt.id)
        .join(CellScore, CellScore.notebook_score_id == NotebookScore.id)
        .outerjoin(ManualScore, live_score(NotebookScore.name, CellScore.grade_id))
        .where(or_(CellScore.score.is_(None), ManualScore.id.is_not(None)))
        .group_by(
            func.grouping_sets(
                Submission.lab_slug,
                tuple_(Submission.lab_slug, NotebookScore.name, CellScore.grade_id),
            )
        )
    )


def _quizzes(section: Section, grader: Person, item: Ref | None, part: Part | None) -> Any:
    """Answers that wait for marks or were marked by a person, by quiz and by question."""
    open_ = QuizMark.points.is_(None)
    waits: ColumnElement[bool] = open_
    if part is not None:
        waits = open_ & ~given_by(grader, QuizAttempt.id, QuizMark.question_id)
    statement = handed_in_attempts(
        section.id,
        grader.id,
        QuizAttempt.slug,
        null(),
        QuizMark.question_id,
        func.max(QuizMark.out_of),
        func.count(distinct(case((waits, QuizAttempt.id)))),
        func.count(distinct(QuizAttempt.id)),
    )
    if item is not None:
        statement = statement.where(QuizAttempt.slug == item.slug)
    if part is not None:
        key = func.concat("quiz:", QuizAttempt.slug)
        statement = statement.where(part.holds(key, QuizAttempt.person_id))
    return (
        statement.join(QuizMark, QuizMark.attempt_id == QuizAttempt.id)
        .where(QuizMark.superseded_at.is_(None), or_(open_, QuizMark.marker == Marker.PERSON))
        .group_by(
            func.grouping_sets(QuizAttempt.slug, tuple_(QuizAttempt.slug, QuizMark.question_id))
        )
    )
