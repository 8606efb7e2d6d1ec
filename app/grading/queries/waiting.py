"""What staff have before them."""

import uuid
from collections.abc import Iterable

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload, selectinload

from app.grading.models import Attempt, Submission, SubmissionPerson
from app.grading.rules import AttemptState
from app.kernel.database import db
from app.learning.models import Section


def newest_of_everybody(section: Section, lab_slug: str) -> Select[uuid.UUID]:
    """The id of each person's newest submission to a lab; of a team's work, more than once.

    Trials of the staff are left out.
    """
    return (
        select(SubmissionPerson.submission_id)
        .join(Submission, Submission.id == SubmissionPerson.submission_id)
        .where(
            SubmissionPerson.section_id == section.id,
            SubmissionPerson.lab_slug == lab_slug,
            Submission.is_trial.is_(False),
        )
        .ext(distinct_on(SubmissionPerson.person_id))
        .order_by(SubmissionPerson.person_id, SubmissionPerson.number.desc())
    )


def latest_of_section(section: Section, lab_slug: str) -> list[Submission]:
    """The newest submission of each person to a lab; what a team handed in is there once."""
    return list(
        db.session.scalars(
            select(Submission)
            .where(Submission.id.in_(newest_of_everybody(section, lab_slug)))
            .order_by(Submission.person_id, Submission.number.desc())
            .options(
                joinedload(Submission.person),
                selectinload(Submission.people).joinedload(SubmissionPerson.person),
                selectinload(Submission.attempts),
            )
        )
    )


def handed_in_counts(offering_id: uuid.UUID) -> dict[str, tuple[int, int]]:
    """By lab: how many works the students of an offering handed in, and how many students did."""
    rows = db.session.execute(
        select(
            SubmissionPerson.lab_slug,
            func.count(SubmissionPerson.submission_id.distinct()),
            func.count(SubmissionPerson.person_id.distinct()),
        )
        .join(Submission, Submission.id == SubmissionPerson.submission_id)
        .join(Section, Section.id == SubmissionPerson.section_id)
        .where(Section.offering_id == offering_id, Submission.is_trial.is_(False))
        .group_by(SubmissionPerson.lab_slug)
    )
    return {slug: (works, people) for slug, works, people in rows}


def waiting_counts(section_ids: Iterable[uuid.UUID]) -> list[tuple[uuid.UUID, str, int]]:
    """(section, lab, submissions whose newest attempt has cells that wait for points), the
    longest waiting first.

    Only the newest submission of each person to a lab is asked for.
    """
    newest = (
        select(SubmissionPerson.submission_id)
        .where(SubmissionPerson.section_id.in_(list(section_ids)))
        .ext(
            distinct_on(
                SubmissionPerson.section_id, SubmissionPerson.person_id, SubmissionPerson.lab_slug
            )
        )
        .order_by(
            SubmissionPerson.section_id,
            SubmissionPerson.person_id,
            SubmissionPerson.lab_slug,
            SubmissionPerson.number.desc(),
        )
    )
    last = (
        select(Attempt.submission_id, func.max(Attempt.number).label("number"))
        .group_by(Attempt.submission_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Submission.section_id, Submission.lab_slug, func.count())
        .join(last, last.c.submission_id == Submission.id)
        .join(
            Attempt,
            (Attempt.submission_id == Submission.id) & (Attempt.number == last.c.number),
        )
        .where(
            Submission.id.in_(newest),
            Submission.is_trial.is_(False),
            Attempt.state == AttemptState.GRADED,
            Attempt.pending_count > 0,
        )
        .group_by(Submission.section_id, Submission.lab_slug)
        .order_by(func.min(Submission.submitted_at))
    )
    return [(section_id, slug, count) for section_id, slug, count in rows]
