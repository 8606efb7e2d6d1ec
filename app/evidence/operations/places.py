"""Where a work was done: its section with the course, and waiting for releases of it."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.catalog.models import Course, CourseVersion
from app.kernel.database import db
from app.learning.models import Offering, Section

__all__ = ["course_of", "item_in", "lock_sections", "with_course"]


def with_course(section: Any) -> Any:
    """Read SECTION, a relationship to sections, along with its course."""
    return (
        joinedload(section)
        .joinedload(Section.offering)
        .joinedload(Offering.course_version)
        .joinedload(CourseVersion.course)
    )


def course_of(section: Section) -> Course:
    return section.offering.course_version.course


def item_in(section: Section, key: str) -> str:
    """An item as the ledger names it: ``COURSE/lab:SLUG``."""
    return f"{course_of(section).slug}/{key}"


def lock_sections(ids: Iterable[uuid.UUID], *, alone: bool = False) -> None:
    """Wait for releases of these sections that are under way; ALONE: for results that arrive, too.

    A result that comes while its item is held and the release of that item must see each other.
    """
    statement = select(Section.id).where(Section.id.in_(sorted(set(ids)))).order_by(Section.id)
    if alone:
        statement = statement.with_for_update()
    else:
        statement = statement.with_for_update(read=True, key_share=True)
    db.session.execute(statement)
