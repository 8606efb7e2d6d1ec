"""What staff have before them."""

import uuid
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.grading.models import Attempt, Submission
from app.grading.rules import AttemptState
from app.kernel.database import db
from app.learning.models import Section


def latest_of_section(section: Section, lab_slug: str) -> list[Submission]:
    """The newest submission of each person to a lab."""
    return list(
        db.session.scalars(
            select(Submission)
            .where(Submission.section_id == section.id, Submission.lab_slug == lab_slug)
            .ext(distinct_on(Submission.person_id))
            .order_by(Submission.person_id, Submission.number.desc())
            .options(joinedload(Submission.person), selectinload(Submission.attempts))
        )
    )


def waiting_for_a_person(section_ids: Iterable[uuid.UUID]) -> list[Submission]:
    """Submissions whose newest attempt has cells that wait for points.

    Only the newest submission of each person to a lab is asked for.
    """
    newest = (
        select(Submission.id)
        .where(Submission.section_id.in_(list(section_ids)))
        .ext(distinct_on(Submission.section_id, Submission.person_id, Submission.lab_slug))
        .order_by(
            Submission.section_id,
            Submission.person_id,
            Submission.lab_slug,
            Submission.number.desc(),
        )
        .subquery()
    )
    last = (
        select(Attempt.submission_id, func.max(Attempt.number).label("number"))
        .group_by(Attempt.submission_id)
        .subquery()
    )
    return list(
        db.session.scalars(
            select(Submission)
            .join(newest, newest.c.id == Submission.id)
            .join(last, last.c.submission_id == Submission.id)
            .join(
                Attempt,
                (Attempt.submission_id == Submission.id) & (Attempt.number == last.c.number),
            )
            .where(Attempt.state == AttemptState.GRADED, Attempt.pending_count > 0)
            .order_by(Submission.submitted_at)
            .options(
                contains_eager(Submission.attempts),
                joinedload(Submission.person),
                joinedload(Submission.section),
                joinedload(Submission.lab_version),
            )
            .execution_options(populate_existing=False)
        ).unique()
    )
