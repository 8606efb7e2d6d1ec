"""Sections as places where their students and staff talk about their items."""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.accounts.models import Person
from app.conversations import places
from app.conversations import queries as conversations
from app.conversations.places import Place, Subject
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.learning import policies
from app.learning.models import Enrolment, Section, SectionStaff
from app.learning.queries.calendars import item_path
from app.learning.queries.sections import SECTION_PARTS, STAFF_PARTS, section_for

WHOLE_COURSE = "course"
"""The subject of what is about no item of its own."""


class SectionPlaces:
    """``section:CODE``. Subjects are items by their keys, which last across course versions."""

    name = "section"

    def place(self, person: Person, key: str) -> Place:
        """For who takes or teaches the section. What is locked for a student cannot be talked
        about by her yet; what has left the course stays readable."""
        view = section_for(person, _code(key))
        section = view.section
        home = f"/learn/{section.code}"
        whole = Subject(WHOLE_COURSE, _("The course as a whole"), home)
        subjects = {WHOLE_COURSE: whole}
        for item in view.version.items:
            if view.lock(item) is None:
                subjects[item.key] = Subject(item.key, str(item.title), item_path(section, item))
        known = {WHOLE_COURSE, *(item.key for item in view.version.items)}
        for gone in sorted(conversations.subjects_in(key) - known):
            title = _("%(item)s (no longer in the course)", item=gone.partition(":")[2])
            subjects[gone] = Subject(gone, title, home)
        return Place(
            key=key,
            title=str(view.version.title),
            path=home,
            subjects=subjects,
            may_write=section.closed_at is None,
            may_moderate=view.is_staff,
            moderators=frozenset(
                place.person_id for place in section.staff if place.ended_at is None
            ),
        )

    def readers(self, key: str, among: Collection[uuid.UUID]) -> set[uuid.UUID]:
        section = _section(key)
        students = db.session.scalars(
            select(Enrolment.person_id).where(
                Enrolment.section_id == section.id,
                Enrolment.person_id.in_(among),
                Enrolment.withdrawn_at.is_(None),
            )
        )
        return {*students, *(_staff(section) & set(among))}

    def moderators(self, key: str) -> set[uuid.UUID]:
        return _staff(_section(key))

    def moderated_by(self, person: Person) -> set[str]:
        return {place_key(section) for section in taught_sections(person)}


def place_key(section: Section) -> str:
    return place_of(section.code)


def place_of(code: str) -> str:
    """The place of the section CODE."""
    return f"section:{code}"


def taught_sections(person: Person) -> list[Section]:
    """The sections on whose staff PERSON is now, by code."""
    if not policies.teaches_somewhere(person):
        return []
    sections = db.session.scalars(
        select(Section)
        .join(SectionStaff, SectionStaff.section_id == Section.id)
        .where(SectionStaff.person_id == person.id, SectionStaff.ended_at.is_(None))
        .order_by(Section.code)
        .options(*SECTION_PARTS, *STAFF_PARTS)
    ).all()
    return [section for section in sections if policies.is_on_the_staff(person, section)]


def _code(key: str) -> str:
    return key.partition(":")[2]


def _section(key: str) -> Section:
    """Raises NotVisible."""
    section = db.session.scalar(
        select(Section)
        .where(Section.code == _code(key))
        .options(
            *SECTION_PARTS,
            selectinload(Section.staff)
            .joinedload(SectionStaff.person)
            .selectinload(Person.memberships),
        )
    )
    if section is None:
        raise NotVisible(key)
    return section


def _staff(section: Section) -> set[uuid.UUID]:
    return {
        place.person_id
        for place in section.staff
        if place.ended_at is None and policies.is_on_the_staff(place.person, section)
    }


places.register(SectionPlaces())
