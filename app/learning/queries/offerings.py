"""Offerings, for those who manage them or work in them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Organisation, Person
from app.accounts.rules import OrganisationKind, Role
from app.catalog import queries as catalog
from app.catalog.models import Course, CourseItem, CourseVersion, Module
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning import policies
from app.learning.models import (
    ItemPlan,
    LiveSession,
    Offering,
    OfferingUpgrade,
    Section,
    SectionStaff,
)
from app.learning.queries.listing import taken_counts
from app.learning.queries.plans import plans_of
from app.learning.rules import OfferingKind

_OFFERING = (
    joinedload(Offering.course_version).joinedload(CourseVersion.course),
    joinedload(Offering.school),
    joinedload(Offering.lead).joinedload(Offering.school),
    selectinload(Offering.sections).selectinload(Section.staff).joinedload(SectionStaff.person),
    selectinload(Offering.sections).joinedload(Section.school),
)


@dataclass(frozen=True)
class OfferingRow:
    """An offering as a list shows it."""

    offering: Offering
    enrolled_count: int
    capacity: int
    may_manage: bool


def my_offerings(person: Person) -> list[OfferingRow]:
    """The offerings that PERSON manages or works in, newest semester first."""
    offices = person.organisations_as(Role.DEPARTMENT_OFFICE)
    teaches = (
        select(Section.offering_id)
        .join(SectionStaff, SectionStaff.section_id == Section.id)
        .where(SectionStaff.person_id == person.id, SectionStaff.ended_at.is_(None))
    )
    found = db.session.scalars(
        select(Offering)
        .where(
            or_(
                Offering.school_id.in_(offices),
                Offering.created_by_id == person.id,
                Offering.id.in_(teaches),
            )
        )
        .order_by(
            Offering.academic_year.desc(),
            Offering.semester.desc(),
            Offering.created_at,
            Offering.id,
        )
        .options(*_OFFERING)
    ).all()
    shown = [o for o in found if policies.can_see_offering(person, o)]
    counts = taken_counts([section.id for o in shown for section in o.sections])
    return [
        OfferingRow(
            offering,
            sum(counts.get(section.id, 0) for section in offering.sections),
            sum(section.capacity for section in offering.sections),
            policies.can_manage_offering(person, offering),
        )
        for offering in shown
    ]


@dataclass(frozen=True)
class OfferingView:
    """An offering as one person works on it."""

    offering: Offering
    version: CourseVersion
    may_manage: bool
    plans: dict[str, ItemPlan] = field(default_factory=dict)

    def item(self, key: str) -> CourseItem:
        """Raises NotVisible when the version has no such item."""
        found = next((item for item in self.version.items if item.key == key), None)
        if found is None:
            raise NotVisible(key)
        return found


def offering_for(person: Person, offering_id: uuid.UUID) -> OfferingView:
    """An offering that PERSON manages or works in. Raises NotVisible."""
    offering = db.session.scalar(
        select(Offering).where(Offering.id == offering_id).options(*_OFFERING)
    )
    if offering is None or not policies.can_see_offering(person, offering):
        raise NotVisible(str(offering_id))
    version = catalog.course_version(offering.course_version_id)
    assert version is not None
    return OfferingView(
        offering,
        version,
        policies.can_manage_offering(person, offering),
        plans_of([offering.id]).get(offering.id, {}),
    )


def offering_managed_by(person: Person, offering_id: uuid.UUID) -> OfferingView:
    """An offering that PERSON manages. Raises NotVisible."""
    view = offering_for(person, offering_id)
    if not view.may_manage:
        raise NotVisible(str(offering_id))
    return view


def schools_to_offer_at(person: Person) -> Sequence[Organisation]:
    """The schools for which PERSON may open an offering."""
    return db.session.scalars(
        select(Organisation)
        .where(
            Organisation.id.in_(person.organisations_as(Role.INSTRUCTOR, Role.DEPARTMENT_OFFICE)),
            Organisation.kind == OrganisationKind.SCHOOL,
        )
        .order_by(Organisation.slug)
    ).all()


def courses_to_offer() -> Sequence[CourseVersion]:
    """The newest version of every course that is taught."""
    return db.session.scalars(
        select(CourseVersion)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.withdrawn_at.is_(None))
        .ext(distinct_on(CourseVersion.course_id))
        .order_by(CourseVersion.course_id, CourseVersion.number.desc())
        .options(joinedload(CourseVersion.course))
    ).all()


def lead_offerings() -> Sequence[Offering]:
    """Lead courses that other schools may follow, newest semester first."""
    return db.session.scalars(
        select(Offering)
        .where(Offering.kind == OfferingKind.LEAD)
        .order_by(Offering.academic_year.desc(), Offering.semester.desc(), Offering.id)
        .options(joinedload(Offering.course_version), joinedload(Offering.school))
    ).all()


def newer_versions(offering: Offering) -> Sequence[CourseVersion]:
    """The other published versions of an offering's course, newest first."""
    return db.session.scalars(
        select(CourseVersion)
        .where(
            CourseVersion.course_id == offering.course_version.course_id,
            CourseVersion.id != offering.course_version_id,
        )
        .order_by(CourseVersion.number.desc())
    ).all()


def newer_version(offering: Offering) -> CourseVersion | None:
    """The newest version of an offering's course when it teaches an older one."""
    taught = offering.course_version
    asked = {"course_id": taught.course_id, "number": taught.number}
    return db.session.scalar(_newer(), asked)


@cache
def _newer() -> Select[CourseVersion]:
    return (
        select(CourseVersion)
        .where(
            CourseVersion.course_id == bindparam("course_id"),
            CourseVersion.number > bindparam("number"),
        )
        .order_by(CourseVersion.number.desc())
        .limit(1)
    )


def upgrades_of(offering_id: uuid.UUID) -> Sequence[OfferingUpgrade]:
    """How an offering moved through versions, newest first."""
    return db.session.scalars(
        select(OfferingUpgrade)
        .where(OfferingUpgrade.offering_id == offering_id)
        .order_by(OfferingUpgrade.at.desc())
        .options(joinedload(OfferingUpgrade.before), joinedload(OfferingUpgrade.after))
    ).all()


@dataclass(frozen=True)
class Change:
    """What became of one item from one version to another."""

    what: str
    """``added``, ``removed``, ``changed`` or ``moved``."""
    item: CourseItem


def changes_between(before_id: uuid.UUID, after_id: uuid.UUID) -> list[Change]:
    """What learners of a running offering find different, item by item."""
    before, after = (catalog.course_version(key) for key in (before_id, after_id))
    if before is None or after is None:
        return []
    texts = _texts(before_id, after_id)
    old = {item.key: item for item in before.items}
    new = {item.key: item for item in after.items}
    found = [Change("added", item) for key, item in new.items() if key not in old]
    for key, item in new.items():
        was = old.get(key)
        if was is None:
            continue
        if (
            was.lab_version_id != item.lab_version_id
            or was.title != item.title
            or texts.get(was.id) != texts.get(item.id)
        ):
            found.append(Change("changed", item))
        elif was.module.slug != item.module.slug:
            found.append(Change("moved", item))
    return found + [Change("removed", item) for key, item in old.items() if key not in new]


def _texts(*version_ids: uuid.UUID) -> dict[uuid.UUID, object]:
    rows = db.session.execute(
        select(CourseItem.id, CourseItem.body_html)
        .join(Module, Module.id == CourseItem.module_id)
        .where(Module.course_version_id.in_(version_ids))
    )
    return {item_id: text for item_id, text in rows}


def sessions_of(section_ids: Sequence[uuid.UUID]) -> Sequence[LiveSession]:
    """Live sessions of sections by time, cancelled ones too."""
    return db.session.scalars(
        select(LiveSession)
        .where(LiveSession.section_id.in_(section_ids))
        .order_by(LiveSession.starts_at)
    ).all()


__all__ = [
    "Change",
    "OfferingRow",
    "OfferingView",
    "changes_between",
    "courses_to_offer",
    "lead_offerings",
    "my_offerings",
    "newer_version",
    "newer_versions",
    "offering_for",
    "offering_managed_by",
    "schools_to_offer_at",
    "sessions_of",
    "upgrades_of",
]
