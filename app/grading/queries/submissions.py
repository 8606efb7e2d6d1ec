"""Reading submissions, through the person who asks."""

import uuid
from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person
from app.catalog.models import CourseItem, Module
from app.catalog.rules import ItemKind
from app.grading import policies
from app.grading.models import Attempt, ManualScore, NotebookScore, Submission
from app.kernel.database import db
from app.kernel.errors import NotVisible
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
    return list(db.session.scalars(whole(statement.order_by(Submission.number.desc()))))


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


def whole(statement: Select[Submission]) -> Select[Submission]:
    """STATEMENT with everything that a submission's pages show."""
    return statement.options(
        joinedload(Submission.section).selectinload(Section.staff).joinedload(SectionStaff.person),
        joinedload(Submission.person),
        joinedload(Submission.lab_version),
        selectinload(Submission.files),
        selectinload(Submission.attempts)
        .selectinload(Attempt.notebooks)
        .selectinload(NotebookScore.cells),
        selectinload(Submission.attempts).selectinload(Attempt.case),
        selectinload(Submission.manual_scores).joinedload(ManualScore.graded_by),
    )
