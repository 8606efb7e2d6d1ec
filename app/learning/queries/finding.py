"""What learning lets people find: the people of a section, what is announced, what is open.

Keys of the search: ``section:ID`` is held by students and staff of a section, ``staff:ID`` by its
staff alone, ``people:ID`` by whoever may see its people, ``version:ID`` by all who meet that course
version somewhere, ``offering:ID`` by those of its sections and ``follows:ID`` by those of sections
that follow it, ``hears:SCHOOL:ROLE`` by members (``*`` is any). What an offering's dates and
conditions keep from a student is sealed for her.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.accounts.models import Membership, Person
from app.accounts.rules import Role
from app.catalog.queries.outlines import outlines
from app.conversations.operations.finding import talk_key
from app.kernel import clock
from app.kernel.database import NOW, db
from app.kernel.i18n import LOCALES
from app.kernel.localized import LocalizedText
from app.learning import policies
from app.learning.models import Announcement, Enrolment, ItemPlan, Offering, Section
from app.learning.queries.discussions import WHOLE_COURSE, place_key, place_of
from app.learning.queries.sections import SectionView, my_enrolments, my_teaching
from app.search.policies import Keys
from app.search.rules import OFFICERS, Document, text_of_html


def person_documents(person_ids: Collection[uuid.UUID] | None = None) -> Iterator[Document]:
    """Everybody, or these people, for officers and for those who see a section she takes."""
    sections = (
        select(func.array_agg(aggregate_order_by(Enrolment.section_id, Enrolment.section_id)))
        .where(Enrolment.person_id == Person.id, Enrolment.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    numbers = (
        select(func.string_agg(Membership.student_number, " "))
        .where(Membership.person_id == Person.id, Membership.ended_at.is_(None))
        .scalar_subquery()
    )
    statement = select(Person.id, Person.name, Person.email, Person.handle, sections, numbers)
    if person_ids is not None:
        statement = statement.where(Person.id.in_(person_ids))
    rows = db.session.execute(statement.execution_options(yield_per=500))
    for person_id, name, email, handle, section_ids, student_numbers in rows:
        yield Document(
            kind="person",
            key=f"person:{person_id}",
            title=LocalizedText(dict.fromkeys(LOCALES, name)),
            path=f"{{place}}/{person_id}",
            audience=frozenset({OFFICERS, *(f"people:{key}" for key in section_ids or ())}),
            hidden_words=" ".join(filter(None, (email, handle, student_numbers))),
        )


def announcement_documents(ids: Collection[uuid.UUID] | None = None) -> Iterator[Document]:
    """What is out and not withdrawn, or these of it."""
    statement = select(Announcement).where(
        Announcement.withdrawn_at.is_(None), Announcement.publish_at <= clock.now()
    )
    if ids is not None:
        statement = statement.where(Announcement.id.in_(ids))
    for announcement in db.session.scalars(statement.execution_options(yield_per=500)):
        yield Document(
            kind="announcement",
            key=f"announcement:{announcement.id}",
            title=announcement.title,
            path=f"/announcements/{announcement.id}",
            audience=frozenset(_hearers(announcement)),
            texts={code: text_of_html(html) for code, html in announcement.body_html.items()},
        )


def _hearers(announcement: Announcement) -> Iterator[str]:
    if announcement.section_id is not None:
        yield f"section:{announcement.section_id}"
    elif announcement.offering_id is not None:
        yield f"offering:{announcement.offering_id}"
        if announcement.with_followers:
            yield f"follows:{announcement.offering_id}"
    else:
        for school in announcement.school_ids or ["*"]:
            for role in announcement.roles or ["*"]:
                yield f"hears:{school}:{role}"


def add_keys(person: Person, keys: Keys) -> None:
    """What PERSON finds because of the sections that she takes, teaches or looks after."""
    keys.add(["hears:*:*"])
    for membership in person.live_memberships:
        school, role = membership.organisation_id, membership.role.value
        keys.add([f"hears:{school}:*", f"hears:*:{role}", f"hears:{school}:{role}"])
    # As in her list: what the whole site heard before she came is not for her.
    keys.sealed |= {
        f"announcement:{key}"
        for key in db.session.scalars(
            select(Announcement.id).where(
                Announcement.section_id.is_(None),
                Announcement.offering_id.is_(None),
                Announcement.publish_at < person.created_at,
            )
        )
    }
    for section_id, code in _looked_after(person):
        keys.add([f"people:{section_id}"], f"/teaching/{code}/students")
    if not policies.teaches_somewhere(person):
        rows = db.session.execute(_taken_sections(), {"person_id": person.id}).all()
        if not any(row.is_conditional for row in rows):
            _add_open_sections(rows, keys)
            return
    opened: set[str] = set()
    locked: set[str] = set()
    for view in [*my_enrolments(person), *_taught(person)]:
        section = view.section
        keys.add([f"section:{section.id}", f"version:{view.version.id}"], section.code)
        keys.add([f"offering:{section.offering_id}", f"follows:{section.offering.lead_id}"])
        place = place_key(section)
        keys.add([talk_key(place, WHOLE_COURSE)])
        if view.is_staff:
            keys.add([f"staff:{section.id}"], section.code)
            keys.add([f"people:{section.id}"], f"/teaching/{section.code}/students")
        for item in view.version.items:
            is_locked = view.lock(item)
            (locked if is_locked else opened).add(f"item:{item.id}")
            if not is_locked:
                keys.add([talk_key(place, item.key)])
    keys.sealed |= locked - opened


def _add_open_sections(rows: Sequence[Any], keys: Keys) -> None:
    """As for every view below, of sections in which nothing is closed to a student."""
    versions = outlines({row.course_version_id for row in rows})
    for row in rows:
        keys.add([f"section:{row.id}", f"version:{row.course_version_id}"], row.code)
        keys.add([f"offering:{row.offering_id}", f"follows:{row.lead_id}"])
        place = place_of(row.code)
        keys.add([talk_key(place, WHOLE_COURSE)])
        keys.add(talk_key(place, item.key) for item in versions[row.course_version_id].items)


@cache
def _taken_sections() -> Any:
    """What opens documents of the sections that ``person_id`` takes, and whether any of their
    items could be closed to her now (``is_conditional``)."""
    conditional = exists().where(
        ItemPlan.offering_id == Section.offering_id,
        or_(ItemPlan.opens_at > NOW, ItemPlan.condition.is_not(None)),
    )
    return (
        select(
            Section.id,
            Section.code,
            Section.offering_id,
            Offering.lead_id,
            Offering.course_version_id,
            conditional.label("is_conditional"),
        )
        .join(Enrolment, Enrolment.section_id == Section.id)
        .join(Offering, Offering.id == Section.offering_id)
        .where(Enrolment.person_id == bindparam("person_id"), Enrolment.withdrawn_at.is_(None))
        .order_by(Enrolment.enrolled_at.desc())
    )


def _taught(person: Person) -> list[SectionView]:
    return my_teaching(person) if policies.teaches_somewhere(person) else []


def _looked_after(person: Person) -> list[tuple[uuid.UUID, str]]:
    schools = person.organisations_as(Role.DEPARTMENT_OFFICE)
    if not schools:
        return []
    rows = db.session.execute(
        select(Section.id, Section.code).where(Section.school_id.in_(schools))
    )
    return [(section_id, code) for section_id, code in rows]
