"""What awards rest on: final grades that are settled, and the rules in force."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.catalog.models import Course, CourseVersion
from app.credentials.models import AwardRule
from app.credentials.rules import (
    AchievementKind,
    Condition,
    condition_of,
    default_conditions,
    holds_for_course,
)
from app.finals import queries as finals
from app.finals.models import FinalGrade
from app.gradebook.rules import number
from app.kernel.database import db
from app.learning.models import Enrolment, Offering, Section

__all__ = [
    "CourseFact", "condition_for", "course_basis", "course_candidates", "finals_reached",
    "rules_in_force",
]  # fmt: skip


@dataclass(frozen=True)
class CourseFact:
    """A student's course with its final grade, and whether that is enough."""

    person_id: uuid.UUID
    is_reached: bool
    basis: dict[str, Any]


def rules_in_force() -> list[AwardRule]:
    """What officers have said, by kind and subject."""
    return list(
        db.session.scalars(
            select(AwardRule)
            .where(AwardRule.ended_at.is_(None))
            .order_by(AwardRule.kind, AwardRule.subject)
        )
    )


def condition_for(kind: AchievementKind, subject: str) -> Condition | None:
    """What is asked for an achievement; None: it is not awarded by rule."""
    rows = {
        row.subject: row
        for row in db.session.scalars(
            select(AwardRule).where(
                AwardRule.ended_at.is_(None),
                AwardRule.kind == kind,
                AwardRule.subject.in_(["", subject]),
            )
        )
    }
    row = rows.get(subject) or rows.get("")
    if row is None:
        return default_conditions().get(kind)
    return condition_of(kind, row.condition) if row.is_on else None


def finals_reached(
    section: Section, condition: Condition, people: Collection[uuid.UUID] | None = None
) -> list[CourseFact]:
    """Everybody (or PEOPLE) of SECTION who has a final grade, and whether it is enough: a constant
    number of statements."""
    standings = finals.standings_of(section, people)
    completed = set(
        db.session.scalars(
            select(Enrolment.person_id).where(
                Enrolment.section_id == section.id,
                Enrolment.person_id.in_(list(standings)),
                Enrolment.completed_at.is_not(None),
                Enrolment.withdrawn_at.is_(None),
            )
        )
    )
    return [
        CourseFact(
            person_id,
            holds_for_course(
                condition,
                percent=standing.grade.rounded,
                is_passed=standing.grade.is_passed,
                is_completed=person_id in completed,
            ),
            course_basis(section, standing),
        )
        for person_id, standing in standings.items()
    ]


def course_basis(section: Section, standing: finals.Standing) -> dict[str, Any]:
    """What a course's credential says: the final grade, and the digest of how it came about."""
    grade, offering = standing.grade, section.offering
    return {
        "percent": None if grade.rounded is None else number(grade.rounded),
        "mark": grade.mark,
        "settled_on": standing.on.isoformat(),
        "digest": standing.digest,
        "section": section.code,
        "academic_year": offering.academic_year,
        "semester": offering.semester,
        "credits": offering.credits,
        "course_version": offering.course_version.number,
        "course_digest": offering.course_version.digest,
    }


def course_candidates(slug: str) -> Iterable[Section]:
    """Sections of the course SLUG in which final grades are settled."""
    settled = select(FinalGrade.section_id)
    return db.session.scalars(
        select(Section)
        .join(Offering, Offering.id == Section.offering_id)
        .join(CourseVersion, CourseVersion.id == Offering.course_version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug == slug, Section.id.in_(settled))
        .order_by(Section.code)
        .options(
            joinedload(Section.school),
            joinedload(Section.offering)
            .joinedload(Offering.course_version)
            .joinedload(CourseVersion.course)
            .joinedload(Course.cluster),
        )
    ).all()
