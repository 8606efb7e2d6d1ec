"""Grading by a person: points for what no test can judge, and another run when one is due."""

import math
import uuid
from dataclasses import dataclass
from types import EllipsisType

from sqlalchemy import select, update

from app.accounts.models import Person
from app.grading import policies
from app.grading.events import PointsOffered, ScoreChanged
from app.grading.models import Attempt, CellScore, ManualScore, NotebookScore, Submission
from app.grading.operations.cases import set_aside
from app.grading.operations.standing import recount
from app.grading.operations.submitting import queue_attempt, tell_pages
from app.grading.rules import Priority
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation


class ScoreOutOfRange(Refused):
    """The points are not between zero and what the cell is worth."""


class NotGradable(Refused):
    message = _l("This submission has not been run yet: wait until that is done.")


class ScoredMeanwhile(Refused):
    """Somebody gave this cell other points than the grader saw: ``current`` are those."""

    message = _l("Somebody else has given points here meanwhile. Nothing was overwritten.")

    def __init__(self, current: ManualScore) -> None:
        self.current = current
        super().__init__()


@dataclass(frozen=True)
class CellRef:
    """Names one cell of a submission's lab."""

    notebook: str
    grade_id: str


@operation
def give_score(
    grader: Person,
    submission: Submission,
    cell: CellRef,
    score: float,
    comment: str,
    *,
    seen: uuid.UUID | EllipsisType | None = ...,
) -> ManualScore:
    """Give a cell SCORE points; an earlier score for it is superseded and kept.

    SEEN is the score by a person that the grader saw when she began (None: there was none); left
    out, whatever is there is superseded. Raises NotGradable while the submission waits,
    ScoreOutOfRange, ScoredMeanwhile. That GRADER may grade it is for the caller to know: it was
    loaded through her.
    """
    publish(PointsOffered(submission.id, cell.notebook, cell.grade_id))
    attempt = newest_attempt(submission)
    if seen is not ...:
        current = _given(submission, cell)
        if current is not None and current.id != seen:
            raise ScoredMeanwhile(current)
    if not policies.is_regradable(attempt):
        raise NotGradable
    found = db.session.scalar(
        select(CellScore)
        .join(NotebookScore)
        .where(
            NotebookScore.attempt_id == attempt.id,
            NotebookScore.name == cell.notebook,
            CellScore.grade_id == cell.grade_id,
        )
    )
    if found is None:
        raise NotGradable
    if not math.isfinite(score) or not 0 <= score <= found.max_score:
        raise ScoreOutOfRange(_l("Give between 0 and %(max)s points.", max=f"{found.max_score:g}"))
    now = clock.now()
    db.session.execute(
        update(ManualScore)
        .where(
            ManualScore.submission_id == submission.id,
            ManualScore.notebook == cell.notebook,
            ManualScore.grade_id == cell.grade_id,
            ManualScore.superseded_at.is_(None),
        )
        .values(superseded_at=now)
    )
    given = ManualScore(
        submission_id=submission.id,
        notebook=cell.notebook,
        grade_id=cell.grade_id,
        score=score,
        comment=comment,
        graded_by_id=grader.id,
        graded_at=now,
    )
    db.session.add(given)
    db.session.flush()
    recount(attempt)
    audit.record(
        grader.id,
        "submission.scored",
        "submission",
        submission.id,
        cell=f"{cell.notebook}/{cell.grade_id}",
        score=score,
    )
    publish(ScoreChanged(submission.id, grader.id))
    tell_pages(submission)
    return given


@operation
def regrade(grader: Person, submission: Submission) -> Attempt:
    """Run SUBMISSION again; the new attempt supersedes the last. Raises NotGradable."""
    last = newest_attempt(submission)
    if not policies.is_regradable(last):
        raise NotGradable
    set_aside(grader, last)
    attempt = Attempt(
        submission_id=submission.id,
        section_id=submission.section_id,
        number=last.number + 1,
        max_score=last.max_score,
        lab_version_id=last.lab_version_id,
    )
    db.session.add(attempt)
    db.session.flush()
    queue_attempt(attempt, priority=Priority.REGRADE)
    audit.record(grader.id, "submission.regraded", "submission", submission.id)
    tell_pages(submission)
    return attempt


def _given(submission: Submission, cell: CellRef) -> ManualScore | None:
    """The points by a person that count for CELL now. The attempt is held."""
    return db.session.scalar(
        select(ManualScore).where(
            ManualScore.submission_id == submission.id,
            ManualScore.notebook == cell.notebook,
            ManualScore.grade_id == cell.grade_id,
            ManualScore.superseded_at.is_(None),
        )
    )


def newest_attempt(submission: Submission) -> Attempt:
    """The attempt that counts, locked against whoever else wants to change it."""
    newest = (
        select(Attempt)
        .where(Attempt.submission_id == submission.id)
        .order_by(Attempt.number.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = db.session.scalars(newest).one()
    # Whoever was waited for may have put a newer one in its place.
    while (again := db.session.scalars(newest).one()).id != found.id:
        found = again
    return found
