"""The demo: people of every role, sections of every published course, some students enrolled."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from flask import current_app
from sqlalchemy import select

from app.accounts import demo as people
from app.accounts.models import Membership, Organisation, Person
from app.accounts.rules import Role
from app.applications import demo as applications
from app.briefs import demo as briefs
from app.catalog import operations as courses
from app.catalog import queries as catalog
from app.catalog.models import CourseVersion
from app.catalog.rules import ItemKind
from app.challenges import operations as challenges
from app.finals import queries as finals
from app.finals.operations import settle
from app.gradebook.operations import CellEdit, set_cells
from app.gradebook.rules.entries import Entry, Way
from app.grading import operations as grading
from app.grading import queries as submissions
from app.grading.rules import Via
from app.kernel import clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.labs import queries as labs
from app.labs.rules import FileRole
from app.learning import operations as learning
from app.learning import queries as sections
from app.learning.models import Section
from app.learning.rules import StaffRole
from app.needs import demo as needs
from app.rounds import demo as rounds
from app.talent import demo as talent
from app.teams import demo as teams

POINTS = Decimal("0.88")
"""Of all that can be had: what the demo's graduate got."""
STAFF = {
    Role.INSTRUCTOR: StaffRole.INSTRUCTOR,
    Role.TEACHING_ASSISTANT: StaffRole.TEACHING_ASSISTANT,
}


@operation
def load() -> None:
    """Make the demo, or what is missing of it. Doing it again changes nothing."""
    everybody = load_sections()
    for row in catalog.clusters():
        for version in catalog.latest_versions(row.cluster.id):
            for school in _schools():
                _finished(version, school)
    needs.load(everybody)
    briefs.load(everybody)
    applications.load(everybody)
    rounds.load(everybody, current_app.extensions["config"].secret_key)
    teams.load(everybody)
    talent.load(everybody)


@operation
def load_sections() -> dict[str, Person]:
    """Its people by handle, and sections of every published course with what was handed in."""
    everybody = people.load_people()
    for row in catalog.clusters():
        for version in catalog.latest_versions(row.cluster.id):
            courses.add_editor(version.course, everybody["lin"], by=None)
            for school in _schools():
                section = _section(version.course.slug, school)
                if section is not None:
                    _challenges(version.course.slug, section)
                    _work(version.course.slug, section)
    return everybody


def _schools() -> Sequence[Organisation]:
    return db.session.scalars(
        select(Organisation).where(Organisation.kind == "school").order_by(Organisation.slug)
    ).all()


def _section(course_slug: str, school: Organisation) -> Section | None:
    staff = _staff_of(school)
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


def _staff_of(school: Organisation) -> list[tuple[Person, Role]]:
    rows = db.session.execute(
        select(Person, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == school.id,
            Membership.ended_at.is_(None),
            Membership.role.in_(STAFF),
        )
        .order_by(Person.handle)
    )
    return [(person, role) for person, role in rows]


def _challenges(course_slug: str, section: Section) -> None:
    """The challenges that the course's folder brings."""
    courses_folder = current_app.extensions["config"].courses
    for about in sorted(courses_folder.glob(f"*/{course_slug}/challenges/*/challenge.yaml")):
        challenges.load_folder(
            about.parent, section, opens_at=clock.now() - timedelta(days=7), published=True
        )


def _work(course_slug: str, section: Section) -> None:
    """A student of another school has done the labs: a worker grades them as everybody's."""
    folder = current_app.extensions["config"].courses
    if section.school.slug != people.FINISHED.organisation or not any(
        folder.glob(f"*/{course_slug}/labs/*/lab.yaml")
    ):
        return
    student = people.load_finished()
    if sections.enrolment_of(student, section) is None:
        learning.enrol(student, section)
    done = {row.lab_slug for row in submissions.my_submissions_in(student, [section.id])}
    for item in section.offering.course_version.items:
        if item.lab_version_id is not None and item.slug not in done:
            files = labs.files_of(labs.version(item.lab_version_id), FileRole.SOURCE)
            grading.submit(student, section, item, files, via=Via.SITE)


def _finished(version: CourseVersion, school: Organisation) -> None:
    """The same student finished the course the semester before: her final grade is settled, so that
    course and cluster are hers. Her points were given by hand; they are no evidence of skills."""
    year, semester = _before(*current_semester())
    code = f"{version.course.slug}-{year}-{semester}-{school.slug}"[:80]
    if school.slug != people.FINISHED.organisation or sections.section_by_code(code) is not None:
        return
    teacher = _staff_of(school)[0][0]
    ended = clock.now() - timedelta(days=60)
    began = ended - timedelta(days=120)
    with clock.frozen_at(began):
        section = learning.open_section(
            learning.SectionPlan(
                course_version=version,
                school=school,
                academic_year=year,
                semester=semester,
                starts_on=began.astimezone(clock.TAIPEI).date(),
                ends_on=ended.astimezone(clock.TAIPEI).date(),
                code=code,
                capacity=60,
            )
        )
        learning.appoint(teacher, section, StaffRole.INSTRUCTOR)
        student = people.load_finished()
        learning.enrol(student, section)
    with clock.frozen_at(ended):
        book = finals.desk_for(teacher, code).book
        edits = [
            CellEdit(student.id, key, Entry(points=_points(column.points)), 0)
            for key, column in book.by_key.items()
        ]
        set_cells(teacher, book, edits, way=Way.IMPORT)
        for item in version.items:
            full = 100.0 if item.kind in (ItemKind.LAB, ItemKind.QUIZ) else None
            learning.record_progress(
                section.id, student.id, item.kind, item.slug, completed=True,
                score=float(POINTS) * full if full else None, max_score=full,
            )  # fmt: skip
        seen, _incomplete = finals.unsettled_of(finals.desk_for(teacher, code).book)
        settle(teacher, section, seen=seen, is_looked_at=True)
        learning.close_section(teacher, section)


def _points(most: Decimal) -> Decimal:
    return (POINTS * most).quantize(Decimal("0.1"))


def _before(year: int, semester: int) -> tuple[int, int]:
    return (year, 1) if semester == 2 else (year - 1, 2)


def current_semester() -> tuple[int, int]:
    """The ROC academic year (from August) and semester (the second from February) of today."""
    today = clock.now().astimezone(clock.TAIPEI).date()
    year = today.year - 1911 - (1 if today.month < 8 else 0)
    return year, 2 if 2 <= today.month < 8 else 1
