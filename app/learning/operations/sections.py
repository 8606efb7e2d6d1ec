"""Sections of an offering, who teaches them, and copies for another semester."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.rules import Role
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import queries
from app.learning.models import ItemPlan, LiveSession, Offering, Section, SectionStaff
from app.learning.operations.enrolment import fill, lock
from app.learning.operations.offerings import insert_offering
from app.learning.rules import OfferingKind, StaffRole, Way
from app.learning.rules.conditions import shifted

# Without what looks alike (0 O 1 I L): codes are read aloud and copied from a blackboard.
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class CapacityBelowEnrolled(Refused):
    """The section has more students than that."""


class NotOfTheSchoolsStaff(Refused):
    message = _l(
        "Nobody with this address teaches at the school in this role. Invite the person first."
    )


class LastInstructor(Refused):
    message = _l("A section keeps at least one instructor. Appoint another one first.")


@dataclass(frozen=True, kw_only=True)
class SectionSettings:
    """How a section takes students. Instants are UTC."""

    capacity: int
    way: Way = Way.SELF
    enrolment_closes_at: datetime | None = None


@operation
def add_section(actor: Person, offering: Offering, settings: SectionSettings) -> Section:
    """One more section of OFFERING at its school, taught by ACTOR when she is an instructor
    there; a mirror course by the lead's instructors."""
    section = _new_section(offering, settings)
    audit.record(actor.id, "section.opened", "section", section.id, code=section.code)
    if Role.INSTRUCTOR in actor.roles_in(offering.school_id):
        appoint(actor, section, StaffRole.INSTRUCTOR)
    if offering.kind is OfferingKind.MIRROR and offering.lead is not None:
        for place in _live_staff(offering.lead):
            if place.role is StaffRole.INSTRUCTOR:
                appoint(place.person, section, place.role)
    return section


def _new_section(offering: Offering, settings: SectionSettings) -> Section:
    stem = "-".join(
        [
            offering.course_version.course.slug,
            str(offering.academic_year),
            str(offering.semester),
            offering.school.slug,
        ]
    )[:74]
    taken = set(db.session.scalars(select(Section.code).where(Section.code.startswith(stem))))
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}-{number}", number + 1
    section = Section(
        offering=offering,
        school_id=offering.school_id,
        code=code,
        capacity=settings.capacity,
        way=settings.way,
        invitation_code=new_invitation_code() if settings.way is Way.CODE else None,
        enrolment_closes_at=settings.enrolment_closes_at,
    )
    db.session.add(section)
    db.session.flush()
    return section


@operation
def edit_section(actor: Person, section: Section, settings: SectionSettings) -> None:
    """Change how SECTION takes students; new places go to those who wait.

    Raises CapacityBelowEnrolled.
    """
    locked = lock(section)
    taken = queries.taken_counts([locked.id]).get(locked.id, 0)
    if settings.capacity < taken:
        raise CapacityBelowEnrolled(
            _l("%(count)s students take this section: it cannot have fewer places.", count=taken)
        )
    locked.capacity = settings.capacity
    locked.way = settings.way
    locked.enrolment_closes_at = settings.enrolment_closes_at
    if settings.way is Way.CODE and locked.invitation_code is None:
        locked.invitation_code = new_invitation_code()
    audit.record(actor.id, "section.edited", "section", locked.id, capacity=settings.capacity)
    db.session.flush()
    fill(locked)


@operation
def renew_code(actor: Person, section: Section) -> str:
    """A new invitation code; the old one opens nothing any more."""
    section.invitation_code = new_invitation_code()
    audit.record(actor.id, "section.code_renewed", "section", section.id)
    return section.invitation_code


def new_invitation_code() -> str:
    """Eight letters: about 39 bits, and guessing is limited where codes are typed."""
    return "".join(secrets.choice(CODE_LETTERS) for _place in range(8))


@operation
def close_section(actor: Person, section: Section) -> None:
    """From now on nothing is handed in and nobody enrols; everything stays readable."""
    section.closed_at = section.closed_at or clock.now()
    audit.record(actor.id, "section.closed", "section", section.id)


@operation
def reopen_section(actor: Person, section: Section) -> None:
    locked = lock(section)
    locked.closed_at = None
    audit.record(actor.id, "section.reopened", "section", section.id)
    db.session.flush()
    fill(locked)


@operation
def appoint(person: Person, section: Section, role: StaffRole) -> SectionStaff:
    """Put PERSON on the staff of SECTION; nothing changes when she is there in that role."""
    place = _place_of(person, section)
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
def appoint_by_mail(actor: Person, section: Section, email: str, role: StaffRole) -> SectionStaff:
    """Put somebody who teaches at the section's school on its staff. Raises
    NotOfTheSchoolsStaff, whether or not such a person exists."""
    person = db.session.scalar(select(Person).where(Person.email == email.strip()))
    wanted = Role.INSTRUCTOR if role is StaffRole.INSTRUCTOR else Role.TEACHING_ASSISTANT
    if person is None or not person.roles_in(section.school_id) & {wanted, Role.INSTRUCTOR}:
        raise NotOfTheSchoolsStaff
    audit.record(actor.id, "section.appointed", "section", section.id, person=str(person.id))
    return appoint(person, section, role)


@operation
def dismiss(actor: Person, section: Section, place: SectionStaff) -> None:
    """Take somebody off the staff. Raises LastInstructor."""
    others = [
        other
        for other in section.staff
        if other.ended_at is None and other.role is StaffRole.INSTRUCTOR and other.id != place.id
    ]
    if place.role is StaffRole.INSTRUCTOR and not others:
        raise LastInstructor
    place.ended_at = place.ended_at or clock.now()
    audit.record(actor.id, "section.dismissed", "section", section.id, person=str(place.person_id))


def _place_of(person: Person, section: Section) -> SectionStaff | None:
    return db.session.scalar(
        select(SectionStaff).where(
            SectionStaff.section_id == section.id,
            SectionStaff.person_id == person.id,
            SectionStaff.ended_at.is_(None),
        )
    )


def _live_staff(offering: Offering) -> list[SectionStaff]:
    return [
        place for section in offering.sections for place in section.staff if place.ended_at is None
    ]


@operation
def copy_offering(
    actor: Person, offering: Offering, *, academic_year: int, semester: int, starts_on: date
) -> Offering:
    """The same offering in another semester: every date moved by as many days as the start,
    conditions, sections, staff and live sessions with it; no student, no extension.

    Nothing in it points back: conditions name items by key, and sections get codes of their own.
    Raises OfferingExists.
    """
    days = (starts_on - offering.starts_on).days
    by = timedelta(days=days)
    made = Offering(
        course_version_id=offering.course_version_id,
        school_id=offering.school_id,
        academic_year=academic_year,
        semester=semester,
        starts_on=starts_on,
        ends_on=offering.ends_on + by,
        kind=offering.kind,
        authorisation=offering.authorisation,
        lead_id=offering.lead_id,
        credits=offering.credits,
        created_by_id=actor.id,
    )
    insert_offering(made)
    for plan in queries.plans_of([offering.id]).get(offering.id, {}).values():
        db.session.add(
            ItemPlan(
                offering_id=made.id,
                item_key=plan.item_key,
                opens_at=plan.opens_at and plan.opens_at + by,
                due_at=plan.due_at and plan.due_at + by,
                closes_at=plan.closes_at and plan.closes_at + by,
                condition=shifted(plan.condition, by),
            )
        )
    for section in offering.sections:
        _copy_section(section, made, by)
    audit.record(
        actor.id, "offering.copied", "offering", made.id, source=str(offering.id), days=days
    )
    db.session.flush()
    return made


def _copy_section(section: Section, offering: Offering, by: timedelta) -> None:
    closes = section.enrolment_closes_at
    made = _new_section(
        offering,
        SectionSettings(
            capacity=section.capacity, way=section.way, enrolment_closes_at=closes and closes + by
        ),
    )
    for place in section.staff:
        if place.ended_at is None:
            appoint(place.person, made, place.role)
    sessions = db.session.scalars(
        select(LiveSession).where(
            LiveSession.section_id == section.id, LiveSession.cancelled_at.is_(None)
        )
    )
    for session in sessions.all():
        db.session.add(
            LiveSession(
                section_id=made.id,
                title=session.title,
                starts_at=session.starts_at + by,
                minutes=session.minutes,
                place=session.place,
                created_by_id=session.created_by_id,
            )
        )
