"""The demo: people of every role, sections of every published course, some students enrolled."""

from datetime import timedelta

from sqlalchemy import select

from app.accounts import demo as people
from app.accounts.models import Membership, Organisation, Person
from app.accounts.rules import Role
from app.catalog import operations as courses
from app.catalog import queries as catalog
from app.kernel import clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning import operations as learning
from app.learning.models import Section
from app.learning.rules import StaffRole

STAFF = {
    Role.INSTRUCTOR: StaffRole.INSTRUCTOR,
    Role.TEACHING_ASSISTANT: StaffRole.TEACHING_ASSISTANT,
}


@operation
def load() -> None:
    """Make the demo, or what is missing of it. Doing it again changes nothing."""
    instructor = people.load_people()["lin"]
    schools = db.session.scalars(
        select(Organisation).where(Organisation.kind == "school").order_by(Organisation.slug)
    ).all()
    for row in catalog.clusters():
        for version in catalog.latest_versions(row.cluster.id):
            courses.add_editor(version.course, instructor, by=None)
            for school in schools:
                _section(version.course.slug, school)


def _section(course_slug: str, school: Organisation) -> Section | None:
    staff = db.session.execute(
        select(Person, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == school.id,
            Membership.ended_at.is_(None),
            Membership.role.in_(STAFF),
        )
    ).all()
    version = catalog.latest_version(course_slug)
    if not staff or version is None:
        return None
    year, semester = current_semester()
    today = clock.now().astimezone(clock.TAIPEI).date()
    section = learning.open_section(
        learning.SectionPlan(
            course_version=version,
            school=school,
            academic_year=year,
            semester=semester,
            starts_on=today - timedelta(days=30),
            ends_on=today + timedelta(days=120),
            code=f"{course_slug}-{year}-{semester}-{school.slug}"[:80],
            capacity=60,
        )
    )
    for person, role in staff:
        learning.appoint(person, section, STAFF[role])
    return section


def current_semester() -> tuple[int, int]:
    """The ROC academic year (from August) and semester (the second from February) of today."""
    today = clock.now().astimezone(clock.TAIPEI).date()
    year = today.year - 1911 - (1 if today.month < 8 else 0)
    return year, 2 if 2 <= today.month < 8 else 1
