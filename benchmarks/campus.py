"""A whole programme in the database: schools, courses, people and enrolments by the thousand.

Copied in bulk, because the operations that people use take a transaction each; what they would
leave is what is written here. The text of every course is that of the published one, so that pages
and search meet texts of real length.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from app.accounts.models import Membership, Organisation, Person
from app.accounts.operations.organisations import create_organisation
from app.accounts.rules import OrganisationKind
from app.catalog import queries as catalog
from app.catalog.models import Cluster, Course, CourseItem, CourseVersion, Module
from app.catalog.rules import INDUSTRIES, ItemKind
from app.demo import current_semester
from app.kernel import clock
from app.kernel.database import Model, db
from app.kernel.ids import new_id
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.learning.models import (
    Enrolment,
    ItemPlan,
    ItemProgress,
    Offering,
    Section,
    SectionStaff,
)
from app.search import operations as search
from benchmarks import world
from benchmarks.report import say
from benchmarks.size import Size

COURSES_OF_A_CLUSTER = 10
SCHOOLS = 10
TAUGHT_BY_ONE = 10
TOPICS = (
    ("太陽能板的缺陷", "Defects of solar panels"),
    ("離岸風場的振動", "Vibration of offshore wind farms"),
    ("長照機構的排班", "Rosters of care homes"),
    ("蘭花溫室的氣候", "Climate in orchid greenhouses"),
    ("半導體封裝的良率", "Yield of chip packaging"),
    ("港口貨櫃的排程", "Schedules of container ports"),
    ("手語影片的辨識", "Recognition of sign language"),
    ("虱目魚塭的水質", "Water of milkfish ponds"),
)


@operation
def build(size: Size) -> tuple[str, list[str]]:
    """Fill the programme; returns the code of the full section and its students' handles."""
    schools = _schools()
    versions = list(_courses(size.courses))
    sections = list(_sections(versions, schools))
    say(f"  {len(versions)} courses, {len(sections)} sections")
    people = _people(size.campus_people, schools)
    own = world.section(world.COURSE)
    own.capacity = size.students
    db.session.flush()
    _enrolments(size, own, sections, people)
    db.session.execute(text("ANALYZE"))
    return own.code, [handle for handle, _id in people[own.school_id][: size.students]]


def index() -> int:
    """Let all of it be found; returns the number of documents."""
    found = search.rebuild()[0]
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE search_documents"))
    return found


def _schools() -> list[uuid.UUID]:
    known = list(
        db.session.scalars(
            select(Organisation.id)
            .where(Organisation.kind == "school")
            .order_by(Organisation.slug != world.SCHOOL)
        )
    )
    for number in range(SCHOOLS - len(known)):
        name = {"zh-Hant-TW": f"測試科技大學 {number}", "en": f"Benchmark University {number}"}
        made = create_organisation(
            slug=f"benchmark-{number}", kind=OrganisationKind.SCHOOL, name=LocalizedText(name)
        )
        known.append(made.id)
    return known


def _courses(count: int) -> Iterator[tuple[uuid.UUID, list[tuple[str, str]]]]:
    """The published course and COUNT - 1 like it: (version, [(kind, address) of its items])."""
    template = catalog.latest_version(world.COURSE)
    assert template is not None
    bodies = {item.id: item.body_html for item in template.items}
    yield template.id, [(item.kind.value, item.slug) for item in template.items]
    rows: dict[type[Model], list[dict[str, Any]]] = {
        kind: [] for kind in (Cluster, Course, CourseVersion, Module, CourseItem)
    }
    made = []
    for number in range(1, count):
        if (number - 1) % COURSES_OF_A_CLUSTER == 0:
            cluster = _cluster((number - 1) // COURSES_OF_A_CLUSTER)
            rows[Cluster].append(cluster)
        topic = TOPICS[number % len(TOPICS)]
        course = {"id": new_id(), "cluster_id": cluster["id"], "slug": f"benchmark-{number}"}
        course |= {"position": number, "created_at": clock.now()}
        version = _copy(template, course_id=course["id"], title=_titled(template.title, topic))
        version |= {"number": 1, "digest": f"{number:064d}"}
        rows[Course].append(course)
        rows[CourseVersion].append(version)
        for module in template.modules:
            copied = _copy(module, course_version_id=version["id"])
            rows[Module].append(copied)
            rows[CourseItem] += [
                _copy(
                    item,
                    module_id=copied["id"],
                    title=_titled(item.title, topic),
                    body_html=bodies[item.id],
                )
                for item in module.items
            ]
        made.append((version["id"], [(item.kind.value, item.slug) for item in template.items]))
    for kind, content in rows.items():
        if content:
            db.session.execute(kind.__table__.insert(), content)
    yield from made


def _cluster(number: int) -> dict[str, Any]:
    chinese, english = TOPICS[number % len(TOPICS)]
    named = {"zh-Hant-TW": f"{chinese}課群 {number}", "en": f"{english}, cluster {number}"}
    return {
        "id": new_id(),
        "slug": f"benchmark-cluster-{number}",
        "position": number + 1,
        "title": named,
        "summary": named,
        "industry": list(INDUSTRIES)[number % len(INDUSTRIES)],
        "body_html": {code: f"<p>{words}</p>" for code, words in named.items()},
        "updated_at": clock.now(),
    }


def _titled(title: Any, topic: tuple[str, str]) -> dict[str, str]:
    return {"zh-Hant-TW": f"{title['zh-Hant-TW']}：{topic[0]}", "en": f"{title['en']}: {topic[1]}"}


def _copy(row: Model, **changes: Any) -> dict[str, Any]:
    """The columns of ROW, under a new id, with CHANGES."""
    columns = {a.key: getattr(row, a.key) for a in row.__mapper__.column_attrs}
    return {**columns, "id": new_id(), **changes}


def _sections(
    versions: Iterable[tuple[uuid.UUID, list[tuple[str, str]]]], schools: list[uuid.UUID]
) -> Iterator[tuple[uuid.UUID, uuid.UUID, list[tuple[str, str]]]]:
    """A section of each course at each school: (section, school, items); dates for its items."""
    year, semester = current_semester()
    today = clock.now().astimezone(clock.TAIPEI).date()
    rows: dict[type[Model], list[dict[str, Any]]] = {Offering: [], ItemPlan: [], Section: []}
    made = []
    for number, (version_id, items) in enumerate(versions):
        if number == 0:
            continue  # the demo teaches that one
        for place, school_id in enumerate(schools):
            offering = {
                "id": new_id(),
                "course_version_id": version_id,
                "school_id": school_id,
                "academic_year": year,
                "semester": semester,
                "starts_on": today - timedelta(days=30),
                "ends_on": today + timedelta(days=120),
                "kind": "regular",
                "credits": 3,
                "created_at": clock.now(),
            }
            section = {
                "id": new_id(),
                "offering_id": offering["id"],
                "school_id": school_id,
                "code": f"benchmark-{number}-{place}",
                "capacity": 200,
                "way": "self",
            }
            rows[Offering].append(offering)
            rows[Section].append(section)
            rows[ItemPlan] += [_plan(offering["id"], n, *item) for n, item in enumerate(items[-3:])]
            made.append((section["id"], school_id, items))
    for kind, content in rows.items():
        _bring(kind, content)
    yield from made


def _plan(offering_id: uuid.UUID, number: int, kind: str, slug: str) -> dict[str, Any]:
    due = clock.now() + timedelta(days=5 + 20 * number)
    return {"id": new_id(), "offering_id": offering_id, "item_key": f"{kind}:{slug}", "due_at": due}


def _people(count: int, schools: list[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, uuid.UUID]]]:
    """Students of every school, as many at each: (handle, id)."""
    people, memberships = [], []
    made: dict[uuid.UUID, list[tuple[str, uuid.UUID]]] = {school: [] for school in schools}
    now = clock.now()
    family, given = "陳林黃張李王吳劉蔡楊許鄭謝郭洪", "怡君雅婷家豪冠宇志明淑芬俊傑承翰"
    for number in range(count):
        school, handle, person_id = schools[number % len(schools)], f"b-{number:05d}", new_id()
        made[school].append((handle, person_id))
        name = family[number % 15] + given[number % 16] + given[number // 16 % 16]
        people.append(
            {
                "id": person_id,
                "email": f"{handle}@benchmark.example",
                "handle": handle,
                "name": name,
                "locale": "zh-Hant-TW",
                "created_at": now,
                "email_verified_at": now,
            }
        )
        memberships.append(
            {
                "id": new_id(),
                "person_id": person_id,
                "organisation_id": school,
                "role": "student",
                "proven_by": "operator",
                "student_number": f"C114{number:05d}",
                "started_at": now,
            }
        )
    _bring(Person, people)
    _bring(Membership, memberships)
    return made


def _enrolments(
    size: Size,
    own: Section,
    sections: list[tuple[uuid.UUID, uuid.UUID, list[tuple[str, str]]]],
    people: dict[uuid.UUID, list[tuple[str, uuid.UUID]]],
) -> None:
    """Everybody takes as many courses of her school, and has done two lessons of each."""
    each = max(1, size.enrolments // size.campus_people)
    version = catalog.latest_version(world.COURSE)
    assert version is not None
    items = [(item.kind.value, item.slug) for item in version.items]
    of_school: dict[uuid.UUID, list[tuple[uuid.UUID, list[tuple[str, str]]]]] = {}
    for section_id, school_id, section_items in sections:
        of_school.setdefault(school_id, []).append((section_id, section_items))
    staff = [
        {
            "id": new_id(),
            "section_id": section_id,
            "person_id": students[number // TAUGHT_BY_ONE % len(students)][1],
            "role": "instructor",
            "started_at": clock.now(),
        }
        for school_id, students in people.items()
        for number, (section_id, _items) in enumerate(of_school.get(school_id, ()))
        if students
    ]
    _bring(SectionStaff, staff)
    enrolments, progress = [], []
    for school_id, students in people.items():
        offered = of_school.get(school_id, [])
        for number, (_handle, person_id) in enumerate(students):
            chosen = [offered[(number + n * 17) % len(offered)] for n in range(each)]
            if school_id == own.school_id and number < size.students:
                chosen[0] = (own.id, items)
            for section_id, section_items in dict(chosen).items():
                enrolments.append(_enrolment(section_id, person_id))
                progress += [
                    _done(section_id, person_id, kind, slug)
                    for kind, slug in section_items[:2]
                    if kind == ItemKind.LESSON.value
                ]
    _bring(Enrolment, enrolments)
    _bring(ItemProgress, progress)
    say(f"  {sum(map(len, people.values()))} people, {len(enrolments)} enrolments")


def _enrolment(section_id: uuid.UUID, person_id: uuid.UUID) -> dict[str, Any]:
    return {
        "id": new_id(),
        "section_id": section_id,
        "person_id": person_id,
        "via": "self",
        "enrolled_at": clock.now(),
    }


def _done(section_id: uuid.UUID, person_id: uuid.UUID, kind: str, slug: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "section_id": section_id,
        "person_id": person_id,
        "kind": kind,
        "slug": slug,
        "opened_at": clock.now(),
        "last_opened_at": clock.now(),
        "completed_at": clock.now(),
    }


def _bring(kind: type[Model], rows: list[dict[str, Any]]) -> None:
    """COPY rows of plain values (ids, texts, numbers, instants) into the table of KIND."""
    if not rows:
        return
    names = ", ".join(rows[0])
    connection = db.session.connection().connection.driver_connection
    assert connection is not None
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {kind.__tablename__} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(list(row.values()))
