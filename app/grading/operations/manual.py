"""Grading by a person: points for what no test can judge, and another run when one is due."""

import math
from dataclasses import dataclass

from sqlalchemy import select, update

from app.accounts.models import Person
from app.grading import policies
from app.grading.events import ScoreChanged
from app.grading.models import Attempt, CellScore, ManualScore, NotebookScore, Submission
from app.grading.operations.cases import set_aside
from app.grading.operations.standing import recount
from app.grading.operations.submitting import queue_attempt, topic
from app.grading.rules import Priority
from app.kernel import audit, clock, live
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation


class ScoreOutOfRange(Refused):
    """The points are not between zero and what the cell is worth."""


class NotGradable(Refused):
    message = _l("This submission has not been run yet: wait until that is done.")


@dataclass(frozen=True)
class CellRef:
    """Names one cell of a submission's lab."""

    notebook: str
    grade_id: str


@operation
def give_score(
    grader: Person, submission: Submission, cell: CellRef, score: float, comment: str
) -> ManualScore:
    """Give a cell SCORE points; an earlier score for it is superseded and kept.

    Raises NotGradable while the submission waits, ScoreOutOfRange. That GRADER may grade it is for
    the caller to know: it was loaded through her.
    """
    attempt = _newest_attempt(submission)
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
    publish(ScoreChanged(submission.id))
    live.announce(topic(submission.section_id, submission.person_id, submission.lab_slug))
    return given


@operation
def regrade(grader: Person, submission: Submission) -> Attempt:
    """Run SUBMISSION again; the new attempt supersedes the last. Raises NotGradable."""
    last = _newest_attempt(submission)
    if not policies.is_regradable(last):
        raise NotGradable
    set_aside(grader, last)
    attempt = Attempt(
        submission_id=submission.id,
        section_id=submission.section_id,
        number=last.number + 1,
        max_score=last.max_score,
    )
    db.session.add(attempt)
    db.session.flush()
    queue_attempt(attempt, priority=Priority.REGRADE)
    audit.record(grader.id, "submission.regraded", "submission", submission.id)
    live.announce(topic(submission.section_id, submission.person_id, submission.lab_slug))
    return attempt


def _newest_attempt(submission: Submission) -> Attempt:
    """The attempt that counts, locked against whoever else wants to change it."""
    return db.session.scalars(
        select(Attempt)
        .where(Attempt.submission_id == submission.id)
        .order_by(Attempt.number.desc())
        .limit(1)
        .with_for_update()
    ).one()
