"""Points, levels and comments for one part of a work."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from app.accounts.models import Person
from app.grading import operations as grading
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.marking.operations.seconds import record
from app.marking.queries import Work, WorkPart
from app.marking.queries.works import subject_of
from app.marking.rules import scaled
from app.quizzes import operations as quizzes
from app.rubrics import operations as rubrics
from app.rubrics.rules import Marks


class PointsMissing(Refused):
    message = _l("Give points first.")


class GivenMeanwhile(Refused):
    """Somebody else gave points for the part after the grader had opened it."""

    message = _l("Somebody else has given points here meanwhile. Nothing was overwritten.")


@dataclass(frozen=True)
class Given:
    """What a grader gives for one part.

    POINTS are for parts without a rubric, or with one that gives none. SEEN is the score or mark
    that she saw, JUDGED_SEEN the judgement.
    """

    points: Decimal | None
    comment: str = ""
    marks: Marks | None = None
    seen: uuid.UUID | None = None
    judged_seen: uuid.UUID | None = None
    used_comments: Collection[uuid.UUID] = ()


@operation
def mark_part(
    grader: Person, work: Work, part: WorkPart, given: Given, *, path: str = "/teaching"
) -> Decimal:
    """Give PART of WORK what GIVEN says; returns the points.

    They count at once, or with those of the second grader when two mark it (``seconds.record``).
    Where the part has a rubric, its judgement is kept as well and its points, in proportion to
    what the part is worth, are the points. Raises PointsMissing, GivenMeanwhile (nothing is
    written then), what ``record``, rubrics and the room of the work refuse. That GRADER may grade
    the work is for the caller to know: it was loaded through her.
    """
    points = given.points
    if part.rubric is not None:
        judged = rubrics.judge(
            grader,
            part.rubric,
            subject_of(work.id, part, grader),
            given.marks or {},
            comment=given.comment,
            seen=given.judged_seen,
            path=path,
            used_comments=given.used_comments,
        )
        if part.rubric.scale.has_points:
            points = scaled(judged.assessment.total, judged.assessment.maximum, part.worth)
    else:
        rubrics.use_comments(grader, given.used_comments)
    if points is None:
        raise PointsMissing
    _give(grader, work, part, points, given)
    return points


def _give(grader: Person, work: Work, part: WorkPart, points: Decimal, given: Given) -> None:
    handed_in = work.submission or work.attempt
    assert handed_in is not None
    try:
        record(grader, handed_in, part.key, points, given.comment, seen=given.seen)
    except (grading.ScoredMeanwhile, quizzes.MarkedMeanwhile) as error:
        raise GivenMeanwhile from error
