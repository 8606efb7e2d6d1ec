"""What a student has marked and asked for, and when her section meets."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalog.models import CourseItem, CourseVersion
from app.kernel.database import db
from app.learning.models import (
    Bookmark,
    LiveSession,
    Offering,
    PlaceRequest,
    Section,
)
from app.learning.queries.sections import SectionView
from app.learning.rules import LIVE_REQUESTS

__all__ = [
    "Marked",
    "bookmarked_keys",
    "coming_sessions",
    "my_bookmarks",
    "my_requests",
]


@dataclass(frozen=True)
class Marked:
    """A bookmark that leads somewhere."""

    view: SectionView
    item: CourseItem


def my_bookmarks(person: Person, views: Sequence[SectionView]) -> list[Marked]:
    """PERSON's bookmarks in VIEWS (her sections), newest first, without items that are gone."""
    by_section = {view.section.id: view for view in views}
    found = []
    for row in db.session.scalars(
        select(Bookmark)
        .where(Bookmark.person_id == person.id, Bookmark.section_id.in_(by_section))
        .order_by(Bookmark.created_at.desc())
    ):
        view = by_section[row.section_id]
        item = next((item for item in view.version.items if item.key == row.item_key), None)
        if item is not None:
            found.append(Marked(view, item))
    return found


def bookmarked_keys(person: Person, section: Section) -> set[str]:
    return set(
        db.session.scalars(
            select(Bookmark.item_key).where(
                Bookmark.person_id == person.id, Bookmark.section_id == section.id
            )
        )
    )


def my_requests(person: Person) -> Sequence[PlaceRequest]:
    """The places that PERSON has asked for and waits for."""
    return db.session.scalars(
        select(PlaceRequest)
        .where(PlaceRequest.person_id == person.id, PlaceRequest.state.in_(LIVE_REQUESTS))
        .order_by(PlaceRequest.requested_at)
        .options(
            joinedload(PlaceRequest.section).options(
                joinedload(Section.offering)
                .joinedload(Offering.course_version)
                .joinedload(CourseVersion.course),
                joinedload(Section.school),
            )
        )
    ).all()


def coming_sessions(section: Section) -> Sequence[LiveSession]:
    """Live sessions of SECTION that are not cancelled, by time."""
    return db.session.scalars(
        select(LiveSession)
        .where(LiveSession.section_id == section.id, LiveSession.cancelled_at.is_(None))
        .order_by(LiveSession.starts_at)
    ).all()
