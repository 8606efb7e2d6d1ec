"""Courses whose students a brief can be for."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalog.models import Course, CourseVersion
from app.challenges.models import Challenge
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.learning.models import SectionStaff
from app.learning.rules import StaffRole

__all__ = ["challenges_taught_by", "course_title", "is_offered", "offered_courses"]


def _offered() -> Any:
    newest = (
        select(CourseVersion.course_id, func.max(CourseVersion.number).label("number"))
        .group_by(CourseVersion.course_id)
        .subquery()
    )
    return (
        select(Course.id, CourseVersion.title)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .join(
            newest,
            (newest.c.course_id == CourseVersion.course_id)
            & (newest.c.number == CourseVersion.number),
        )
        .where(Course.withdrawn_at.is_(None))
        .order_by(Course.slug)
    )


def offered_courses() -> Sequence[tuple[uuid.UUID, LocalizedText]]:
    """Every course that is offered, with what its newest version is called."""
    return [(row[0], row[1]) for row in db.session.execute(_offered())]


def is_offered(course_id: str) -> bool:
    """Whether COURSE_ID, as somebody sent it, is one of them."""
    try:
        wanted = uuid.UUID(course_id)
    except ValueError:
        return False
    return db.session.execute(_offered().where(Course.id == wanted)).first() is not None


def challenges_taught_by(person: Person) -> Sequence[Challenge]:
    """Published challenges of the sections that PERSON teaches as an instructor, the newest first:
    where entries for a brief can be scored."""
    return db.session.scalars(
        select(Challenge)
        .join(SectionStaff, SectionStaff.section_id == Challenge.section_id)
        .where(
            SectionStaff.person_id == person.id,
            SectionStaff.ended_at.is_(None),
            SectionStaff.role == StaffRole.INSTRUCTOR,
            Challenge.published_at.is_not(None),
        )
        .options(joinedload(Challenge.section))
        .order_by(Challenge.ends_at.desc(), Challenge.id)
    ).all()


def course_title(course_id: uuid.UUID | None) -> LocalizedText | None:
    if course_id is None:
        return None
    row = db.session.execute(_offered().where(Course.id == course_id)).first()
    return LocalizedText(row[1]) if row is not None else None
