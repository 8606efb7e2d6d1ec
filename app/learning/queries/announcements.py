"""Announcements, through who reads or makes them."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload

from app.accounts.models import Membership, Organisation, Person
from app.accounts.queries.people import listed
from app.accounts.rules import OrganisationKind, Role
from app.kernel.database import NOW, db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed
from app.learning import policies
from app.learning.models import (
    Announcement,
    AnnouncementReading,
    Enrolment,
    Offering,
    Section,
    SectionStaff,
)
from app.learning.queries.discussions import taught_sections
from app.learning.queries.sections import my_enrolments
from app.learning.rules import OfferingKind

__all__ = [
    "Audience",
    "MadeRow",
    "Read",
    "announcement_for",
    "announcement_managed_by",
    "due_announcements",
    "has_unread_announcements",
    "latest_in",
    "made_for",
    "my_announcements",
    "people_of",
    "recipients_after",
    "recipients_count",
    "schools",
    "unread_announcements",
]

_PARTS = (
    joinedload(Announcement.author),
    joinedload(Announcement.section)
    .joinedload(Section.offering)
    .joinedload(Offering.course_version),
    joinedload(Announcement.offering).joinedload(Offering.course_version),
)


@dataclass(frozen=True)
class Read:
    """An announcement as one person meets it."""

    announcement: Announcement
    is_read: bool


@dataclass(frozen=True)
class Audience:
    """For whom something is announced: a section, an offering, or (neither) people of the site."""

    section: Section | None = None
    offering: Offering | None = None


def _is_out() -> ColumnElement[bool]:
    return and_(Announcement.withdrawn_at.is_(None), Announcement.publish_at <= NOW)


@cache
def _for_her() -> ColumnElement[bool]:
    """What is announced to somebody through sections that she takes or teaches, and her roles.

    Built once; what it asks for is in ``_about``.
    """
    return _through(bindparam("sections", expanding=True), bindparam("since"))


def _through(sections: Any, since: Any) -> ColumnElement[bool]:
    """What is announced through these sections, and since then to the roles of ``person_id``."""
    offerings = select(Section.offering_id).where(Section.id.in_(sections))
    leads = select(Offering.lead_id).where(Offering.id.in_(offerings))
    school = func.jsonb_build_array(cast(Membership.organisation_id, String))
    role = func.jsonb_build_array(Membership.role)
    through = exists().where(
        Membership.person_id == bindparam("person_id"),
        Membership.ended_at.is_(None),
        or_(Announcement.school_ids.is_(None), Announcement.school_ids.contains(school)),
        or_(Announcement.roles.is_(None), Announcement.roles.contains(role)),
    )
    return or_(
        Announcement.section_id.in_(sections),
        Announcement.offering_id.in_(offerings),
        and_(Announcement.with_followers, Announcement.offering_id.in_(leads)),
        and_(
            Announcement.section_id.is_(None),
            Announcement.offering_id.is_(None),
            Announcement.publish_at >= since,
            or_(
                and_(Announcement.school_ids.is_(None), Announcement.roles.is_(None)),
                through,
            ),
        ),
    )


def _about(person: Person, taken: Iterable[uuid.UUID] | None = None) -> dict[str, Any]:
    """The values that ``_for_her`` asks for. TAKEN: the sections that she takes, if known."""
    if taken is None:
        taken = db.session.scalars(
            select(Enrolment.section_id).where(
                Enrolment.person_id == person.id, Enrolment.withdrawn_at.is_(None)
            )
        )
    sections = [*taken, *(section.id for section in taught_sections(person))]
    return {"sections": sections, "person_id": person.id, "since": person.created_at}


def _reading(person: Person) -> ColumnElement[bool]:
    return exists().where(
        AnnouncementReading.announcement_id == Announcement.id,
        AnnouncementReading.person_id == person.id,
    )


def _order(statement: Any) -> Any:
    pinned = func.coalesce(Announcement.pinned_until > NOW, False)
    return statement.order_by(pinned.desc(), Announcement.publish_at.desc(), Announcement.id)


def my_announcements(person: Person, page: int) -> tuple[Listed[Announcement], set[uuid.UUID]]:
    """One page of what was announced to PERSON, pinned ones first, and which of it she has read."""
    statement = select(Announcement).where(_is_out(), _for_her()).params(_about(person))
    found = listed(_order(statement.options(*_PARTS)), page)
    return found, _read_among(person, found.rows)


def unread_announcements(person: Person, most: int) -> Sequence[Announcement]:
    """What PERSON has not read, pinned ones first; not what she announced herself."""
    about = _about(person, [view.section.id for view in my_enrolments(person)])
    ids = db.session.scalars(_unread(), about | {"most": most}).all()
    if not ids:
        return []
    statement = select(Announcement).where(Announcement.id.in_(ids)).options(*_PARTS)
    return db.session.scalars(_order(statement)).all()


def has_unread_announcements() -> ColumnElement[bool]:
    """Whether something was announced to ``person_id`` that she has not read."""
    sections = union_all(
        select(Enrolment.section_id).where(
            Enrolment.person_id == bindparam("person_id"), Enrolment.withdrawn_at.is_(None)
        ),
        select(SectionStaff.section_id).where(
            SectionStaff.person_id == bindparam("person_id"), SectionStaff.ended_at.is_(None)
        ),
    )
    since = select(Person.created_at).where(Person.id == bindparam("person_id")).scalar_subquery()
    return exists().where(_is_unread(), _through(sections, since))


def _is_unread() -> ColumnElement[bool]:
    read = exists().where(
        AnnouncementReading.announcement_id == Announcement.id,
        AnnouncementReading.person_id == bindparam("person_id"),
    )
    return and_(_is_out(), ~read, Announcement.author_id != bindparam("person_id"))


@cache
def _unread() -> Select[Any]:
    statement = select(Announcement.id).where(_is_unread(), _for_her())
    return _order(statement).limit(bindparam("most", type_=Integer))


def latest_in(person: Person, section: Section, most: int = 3) -> list[Read]:
    """The latest announcements of a section and its offering, for somebody who may see it."""
    lead_id = section.offering.lead_id
    statement = (
        select(Announcement, _reading(person))
        .where(
            _is_out(),
            or_(
                Announcement.section_id == section.id,
                Announcement.offering_id == section.offering_id,
                and_(Announcement.with_followers, Announcement.offering_id == lead_id)
                if lead_id
                else Announcement.section_id == section.id,
            ),
        )
        .options(joinedload(Announcement.author))
        .limit(most)
    )
    return [Read(row, is_read) for row, is_read in db.session.execute(_order(statement))]


def _read_among(person: Person, rows: Sequence[Announcement]) -> set[uuid.UUID]:
    return set(
        db.session.scalars(
            select(AnnouncementReading.announcement_id).where(
                AnnouncementReading.person_id == person.id,
                AnnouncementReading.announcement_id.in_([row.id for row in rows]),
            )
        )
    )


def announcement_for(person: Person, announcement_id: uuid.UUID) -> tuple[Announcement, bool]:
    """An announcement to PERSON, or one that she may change, and whether she may. Raises
    NotVisible."""
    found = db.session.scalar(
        select(Announcement).where(Announcement.id == announcement_id).options(*_PARTS)
    )
    if found is None:
        raise NotVisible(str(announcement_id))
    if policies.can_change_announcement(person, found):
        return found, True
    hers = db.session.scalar(
        select(Announcement.id).where(Announcement.id == found.id, _is_out(), _for_her()),
        _about(person),
    )
    if hers is None:
        raise NotVisible(str(announcement_id))
    return found, False


def announcement_managed_by(person: Person, announcement_id: uuid.UUID) -> Announcement:
    """Raises NotVisible."""
    found, may_change = announcement_for(person, announcement_id)
    if not may_change:
        raise NotVisible(str(announcement_id))
    return found


@dataclass(frozen=True)
class MadeRow:
    """An announcement as its makers see it."""

    announcement: Announcement
    read_count: int


def made_for(audience: Audience, page: int) -> tuple[list[MadeRow], Listed[Announcement]]:
    """One page of what was announced to AUDIENCE, withdrawn and planned ones too, newest first,
    with how many have read each."""
    statement = (
        select(Announcement)
        .where(
            Announcement.section_id == audience.section.id
            if audience.section
            else Announcement.section_id.is_(None),
            Announcement.offering_id == audience.offering.id
            if audience.offering
            else Announcement.offering_id.is_(None),
        )
        .order_by(Announcement.publish_at.desc(), Announcement.id)
        .options(joinedload(Announcement.author))
    )
    found = listed(statement, page)
    counts = {
        key: count
        for key, count in db.session.execute(
            select(AnnouncementReading.announcement_id, func.count())
            .join(Announcement, Announcement.id == AnnouncementReading.announcement_id)
            .where(
                Announcement.id.in_([row.id for row in found.rows]),
                AnnouncementReading.person_id != Announcement.author_id,
            )
            .group_by(AnnouncementReading.announcement_id)
        )
    }
    return [MadeRow(row, counts.get(row.id, 0)) for row in found.rows], found


def people_of(announcement: Announcement) -> Select[Any]:
    """Whom an announcement is for, now, without its author and the suspended."""
    people = select(Person.id).where(
        Person.suspended_at.is_(None), Person.id != announcement.author_id
    )
    if announcement.section_id is None and announcement.offering_id is None:
        return _members(people, announcement)
    sections = select(Section.id)
    if announcement.section_id is not None:
        sections = sections.where(Section.id == announcement.section_id)
    else:
        ways = [Section.offering_id == announcement.offering_id]
        if announcement.with_followers:
            followers = select(Offering.id).where(
                Offering.lead_id == announcement.offering_id,
                Offering.kind.in_((OfferingKind.MIRROR, OfferingKind.SATELLITE)),
            )
            ways.append(Section.offering_id.in_(followers))
        sections = sections.where(or_(*ways))
    return people.where(
        or_(
            Person.id.in_(
                select(Enrolment.person_id).where(
                    Enrolment.section_id.in_(sections), Enrolment.withdrawn_at.is_(None)
                )
            ),
            Person.id.in_(
                select(SectionStaff.person_id).where(
                    SectionStaff.section_id.in_(sections), SectionStaff.ended_at.is_(None)
                )
            ),
        )
    )


def _members(people: Select[Any], announcement: Announcement) -> Select[Any]:
    if announcement.school_ids is None and announcement.roles is None:
        return people
    through = select(Membership.person_id).where(Membership.ended_at.is_(None))
    if announcement.school_ids is not None:
        ids = [uuid.UUID(one) for one in announcement.school_ids]
        through = through.where(Membership.organisation_id.in_(ids))
    if announcement.roles is not None:
        through = through.where(Membership.role.in_([Role(one) for one in announcement.roles]))
    return people.where(Person.id.in_(through))


def recipients_after(
    announcement: Announcement, after: uuid.UUID | None, most: int
) -> Sequence[uuid.UUID]:
    """The next people whom it is for, by id."""
    statement = people_of(announcement)
    if after is not None:
        statement = statement.where(Person.id > after)
    return db.session.scalars(statement.order_by(Person.id).limit(most)).all()


def recipients_count(announcement: Announcement) -> tuple[int, int]:
    """For how many people it is, and how many of them have read it."""
    people = people_of(announcement).subquery()
    total, read = db.session.execute(
        select(func.count(), func.count(AnnouncementReading.id))
        .select_from(people)
        .outerjoin(
            AnnouncementReading,
            and_(
                AnnouncementReading.person_id == people.c.id,
                AnnouncementReading.announcement_id == announcement.id,
            ),
        )
    ).one()
    return total, read


def due_announcements() -> Sequence[Announcement]:
    """What is out and nobody has been told of yet."""
    return db.session.scalars(
        select(Announcement)
        .where(_is_out(), Announcement.begun_at.is_(None))
        .with_for_update(skip_locked=True)
    ).all()


def schools() -> Sequence[Organisation]:
    """Every school, for choosing whom an announcement is for."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.kind == OrganisationKind.SCHOOL)
        .order_by(Organisation.slug)
    ).all()
