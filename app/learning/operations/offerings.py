"""Offerings and their sections: making, staffing, moving on."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.accounts.models import Organisation, Person
from app.catalog.models import CourseVersion
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning.models import Offering, Section, SectionStaff
from app.learning.rules import StaffRole


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
            Offering.school_id == plan.school.id,
            Offering.academic_year == plan.academic_year,
            Offering.semester == plan.semester,
        )
    ) or Offering(
        course_version_id=plan.course_version.id,
        school_id=plan.school.id,
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
