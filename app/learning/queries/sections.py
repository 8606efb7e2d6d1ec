"""Reading sections, always through a person."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Person
from app.catalog import queries as catalog
from app.catalog.models import CourseItem, CourseVersion
from app.catalog.rules import ItemKind
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning import policies
from app.learning.models import Enrolment, ItemProgress, Offering, Section, SectionStaff

__all__ = [
    "OpenSection",
    "SectionView",
    "enrolment_of",
    "lesson_body",
    "my_enrolments",
    "my_teaching",
    "progress_of",
    "roster",
    "section_by_code",
    "section_for",
    "section_taught_by",
    "sections_of_course",
]

_SECTION = (
    joinedload(Section.offering)
    .joinedload(Offering.course_version)
    .joinedload(CourseVersion.course),
    joinedload(Section.school),
    selectinload(Section.staff).joinedload(SectionStaff.person),
)


@dataclass(frozen=True)
class SectionView:
    """A section as one person meets it: as a student (``enrolment``) or as staff."""

    section: Section
    version: CourseVersion
    enrolment: Enrolment | None
    is_staff: bool
    progress: dict[str, ItemProgress] = field(default_factory=dict)
    """By item key, ``lab:quality-inspection``."""

    def item(self, kind: ItemKind, slug: str) -> CourseItem:
        """Raises NotVisible when the course has no such item."""
        found = self.version.item(kind, slug)
        if found is None:
            raise NotVisible(slug)
        return found

    @property
    def done_count(self) -> int:
        return sum(
            1
            for item in self.version.items
            if (row := self.progress.get(item.key)) is not None and row.completed_at is not None
        )

    @property
    def next_item(self) -> CourseItem | None:
        """The first item that is not done."""
        for item in self.version.items:
            row = self.progress.get(item.key)
            if row is None or row.completed_at is None:
                return item
        return None

    def neighbours(self, item: CourseItem) -> tuple[CourseItem | None, CourseItem | None]:
        """The items before and after ITEM."""
        items = self.version.items
        place = next(n for n, other in enumerate(items) if other.id == item.id)
        return (
            items[place - 1] if place > 0 else None,
            items[place + 1] if place + 1 < len(items) else None,
        )


def section_for(person: Person, code: str) -> SectionView:
    """The section CODE with its course, for its students and staff. Raises NotVisible."""
    section = db.session.scalar(select(Section).where(Section.code == code).options(*_SECTION))
    if section is None:
        raise NotVisible(code)
    enrolment = enrolment_of(person, section)
    is_staff = policies.is_on_the_staff(person, section)
    if enrolment is None and not is_staff:
        raise NotVisible(code)
    version = catalog.course_version(section.offering.course_version_id)
    if version is None:
        raise NotVisible(code)
    return SectionView(section, version, enrolment, is_staff, progress_of(person, section))


def section_taught_by(person: Person, code: str) -> SectionView:
    """The section CODE for its staff only. Raises NotVisible."""
    view = section_for(person, code)
    if not view.is_staff:
        raise NotVisible(code)
    return view


def enrolment_of(person: Person, section: Section) -> Enrolment | None:
    return db.session.scalar(
        select(Enrolment).where(
            Enrolment.section_id == section.id,
            Enrolment.person_id == person.id,
            Enrolment.withdrawn_at.is_(None),
        )
    )


def progress_of(person: Person, section: Section) -> dict[str, ItemProgress]:
    """What PERSON has done in SECTION, by item key."""
    rows = db.session.scalars(
        select(ItemProgress).where(
            ItemProgress.section_id == section.id, ItemProgress.person_id == person.id
        )
    )
    return {f"{row.kind.value}:{row.slug}": row for row in rows}


def lesson_body(item: CourseItem) -> CourseItem:
    """ITEM with its text loaded."""
    db.session.refresh(item, ["body_html"])
    return item


def my_enrolments(person: Person) -> list[SectionView]:
    """The sections that PERSON takes now, newest first, with her progress, in few statements."""
    sections = db.session.scalars(
        select(Section)
        .join(Enrolment, Enrolment.section_id == Section.id)
        .where(Enrolment.person_id == person.id, Enrolment.withdrawn_at.is_(None))
        .order_by(Enrolment.enrolled_at.desc())
        .options(*_SECTION)
    ).all()
    return _views(person, sections)


def my_teaching(person: Person) -> list[SectionView]:
    """The sections that PERSON teaches now."""
    sections = db.session.scalars(
        select(Section)
        .join(SectionStaff, SectionStaff.section_id == Section.id)
        .where(SectionStaff.person_id == person.id, SectionStaff.ended_at.is_(None))
        .order_by(Section.code)
        .options(*_SECTION)
    ).all()
    return [view for view in _views(person, sections) if view.is_staff]


def _views(person: Person, sections: Iterable[Section]) -> list[SectionView]:
    found = list(sections)
    ids = [section.id for section in found]
    enrolments = {
        row.section_id: row
        for row in db.session.scalars(
            select(Enrolment).where(
                Enrolment.person_id == person.id,
                Enrolment.section_id.in_(ids),
                Enrolment.withdrawn_at.is_(None),
            )
        )
    }
    progress: dict[uuid.UUID, dict[str, ItemProgress]] = {}
    for row in db.session.scalars(
        select(ItemProgress).where(
            ItemProgress.person_id == person.id, ItemProgress.section_id.in_(ids)
        )
    ):
        progress.setdefault(row.section_id, {})[f"{row.kind.value}:{row.slug}"] = row
    versions = catalog.course_versions({s.offering.course_version_id for s in found})
    return [
        SectionView(
            section,
            versions[section.offering.course_version_id],
            enrolments.get(section.id),
            policies.is_on_the_staff(person, section),
            progress.get(section.id, {}),
        )
        for section in found
    ]


@dataclass(frozen=True)
class OpenSection:
    """A section as the course page lists it."""

    section: Section
    enrolled_count: int
    is_mine: bool
    may_enrol: bool
    reason: str
    """Why she cannot enrol: ``school``, ``full``, ``closed`` or empty."""

    @property
    def places_left(self) -> int:
        return max(0, self.section.capacity - self.enrolled_count)


def sections_of_course(person: Person | None, course_id: uuid.UUID) -> list[OpenSection]:
    """The sections of a course that are not over, and what PERSON (or nobody) may do there."""
    today = clock.now().astimezone(clock.TAIPEI).date()
    sections = db.session.scalars(
        select(Section)
        .join(Offering)
        .join(CourseVersion)
        .where(CourseVersion.course_id == course_id, Offering.ends_on >= today)
        .order_by(Offering.starts_on, Section.code)
        .options(
            contains_eager(Section.offering).contains_eager(Offering.course_version),
            joinedload(Section.school),
            selectinload(Section.staff).joinedload(SectionStaff.person),
        )
    ).all()
    ids = [section.id for section in sections]
    counts = {
        section_id: count
        for section_id, count in db.session.execute(
            select(Enrolment.section_id, func.count())
            .where(Enrolment.section_id.in_(ids), Enrolment.withdrawn_at.is_(None))
            .group_by(Enrolment.section_id)
        )
    }
    mine = (
        set(
            db.session.scalars(
                select(Enrolment.section_id).where(
                    Enrolment.section_id.in_(ids),
                    Enrolment.person_id == person.id,
                    Enrolment.withdrawn_at.is_(None),
                )
            )
        )
        if person is not None
        else set()
    )
    rows = []
    for section in sections:
        count = counts.get(section.id, 0)
        reason = ""
        if not is_open_to_enrol(section):
            reason = "closed"
        elif count >= section.capacity:
            reason = "full"
        elif person is not None and not policies.can_enrol(person, section):
            reason = "school"
        rows.append(
            OpenSection(
                section=section,
                enrolled_count=count,
                is_mine=section.id in mine,
                may_enrol=person is not None and not reason and section.id not in mine,
                reason=reason,
            )
        )
    return rows


def is_open_to_enrol(section: Section) -> bool:
    """State only: whether enrolment is open now."""
    closes = section.enrolment_closes_at
    return section.closed_at is None and (closes is None or clock.now() < closes)


def roster(section: Section) -> list[Enrolment]:
    """Who takes SECTION now, by name."""
    return list(
        db.session.scalars(
            select(Enrolment)
            .join(Person, Person.id == Enrolment.person_id)
            .where(Enrolment.section_id == section.id, Enrolment.withdrawn_at.is_(None))
            .order_by(Person.name, Person.handle)
            .options(contains_eager(Enrolment.person).selectinload(Person.memberships))
        )
    )


def section_by_code(code: str) -> Section | None:
    """A section as it is listed on its course's page."""
    return db.session.scalar(select(Section).where(Section.code == code).options(*_SECTION))
