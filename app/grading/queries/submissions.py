"""Reading submissions, through the person who asks."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.accounts.models import Person
from app.catalog.models import CourseItem, Module
from app.catalog.rules import ItemKind
from app.grading import policies
from app.grading.models import (
    Attempt,
    Declaration,
    FeedbackFile,
    HandInRule,
    ManualScore,
    NotebookScore,
    Submission,
    SubmissionPerson,
)
from app.grading.rules import AttemptState
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.localized import LocalizedText
from app.labs.models import LabVersion
from app.learning.models import Enrolment, Offering, Section, SectionStaff


def submission_visible_to(person: Person, submission_id: uuid.UUID) -> Submission:
    """A submission with everything in it. Raises NotVisible when it is not hers to read."""
    submission = db.session.scalar(whole(select(Submission).where(Submission.id == submission_id)))
    if submission is None or not policies.can_read(person, submission):
        raise NotVisible(submission_id)
    return submission


def submission_of(section: Section, person_id: uuid.UUID, lab_slug: str, number: int) -> Submission:
    """One person's submission by its number. Raises NotVisible when there is none."""
    submission = db.session.scalar(
        whole(
            _of(select(Submission), person_id).where(
                SubmissionPerson.section_id == section.id,
                SubmissionPerson.lab_slug == lab_slug,
                SubmissionPerson.number == number,
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
    statement = _of(select(Submission), person.id).where(SubmissionPerson.section_id == section.id)
    if lab_slug is not None:
        statement = statement.where(SubmissionPerson.lab_slug == lab_slug)
    return list(db.session.scalars(whole(statement.order_by(Submission.number.desc()))))


def my_submissions_in(person: Person, section_ids: Iterable[uuid.UUID]) -> list[Submission]:
    """Her submissions in several sections, oldest first, with their attempts."""
    return list(
        db.session.scalars(
            _of(select(Submission), person.id)
            .where(SubmissionPerson.section_id.in_(list(section_ids)))
            .order_by(Submission.number)
            .options(selectinload(Submission.attempts).selectinload(Attempt.notebooks))
        )
    )


@dataclass(frozen=True)
class NewestWork:
    """A submission as a line of its author's first page shows it."""

    section_id: uuid.UUID
    section_code: str
    lab_slug: str
    lab_title: LocalizedText
    number: int
    state: AttemptState
    """Of the newest attempt, which is the one that counts."""
    score: float | None
    max_score: float | None


def my_newest_submissions(person: Person, most: int) -> list[NewestWork]:
    """Her newest submission to each lab that her courses still have, the MOST newest ones."""
    rows = db.session.execute(_newest(), {"person_id": person.id, "most": most})
    return [NewestWork(*row) for row in rows]


@cache
def _newest() -> Any:
    newest = (
        select(SubmissionPerson.submission_id)
        .join(Section, Section.id == SubmissionPerson.section_id)
        .join(Offering, Offering.id == Section.offering_id)
        .join(Module, Module.course_version_id == Offering.course_version_id)
        .join(
            CourseItem,
            (CourseItem.module_id == Module.id)
            & (CourseItem.kind == ItemKind.LAB)
            & (CourseItem.slug == SubmissionPerson.lab_slug),
        )
        .join(
            Enrolment,
            (Enrolment.section_id == SubmissionPerson.section_id)
            & (Enrolment.person_id == SubmissionPerson.person_id)
            & Enrolment.withdrawn_at.is_(None),
        )
        .where(SubmissionPerson.person_id == bindparam("person_id"))
        .ext(distinct_on(SubmissionPerson.section_id, SubmissionPerson.lab_slug))
        .order_by(
            SubmissionPerson.section_id,
            SubmissionPerson.lab_slug,
            SubmissionPerson.number.desc(),
        )
    )
    later = aliased(Attempt)
    counts = ~exists().where(
        later.submission_id == Attempt.submission_id, later.number > Attempt.number
    )
    return (
        select(
            Submission.section_id,
            Section.code,
            Submission.lab_slug,
            LabVersion.title,
            Submission.number,
            Attempt.state,
            Attempt.score,
            Attempt.max_score,
        )
        .join(Section, Section.id == Submission.section_id)
        .join(LabVersion, LabVersion.id == Submission.lab_version_id)
        .join(Attempt, (Attempt.submission_id == Submission.id) & counts)
        .where(Submission.id.in_(newest))
        .order_by(Submission.submitted_at.desc())
        .limit(bindparam("most"))
    )


def _of(statement: Select[Submission], person_id: uuid.UUID) -> Select[Submission]:
    """STATEMENT for what is PERSON_ID's work, her teams' included."""
    return statement.join(SubmissionPerson, SubmissionPerson.submission_id == Submission.id).where(
        SubmissionPerson.person_id == person_id
    )


def whole(statement: Select[Submission]) -> Select[Submission]:
    """STATEMENT with everything that a submission's pages show."""
    return statement.options(
        joinedload(Submission.section).selectinload(Section.staff).joinedload(SectionStaff.person),
        joinedload(Submission.person),
        selectinload(Submission.people).joinedload(SubmissionPerson.person),
        joinedload(Submission.rule).joinedload(HandInRule.group_set),
        selectinload(Submission.declarations).joinedload(Declaration.person),
        selectinload(Submission.feedback_files).joinedload(FeedbackFile.given_by),
        joinedload(Submission.lab_version),
        selectinload(Submission.files),
        selectinload(Submission.attempts)
        .selectinload(Attempt.notebooks)
        .selectinload(NotebookScore.cells),
        selectinload(Submission.attempts).selectinload(Attempt.case),
        selectinload(Submission.manual_scores).joinedload(ManualScore.graded_by),
    )
