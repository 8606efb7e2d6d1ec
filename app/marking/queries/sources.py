"""The works of an item, as one statement that can be narrowed: submissions or attempts."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.grading.models import Attempt, CellScore, ManualScore, NotebookScore, Submission
from app.grading.rules import AttemptState
from app.learning.models import Enrolment, Section
from app.marking.rules import Ref, State, part_cell
from app.quizzes.models import QuizAttempt, QuizMark
from app.quizzes.rules import Marker

__all__ = [
    "Asked",
    "Mine",
    "Scope",
    "Source",
    "graded_submissions",
    "handed_in_attempts",
    "source_of",
]


@dataclass(frozen=True)
class Mine:
    """The works for which a grader has given points that do not count yet."""

    works: frozenset[uuid.UUID]
    """For every part that waits."""
    parts: Mapping[str, frozenset[uuid.UUID]]
    """By part."""

    def of(self, part: str) -> frozenset[uuid.UUID]:
        return self.parts.get(part, frozenset()) if part else self.works


@dataclass(frozen=True)
class Scope:
    """Whose works of which item: of SECTION, never the grader's own.

    MINE are the works that she was given to grade; None: all. GIVEN is what she has given as one of
    two graders: that waits for the other, not for her.
    """

    section: Section
    item: Ref
    grader: Person
    mine: Collection[uuid.UUID] | None = None
    given: Mine | None = None


@dataclass(frozen=True)
class Asked:
    """What a grader goes through: works in a state, of one part or of the whole."""

    state: State = State.WAITING
    part: str = ""


@dataclass(frozen=True)
class Source:
    """Works with their order (when they came, then their id) and what their states mean."""

    statement: Select[Any]
    """Selects id, instant and person."""
    id: Any
    at: Any
    waits: ColumnElement[bool]
    is_done: ColumnElement[bool]

    def matching(self, state: State) -> Select[Any]:
        if state is State.WAITING:
            return self.statement.where(self.waits)
        return self.statement.where(self.is_done) if state is State.DONE else self.statement


def source_of(scope: Scope, part: str = "") -> Source:
    """The works of the item; with PART their states are those of that part alone."""
    if scope.item.kind is ItemKind.LAB:
        made = _labs(scope, part)
        ids = Submission.id
    else:
        made = _quizzes(scope, part)
        ids = QuizAttempt.id
    statement, waits, is_done = made.statement, made.waits, made.is_done
    if scope.mine is not None:
        statement = statement.where(ids.in_(scope.mine))
    given = scope.given.of(part) if scope.given is not None else ()
    if given:
        waits, is_done = and_(waits, ids.not_in(given)), or_(is_done, ids.in_(given))
    return Source(statement, made.id, made.at, waits, is_done)


def _enrolled(work: Any) -> ColumnElement[bool]:
    return exists().where(
        Enrolment.section_id == work.section_id,
        Enrolment.person_id == work.person_id,
        Enrolment.withdrawn_at.is_(None),
    )


def graded_submissions(section_id: uuid.UUID, grader_id: uuid.UUID, *columns: Any) -> Select[Any]:
    """COLUMNS of everybody's newest submissions that were run, each with its newest attempt."""
    later, again = aliased(Submission), aliased(Attempt)
    of_team = aliased(Submission)
    return (
        select(*columns)
        .select_from(Submission)
        .join(Attempt, Attempt.submission_id == Submission.id)
        .where(
            Submission.section_id == section_id,
            Submission.person_id != grader_id,
            Attempt.state == AttemptState.GRADED,
            ~exists().where(
                later.section_id == Submission.section_id,
                later.person_id == Submission.person_id,
                later.lab_slug == Submission.lab_slug,
                later.number > Submission.number,
            ),
            # Whoever of a team hands in, hands in for all of it; a work of no team has no other.
            # Without an OR round it: as a filter its cost hides what the joins cost, and
            # PostgreSQL then takes nested loops without an index for as good as any.
            ~exists().where(
                of_team.team_id == Submission.team_id,
                of_team.section_id == Submission.section_id,
                of_team.lab_slug == Submission.lab_slug,
                of_team.submitted_at > Submission.submitted_at,
            ),
            ~exists().where(again.submission_id == Submission.id, again.number > Attempt.number),
            _enrolled(Submission),
        )
    )


def live_score(notebook: Any, grade_id: Any) -> ColumnElement[bool]:
    """That points by a person count for a cell of the submission."""
    return and_(
        ManualScore.submission_id == Submission.id,
        ManualScore.notebook == notebook,
        ManualScore.grade_id == grade_id,
        ManualScore.superseded_at.is_(None),
    )


def _labs(scope: Scope, part: str) -> Source:
    statement = graded_submissions(
        scope.section.id,
        scope.grader.id,
        Submission.id,
        Submission.submitted_at.label("at"),
        Submission.person_id,
    ).where(Submission.lab_slug == scope.item.slug)
    if not part:
        waits: ColumnElement[bool] = Attempt.pending_count > 0
        given = exists().where(
            ManualScore.submission_id == Submission.id, ManualScore.superseded_at.is_(None)
        )
        is_done = and_(Attempt.pending_count == 0, given)
    else:
        notebook, grade_id = part_cell(part)
        is_done = exists().where(live_score(notebook, grade_id))
        waits = and_(
            exists().where(
                NotebookScore.attempt_id == Attempt.id,
                NotebookScore.name == notebook,
                CellScore.notebook_score_id == NotebookScore.id,
                CellScore.grade_id == grade_id,
                CellScore.score.is_(None),
            ),
            ~is_done,
        )
    return Source(statement, Submission.id, Submission.submitted_at, waits, is_done)


def handed_in_attempts(section_id: uuid.UUID, grader_id: uuid.UUID, *columns: Any) -> Select[Any]:
    """COLUMNS of everybody's attempts that are handed in and were not taken the place of."""
    after = aliased(QuizAttempt)
    return (
        select(*columns)
        .select_from(QuizAttempt)
        .where(
            QuizAttempt.section_id == section_id,
            QuizAttempt.person_id != grader_id,
            QuizAttempt.submitted_at.is_not(None),
            ~exists().where(after.continues_id == QuizAttempt.id, after.submitted_at.is_not(None)),
            _enrolled(QuizAttempt),
        )
    )


def _quizzes(scope: Scope, part: str) -> Source:
    statement = handed_in_attempts(
        scope.section.id,
        scope.grader.id,
        QuizAttempt.id,
        QuizAttempt.submitted_at.label("at"),
        QuizAttempt.person_id,
    ).where(QuizAttempt.slug == scope.item.slug)

    def has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        which = (QuizMark.question_id == part,) if part else ()
        return exists().where(
            QuizMark.attempt_id == QuizAttempt.id,
            QuizMark.superseded_at.is_(None),
            *which,
            *conditions,
        )

    waits: ColumnElement[bool] = (
        has(QuizMark.points.is_(None)) if part else (QuizAttempt.waiting_count > 0)
    )
    is_done = and_(~waits, has(QuizMark.marker == Marker.PERSON))
    return Source(statement, QuizAttempt.id, QuizAttempt.submitted_at, waits, is_done)


def count_of(condition: ColumnElement[bool]) -> Any:
    return func.count().filter(condition)
