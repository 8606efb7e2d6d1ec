"""Writing: offerings, sections, staff, enrolment and progress."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Organisation, Person
from app.catalog.models import CourseVersion
from app.catalog.rules import ItemKind
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import policies, queries
from app.learning.events import Enrolled, Withdrawn
from app.learning.models import Enrolment, ItemProgress, Offering, Section, SectionStaff
from app.learning.rules import StaffRole

__all__ = [
    "AlreadyEnrolled",
    "EnrolmentClosed",
    "NotEnrolled",
    "NotOfThisSchool",
    "SectionFull",
    "SectionPlan",
    "appoint",
    "complete_lesson",
    "enrol",
    "open_section",
    "record_progress",
    "upgrade_offering",
    "withdraw",
]


class NotOfThisSchool(Refused):
    message = _l(
        "This section is for students of its school. Add your school in your profile first."
    )


class EnrolmentClosed(Refused):
    message = _l("Enrolment in this section is closed.")


class SectionFull(Refused):
    message = _l("The last place has just been taken.")


class AlreadyEnrolled(Refused):
    message = _l("You take this section already.")


class NotEnrolled(Refused):
    message = _l("You do not take this section.")


@dataclass(frozen=True, kw_only=True)
class SectionPlan:
    """What an offering's section is to be. The semester is 1 or 2 of a ROC academic year."""

    course_version: CourseVersion
    school: Organisation
    academic_year: int
    semester: int
    starts_on: date
    ends_on: date
    code: str
    capacity: int
    enrolment_closes_at: datetime | None = None


@operation
def open_section(plan: SectionPlan) -> Section:
    """The section PLAN.code, with its offering, made unless it is there."""
    known = db.session.scalar(select(Section).where(Section.code == plan.code))
    if known is not None:
        return known
    offering = db.session.scalar(
        select(Offering).where(
            Offering.course_version_id == plan.course_version.id,
            Offering.academic_year == plan.academic_year,
            Offering.semester == plan.semester,
        )
    ) or Offering(
        course_version_id=plan.course_version.id,
        academic_year=plan.academic_year,
        semester=plan.semester,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
    )
    section = Section(
        offering=offering,
        school_id=plan.school.id,
        code=plan.code,
        capacity=plan.capacity,
        enrolment_closes_at=plan.enrolment_closes_at,
    )
    db.session.add(section)
    db.session.flush()
    return section


@operation
def appoint(person: Person, section: Section, role: StaffRole) -> SectionStaff:
    """Put PERSON on the staff of SECTION; nothing changes when she is there in that role."""
    place = db.session.scalar(
        select(SectionStaff).where(
            SectionStaff.section_id == section.id,
            SectionStaff.person_id == person.id,
            SectionStaff.ended_at.is_(None),
        )
    )
    if place is not None and place.role is role:
        return place
    if place is not None:
        place.ended_at = clock.now()
        db.session.flush()
    place = SectionStaff(section_id=section.id, person_id=person.id, role=role)
    db.session.add(place)
    db.session.flush()
    return place


@operation
def enrol(person: Person, section: Section) -> Enrolment:
    """Enrol PERSON.

    Raises NotOfThisSchool, EnrolmentClosed, AlreadyEnrolled or SectionFull. The section's row is
    locked while places are counted, so parallel requests cannot take one place twice.
    """
    locked = db.session.scalars(
        select(Section).where(Section.id == section.id).with_for_update()
    ).one()
    if not policies.can_enrol(person, locked):
        raise NotOfThisSchool
    if not queries.is_open_to_enrol(locked):
        raise EnrolmentClosed
    if queries.enrolment_of(person, locked) is not None:
        raise AlreadyEnrolled
    taken = db.session.scalar(
        select(func.count()).where(
            Enrolment.section_id == locked.id, Enrolment.withdrawn_at.is_(None)
        )
    )
    if (taken or 0) >= locked.capacity:
        raise SectionFull
    enrolment = Enrolment(section_id=locked.id, person_id=person.id)
    db.session.add(enrolment)
    db.session.flush()
    audit.record(person.id, "section.enrolled", "section", locked.id)
    publish(Enrolled(enrolment.id))
    return enrolment


@operation
def withdraw(person: Person, section: Section) -> None:
    """End PERSON's enrolment. Her work and grades are kept. Raises NotEnrolled."""
    enrolment = queries.enrolment_of(person, section)
    if enrolment is None:
        raise NotEnrolled
    enrolment.withdrawn_at = clock.now()
    audit.record(person.id, "section.withdrawn", "section", section.id)
    publish(Withdrawn(enrolment.id))


@operation
def complete_lesson(person: Person, section: Section, slug: str) -> None:
    """Note that PERSON has read the lesson SLUG; the first time counts."""
    record_progress(section.id, person.id, ItemKind.LESSON, slug, completed=True)


@operation
def record_progress(
    section_id: uuid.UUID,
    person_id: uuid.UUID,
    kind: ItemKind,
    slug: str,
    *,
    completed: bool,
    score: float | None = None,
    max_score: float | None = None,
) -> None:
    """Note how far a person is with an item. What is completed stays completed."""
    now = clock.now()
    values = {
        "section_id": section_id,
        "person_id": person_id,
        "kind": kind,
        "slug": slug,
        "opened_at": now,
        "completed_at": now if completed else None,
        "score": score,
        "max_score": max_score,
    }
    statement = insert(ItemProgress).values(**values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["section_id", "person_id", "kind", "slug"],
            set_={
                "completed_at": func.coalesce(
                    ItemProgress.completed_at, statement.excluded.completed_at
                ),
                "score": func.coalesce(statement.excluded.score, ItemProgress.score),
                "max_score": func.coalesce(statement.excluded.max_score, ItemProgress.max_score),
            },
        )
    )


@operation
def upgrade_offering(section: Section, version: CourseVersion) -> None:
    """Teach VERSION from now on, in all sections of the offering. Work already done is kept."""
    if version.course_id != section.offering.course_version.course_id:
        raise ValueError("an offering keeps its course")
    before = section.offering.course_version.number
    section.offering.course_version = version
    audit.record(
        None,
        "offering.upgraded",
        "offering",
        section.offering_id,
        before=before,
        now=version.number,
    )
