"""Works come to graders when they are there to be marked; two graders stay apart."""

import uuid
from functools import partial

from app.grading.events import AttemptFinished, PointsOffered
from app.grading.models import Submission
from app.kernel.database import db
from app.kernel.events import subscribe
from app.kernel.transaction import before_commit
from app.learning.models import Section
from app.marking.operations.seconds import require_alone
from app.marking.operations.seconds_giving import item_of
from app.marking.operations.shares import catch_up
from app.marking.rules import lab_part
from app.quizzes.events import MarkOffered, QuizHandedIn
from app.quizzes.models import QuizAttempt


@subscribe(AttemptFinished)
def share_out_a_submission(event: AttemptFinished) -> None:
    made = db.session.get(Submission, event.submission_id)
    if made is not None:
        _came(made.section, item_of(made), made.team_id or made.person_id)


@subscribe(QuizHandedIn)
def share_out_a_quiz(event: QuizHandedIn) -> None:
    made = db.session.get(QuizAttempt, event.attempt_id)
    if made is not None:
        _came(made.section, item_of(made), made.person_id)


@subscribe(PointsOffered)
def keep_graders_of_a_submission_apart(event: PointsOffered) -> None:
    made = db.session.get(Submission, event.submission_id)
    if made is not None:
        require_alone(made, lab_part(event.notebook, event.grade_id))


@subscribe(MarkOffered)
def keep_graders_of_a_quiz_apart(event: MarkOffered) -> None:
    made = db.session.get(QuizAttempt, event.attempt_id)
    if made is not None:
        require_alone(made, event.question_id)


def _came(section: Section, item: str, owner_id: uuid.UUID) -> None:
    # As the last step: others who share out the same item wait only for the commit.
    before_commit(
        ("marking.share", section.id, item, owner_id), partial(catch_up, section, item, [owner_id])
    )
