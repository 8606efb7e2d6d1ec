"""Reading submissions and scores, through the person who asks."""

import base64
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app import engine
from app.accounts.models import Person
from app.catalog.models import CourseItem, Module
from app.catalog.rules import ItemKind
from app.grading import policies
from app.grading.models import Attempt, ManualScore, NotebookScore, Submission
from app.grading.rules import LIVE, AttemptState
from app.kernel import blobs
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning.models import Enrolment, Offering, Section, SectionStaff

__all__ = [
    "QueueState",
    "best_of",
    "best_scores",
    "feedback_blocks",
    "latest_of_section",
    "my_submissions",
    "queue_state",
    "submission_of",
    "submission_visible_to",
    "waiting_for_a_person",
]


def submission_visible_to(person: Person, submission_id: uuid.UUID) -> Submission:
    """A submission with everything in it. Raises NotVisible when it is not hers to read."""
    submission = db.session.scalar(_whole(select(Submission).where(Submission.id == submission_id)))
    if submission is None or not policies.can_read(person, submission):
        raise NotVisible(submission_id)
    return submission


def submission_of(section: Section, person_id: uuid.UUID, lab_slug: str, number: int) -> Submission:
    """One person's submission by its number. Raises NotVisible when there is none."""
    submission = db.session.scalar(
        _whole(
            select(Submission).where(
                Submission.section_id == section.id,
                Submission.person_id == person_id,
                Submission.lab_slug == lab_slug,
                Submission.number == number,
            )
        )
    )
    if submission is None:
        raise NotVisible(number)
    return submission


def my_submissions(
    person: Person, section: Section, lab_slug: str | None = None
) -> list[Submission]:
    """Her submissions in a section, newest first, with attempts and cells."""
    statement = select(Submission).where(
        Submission.section_id == section.id, Submission.person_id == person.id
    )
    if lab_slug is not None:
        statement = statement.where(Submission.lab_slug == lab_slug)
    return list(db.session.scalars(_whole(statement.order_by(Submission.number.desc()))))


def my_submissions_in(person: Person, section_ids: Iterable[uuid.UUID]) -> list[Submission]:
    """Her submissions in several sections, oldest first, with their attempts."""
    return list(
        db.session.scalars(
            select(Submission)
            .where(Submission.person_id == person.id, Submission.section_id.in_(list(section_ids)))
            .order_by(Submission.number)
            .options(selectinload(Submission.attempts).selectinload(Attempt.notebooks))
        )
    )


def my_newest_submissions(person: Person) -> list[Submission]:
    """Her newest submission to each lab that her courses still have, newest first."""
    newest = (
        select(Submission.id)
        .join(Section, Section.id == Submission.section_id)
        .join(Offering, Offering.id == Section.offering_id)
        .join(Module, Module.course_version_id == Offering.course_version_id)
        .join(
            CourseItem,
            (CourseItem.module_id == Module.id)
            & (CourseItem.kind == ItemKind.LAB)
            & (CourseItem.slug == Submission.lab_slug),
        )
        .join(
            Enrolment,
            (Enrolment.section_id == Submission.section_id)
            & (Enrolment.person_id == Submission.person_id)
            & Enrolment.withdrawn_at.is_(None),
        )
        .where(Submission.person_id == person.id)
        .ext(distinct_on(Submission.section_id, Submission.lab_slug))
        .order_by(Submission.section_id, Submission.lab_slug, Submission.number.desc())
    )
    return list(
        db.session.scalars(
            select(Submission)
            .where(Submission.id.in_(newest))
            .order_by(Submission.submitted_at.desc())
            .options(
                joinedload(Submission.section),
                joinedload(Submission.lab_version),
                selectinload(Submission.attempts),
            )
        )
    )


def _whole(statement: Select[Submission]) -> Select[Submission]:
    return statement.options(
        joinedload(Submission.section).selectinload(Section.staff).joinedload(SectionStaff.person),
        joinedload(Submission.person),
        joinedload(Submission.lab_version),
        selectinload(Submission.files),
        selectinload(Submission.attempts)
        .selectinload(Attempt.notebooks)
        .selectinload(NotebookScore.cells),
        selectinload(Submission.manual_scores).joinedload(ManualScore.graded_by),
    )


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
            Submission.section_id,
            Submission.person_id,
            Submission.lab_slug,
            Submission.id,
            Submission.number,
            Attempt.score,
            Attempt.max_score,
            Attempt.pending_count,
        )
        .join(Attempt, Attempt.submission_id == Submission.id)
        .join(
            newest,
            (newest.c.submission_id == Attempt.submission_id) & (newest.c.number == Attempt.number),
        )
        .where(Attempt.state == AttemptState.GRADED)
        .ext(distinct_on(Submission.section_id, Submission.person_id, Submission.lab_slug))
        .order_by(
            Submission.section_id,
            Submission.person_id,
            Submission.lab_slug,
            Attempt.score.desc(),
            Submission.number,
        )
    )


def best_of(section_id: uuid.UUID, person_id: uuid.UUID, lab_slug: str) -> Standing | None:
    """The submission that counts, or None while none is graded."""
    row = db.session.execute(
        _standings().where(
            Submission.section_id == section_id,
            Submission.person_id == person_id,
            Submission.lab_slug == lab_slug,
        )
    ).first()
    return None if row is None else Standing(*row)


def best_scores(section: Section) -> dict[tuple[uuid.UUID, str], Standing]:
    """The submissions that count in a section, by person and lab, in one statement."""
    rows = db.session.execute(_standings().where(Submission.section_id == section.id))
    return {(row.person_id, row.lab_slug): Standing(*row) for row in rows}


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
    """Submissions whose newest attempt has cells that wait for points, or was tampered with.

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
            .where(
                ((Attempt.state == AttemptState.GRADED) & (Attempt.pending_count > 0))
                | (Attempt.state == AttemptState.TAMPERED)
            )
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


@dataclass(frozen=True)
class QueueState:
    """How many attempts wait or run, and since when the oldest waits."""

    queued_count: int
    running_count: int
    oldest_queued_at: datetime | None


def queue_state() -> QueueState:
    rows = {
        state: (count, oldest)
        for state, count, oldest in db.session.execute(
            select(Attempt.state, func.count(), func.min(Attempt.queued_at))
            .where(Attempt.state.in_(LIVE))
            .group_by(Attempt.state)
        )
    }
    queued = rows.get(AttemptState.QUEUED, (0, None))
    return QueueState(queued[0], rows.get(AttemptState.RUNNING, (0, None))[0], queued[1])


def feedback_blocks(notebook: NotebookScore) -> list[engine.FeedbackBlock]:
    """What the student may see of a graded notebook."""
    if notebook.feedback_blob is None:
        return []
    return [_block(fields) for fields in json.loads(blobs.get(notebook.feedback_blob))]


def _block(fields: dict[str, Any]) -> engine.FeedbackBlock:
    cell = fields.pop("cell")
    outputs = tuple(
        engine.FeedbackOutput(
            kind=output["kind"], text=output["text"], data=base64.b64decode(output["data"])
        )
        for output in fields.pop("outputs")
    )
    notes = tuple(fields.pop("notes"))
    return engine.FeedbackBlock(
        **fields,
        outputs=outputs,
        notes=notes,
        cell=None if cell is None else engine.CellResult(**cell),
    )
