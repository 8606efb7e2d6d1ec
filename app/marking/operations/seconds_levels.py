"""The levels of a rubric that count when two have judged by it."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from app.accounts.models import Person
from app.grading.models import Submission
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.marking.models.seconds import Opinion, Proposal
from app.marking.operations.seconds_giving import item_of
from app.marking.queries.seconds_rubrics import TwoJudgements, judged_by_two
from app.marking.rules.items import rubric_subject, scaled
from app.marking.rules.joining import joined, says_the_same
from app.marking.rules.sharing import Agreeing
from app.quizzes.models import QuizAttempt
from app.rubrics import operations as rubrics
from app.rubrics.models import RubricVersion
from app.rubrics.rules import Marks, assess, marks_of

__all__ = ["Levels", "LevelsMissing", "by_themselves", "chosen", "judgements_of"]


class LevelsMissing(Refused):
    message = _l("Choose the levels of the rubric: the points follow from them.")


@dataclass(frozen=True)
class Levels:
    """A complete judgement by a rubric that is to count."""

    version: RubricVersion
    marks: Marks

    def points_of(self, worth: Decimal) -> Decimal:
        """Its points as points of a part that is WORTH so many."""
        done = assess(self.version.scale, self.marks)
        return scaled(done.total, done.maximum, worth)

    def is_what(self, proposal: Proposal) -> bool:
        """Whether PROPOSAL chose the same levels and points."""
        return proposal.marks is not None and says_the_same(
            self.version.scale, self.marks, marks_of(proposal.marks)
        )

    def keep(self, person: Person, work_id: uuid.UUID, part: str, comment: str) -> None:
        """Let it be the judgement of the part: the student reads it. Raises what rubrics refuse."""
        subject = rubric_subject(work_id, part)
        rubrics.judge(person, self.version, subject, self.marks, comment=comment, path="/teaching")


def judgements_of(
    work: Submission | QuizAttempt, first: Opinion, second: Opinion
) -> TwoJudgements | None:
    """How both judged the part by the rubric that is used for it; None when not both did."""
    found = judged_by_two(work.section_id, item_of(work), [(first, second)])
    return found.get((work.id, first.part))


def by_themselves(judged: TwoJudgements, agreeing: Agreeing) -> Levels:
    """What counts of two judgements that are close enough."""
    first, second = marks_of(judged.first.marks), marks_of(judged.second.marks)
    if agreeing is Agreeing.FIRST:
        return Levels(judged.version, first)
    return Levels(judged.version, joined(judged.version.scale, first, second))


def chosen(
    judged: TwoJudgements,
    marks: Marks | None,
    points: Decimal | None,
    opinions: tuple[Opinion, Opinion],
) -> Levels:
    """The judgement that somebody settles on: MARKS, or that of the grader who gave POINTS.

    Raises LevelsMissing, and MarksWrong and MarksMissing of rubrics.
    """
    if marks is None:
        both = zip(opinions, (judged.first, judged.second), strict=True)
        kept = next((one.marks for opinion, one in both if opinion.points == points), None)
        if kept is None:
            raise LevelsMissing
        return Levels(judged.version, marks_of(kept))
    assessment = assess(judged.version.scale, marks)
    if assessment.wrong:
        raise rubrics.MarksWrong(assessment)
    if assessment.missing:
        raise rubrics.MarksMissing(assessment)
    return Levels(judged.version, marks)
