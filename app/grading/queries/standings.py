"""What people's submissions come to: the best that is graded counts."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.grading.models import Attempt, SubmissionPerson
from app.grading.rules import LIVE, AttemptState
from app.kernel.database import db
from app.learning.models import Section


@dataclass(frozen=True)
class Standing:
    """What a person's submissions to one lab come to."""

    section_id: uuid.UUID
    person_id: uuid.UUID
    lab_slug: str
    submission_id: uuid.UUID
    number: int
    score: float
    max_score: float
    pending_count: int


def _standings() -> Any:
    """Best graded submission per section, person and lab; the earliest of equals."""
    newest = (
        select(Attempt.submission_id, func.max(Attempt.number).label("number"))
        .where(Attempt.state.not_in(LIVE))
        .group_by(Attempt.submission_id)
        .subquery()
    )
    return (
        select(
            SubmissionPerson.section_id,
            SubmissionPerson.person_id,
            SubmissionPerson.lab_slug,
            SubmissionPerson.submission_id,
            SubmissionPerson.number,
            Attempt.score,
            Attempt.max_score,
            Attempt.pending_count,
        )
        .join(Attempt, Attempt.submission_id == SubmissionPerson.submission_id)
        .join(
            newest,
            (newest.c.submission_id == Attempt.submission_id) & (newest.c.number == Attempt.number),
        )
        .where(Attempt.state == AttemptState.GRADED)
        .ext(
            distinct_on(
                SubmissionPerson.section_id, SubmissionPerson.person_id, SubmissionPerson.lab_slug
            )
        )
        .order_by(
            SubmissionPerson.section_id,
            SubmissionPerson.person_id,
            SubmissionPerson.lab_slug,
            Attempt.score.desc(),
            SubmissionPerson.number,
        )
    )


def best_of(section_id: uuid.UUID, person_id: uuid.UUID, lab_slug: str) -> Standing | None:
    """The submission that counts, or None while none is graded."""
    row = db.session.execute(
        _standings().where(
            SubmissionPerson.section_id == section_id,
            SubmissionPerson.person_id == person_id,
            SubmissionPerson.lab_slug == lab_slug,
        )
    ).first()
    return None if row is None else Standing(*row)


def best_scores(section: Section) -> dict[tuple[uuid.UUID, str], Standing]:
    """The submissions that count in a section, by person and lab, in one statement."""
    rows = db.session.execute(_standings().where(SubmissionPerson.section_id == section.id))
    return {(row.person_id, row.lab_slug): Standing(*row) for row in rows}


def bests_of(person_id: uuid.UUID) -> list[Standing]:
    """The submissions that count of everything that somebody handed in, in one statement."""
    rows = db.session.execute(_standings().where(SubmissionPerson.person_id == person_id))
    return [Standing(*row) for row in rows]
