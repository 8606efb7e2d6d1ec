"""Reading sections, always through a person."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, and_, bindparam, inspect, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Person
from app.catalog.models import Course, CourseItem, CourseVersion
from app.catalog.queries.outlines import item as load_item
from app.catalog.queries.outlines import outlines
from app.catalog.rules import ItemKind
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.remembering import remembered
from app.learning import policies
from app.learning.models import (
    Enrolment,
    Extension,
    ItemPlan,
    ItemProgress,
    Offering,
    Section,
    SectionStaff,
)
from app.learning.queries.groups import group_names_of
from app.learning.queries.locks import ItemLocked, Lock
from app.learning.queries.plans import extensions_of, plans_of
from app.learning.queries.releases import held_within
from app.learning.rules.conditions import Facts, asks_for_group, from_blocks, missing
from app.learning.rules.due import Terms, terms_for

SECTION_PARTS = (
    joinedload(Section.offering)
    .joinedload(Offering.course_version)
    .load_only(CourseVersion.course_id, CourseVersion.number, CourseVersion.title)
    .joinedload(CourseVersion.course)
    .load_only(Course.slug, Course.cluster_id),
    joinedload(Section.offering).joinedload(Offering.lead),
    joinedload(Section.school),
)
STAFF_PARTS = (selectinload(Section.staff).joinedload(SectionStaff.person),)


@dataclass(frozen=True)
class SectionView:
    """A section as one person meets it: as a student (``enrolment``) or as staff."""

    section: Section
    version: CourseVersion
    enrolment: Enrolment | None
    is_staff: bool
    progress: dict[str, ItemProgress] = field(default_factory=dict)
    """By item key, ``lab:quality-inspection``."""
    plans: dict[str, ItemPlan] = field(default_factory=dict)
    """Dates and release conditions by item key, where there are any."""
    extensions: tuple[Extension, ...] = ()
    """What she was granted; loaded only where something is due."""
    groups: frozenset[str] = frozenset()
    """Names of her groups; loaded only where a condition asks for one."""
    now: datetime = field(default_factory=clock.now)
    held: frozenset[str] = frozenset()
    """Items whose points she is not to know now; nothing is held from the section's staff."""

    def item(self, kind: ItemKind, slug: str) -> CourseItem:
        """The item, for whom it is open.

        Raises NotVisible when the course has no such item, ItemLocked when it is not open to her
        yet. Every room loads items through here, so that pages and programs refuse alike.
        """
        found = self.version.item(kind, slug)
        if found is None:
            raise NotVisible(slug)
        lock = self.lock(found)
        if lock is not None:
            raise ItemLocked(self, found, lock)
        return load_item(found.id)

    @cached_property
    def facts(self) -> Facts:
        """What release conditions look at."""
        return Facts(
            now=self.now,
            completed=frozenset(k for k, row in self.progress.items() if row.completed_at),
            shares={
                key: row.score / row.max_score
                for key, row in self.progress.items()
                if row.score is not None and row.max_score
            },
            groups=self.groups if self.enrolment else frozenset(),
        )

    def lock(self, item: CourseItem) -> Lock | None:
        """What keeps ITEM from her, or None. Nothing is locked for the section's staff."""
        plan = self.plans.get(item.key)
        if self.is_staff or plan is None:
            return None
        asked = from_blocks(
            [
                [
                    *([{"from": plan.opens_at.isoformat()}] if plan.opens_at else []),
                    *([plan.condition] if plan.condition else []),
                ]
            ]
        )
        rest = missing(asked, self.facts)
        return None if rest is None else Lock(rest)

    def terms(self, item: CourseItem) -> Terms:
        """When ITEM is due and closes for her, with what she was granted."""
        plan = self.plans.get(item.key)
        return terms_for(
            item.key,
            plan.due_at if plan else None,
            plan.closes_at if plan else None,
            self.extensions,
        )

    def accepts_work(self, item: CourseItem) -> bool:
        """Whether work can still be handed in: the section is open and the item has not closed."""
        closes = self.terms(item).closes_at
        return self.section.closed_at is None and (closes is None or self.now < closes)

    def is_done(self, item: CourseItem) -> bool:
        row = self.progress.get(item.key)
        return row is not None and row.completed_at is not None

    @property
    def done_count(self) -> int:
        return sum(1 for item in self.version.items if self.is_done(item))

    @property
    def next_item(self) -> CourseItem | None:
        """Where she goes on: what she opened last and has not done, or the first that is open."""
        open_items = [i for i in self.version.items if not self.is_done(i) and not self.lock(i)]
        return max(
            (i for i in open_items if self._last_opened(i) is not None),
            key=lambda i: self._last_opened(i) or self.now,
            default=open_items[0] if open_items else None,
        )

    def _last_opened(self, item: CourseItem) -> datetime | None:
        row = self.progress.get(item.key)
        return row.last_opened_at if row is not None else None

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
    asked = _taken(with_staff=policies.teaches_somewhere(person), of_one=True)
    found = db.session.execute(asked, {"person_id": person.id, "code": code}).first()
    if found is None:
        raise NotVisible(code)
    section, enrolment, held = found
    is_staff = policies.is_on_the_staff(person, section)
    if enrolment is None and not is_staff:
        raise NotVisible(code)
    version_id = section.offering.course_version_id
    version = outlines([version_id])[version_id]
    plans = plans_of([section.offering_id]).get(section.offering_id, {})
    hidden = frozenset() if is_staff else frozenset(held or ())
    return SectionView(
        section,
        version,
        enrolment,
        is_staff,
        without_points(progress_of(person, section), hidden),
        plans,
        tuple(extensions_of(person, [section.id]).get(section.id, ()) if _has_dates(plans) else ()),
        group_names_of(person, [section.id]).get(section.id, frozenset())
        if _asks_for_groups(plans)
        else frozenset(),
        held=hidden,
    )


def without_points(
    progress: dict[str, ItemProgress], keys: Collection[str]
) -> dict[str, ItemProgress]:
    """PROGRESS as somebody may know it who is not to know her points of the items KEYS."""
    return progress | {
        key: ItemProgress(
            section_id=row.section_id,
            person_id=row.person_id,
            kind=row.kind,
            slug=row.slug,
            opened_at=row.opened_at,
            last_opened_at=row.last_opened_at,
            completed_at=row.completed_at,
        )
        for key in keys
        if (row := progress.get(key)) is not None
    }


def _has_dates(plans: dict[str, ItemPlan]) -> bool:
    return any(plan.due_at or plan.closes_at for plan in plans.values())


def _asks_for_groups(plans: dict[str, ItemPlan]) -> bool:
    return any(asks_for_group(plan.condition) for plan in plans.values())


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
    rows = db.session.scalars(_progress(), {"person_id": person.id, "section_ids": [section.id]})
    return {f"{row.kind.value}:{row.slug}": row for row in rows}


@cache
def _progress() -> Select[Any]:
    return select(ItemProgress).where(
        ItemProgress.person_id == bindparam("person_id"),
        ItemProgress.section_id.in_(bindparam("section_ids", expanding=True)),
    )


def lesson_body(item: CourseItem) -> CourseItem:
    """ITEM with its text loaded."""
    if "body_html" in inspect(item).unloaded:
        db.session.refresh(item, ["body_html"])
    return item


@cache
def _taken(*, with_staff: bool, of_one: bool = False) -> Select[Any]:
    """The sections that ``person_id`` takes, or the section ``code`` with her enrolment if she has
    one. Who teaches a section matters only where she could be one of them.

    Built once: nearly every page of a course asks it.
    """
    hers = and_(
        Enrolment.section_id == Section.id,
        Enrolment.person_id == bindparam("person_id"),
        Enrolment.withdrawn_at.is_(None),
    )
    parts = SECTION_PARTS + STAFF_PARTS if with_staff else SECTION_PARTS
    statement = select(Section, Enrolment, held_within(Section.id)).options(*parts)
    if of_one:
        return statement.outerjoin(Enrolment, hers).where(Section.code == bindparam("code"))
    return statement.join(Enrolment, hers).order_by(Enrolment.enrolled_at.desc())


@remembered
def my_enrolments(person: Person) -> list[SectionView]:
    """The sections that PERSON takes now, newest first, with her progress, in few statements."""
    asked = _taken(with_staff=policies.teaches_somewhere(person))
    rows = db.session.execute(asked, {"person_id": person.id}).all()
    enrolments = {section.id: enrolment for section, enrolment, _held in rows}
    held = {section.id: frozenset(keys) for section, _enrolment, keys in rows if keys}
    return _views(person, [row[0] for row in rows], enrolments, held)


@remembered
def my_teaching(person: Person) -> list[SectionView]:
    """The sections that PERSON teaches now."""
    sections = db.session.scalars(
        select(Section)
        .join(SectionStaff, SectionStaff.section_id == Section.id)
        .where(SectionStaff.person_id == person.id, SectionStaff.ended_at.is_(None))
        .order_by(Section.code)
        .options(*SECTION_PARTS, *STAFF_PARTS)
    ).all()
    enrolments = {
        row.section_id: row
        for row in db.session.scalars(
            select(Enrolment).where(
                Enrolment.person_id == person.id,
                Enrolment.section_id.in_([section.id for section in sections]),
                Enrolment.withdrawn_at.is_(None),
            )
        )
    }
    return [view for view in _views(person, sections, enrolments) if view.is_staff]


def _views(
    person: Person,
    found: Sequence[Section],
    enrolments: Mapping[uuid.UUID, Enrolment],
    held: Mapping[uuid.UUID, frozenset[str]] = MappingProxyType({}),
) -> list[SectionView]:
    """HELD: items whose points are kept back, by section."""
    if not found:
        return []
    ids = [section.id for section in found]
    staffed = {section.id for section in found if policies.is_on_the_staff(person, section)}
    hidden = {key: keys for key, keys in held.items() if key not in staffed}
    progress: dict[uuid.UUID, dict[str, ItemProgress]] = {}
    for row in db.session.scalars(_progress(), {"person_id": person.id, "section_ids": ids}):
        progress.setdefault(row.section_id, {})[f"{row.kind.value}:{row.slug}"] = row
    versions = outlines({s.offering.course_version_id for s in found})
    plans = plans_of({section.offering_id for section in found})
    dated = any(_has_dates(rows) for rows in plans.values())
    extensions = extensions_of(person, ids) if dated else {}
    grouped = any(_asks_for_groups(rows) for rows in plans.values())
    groups = group_names_of(person, ids) if grouped else {}
    return [
        SectionView(
            section,
            versions[section.offering.course_version_id],
            enrolments.get(section.id),
            section.id in staffed,
            without_points(progress.get(section.id, {}), hidden.get(section.id, ())),
            plans.get(section.offering_id, {}),
            tuple(extensions.get(section.id, ())),
            groups.get(section.id, frozenset()),
            held=hidden.get(section.id, frozenset()),
        )
        for section in found
    ]


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
    return db.session.scalar(
        select(Section).where(Section.code == code).options(*SECTION_PARTS, *STAFF_PARTS)
    )
