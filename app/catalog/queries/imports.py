"""Reading imports, through the person who asks."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalog import policies
from app.catalog.models import CourseImport
from app.kernel.database import db
from app.kernel.errors import NotVisible

__all__ = ["import_visible_to", "imports_into"]


def import_visible_to(person: Person, import_id: uuid.UUID) -> CourseImport:
    """The import, for who began it, and once it is in a course for who may write that.

    Raises NotVisible.
    """
    found = db.session.get(CourseImport, import_id)
    if found is None:
        raise NotVisible(str(import_id))
    mine = found.person_id == person.id and policies.instructs_somewhere(person)
    if not mine and (found.course is None or not policies.can_edit(person, found.course)):
        raise NotVisible(str(import_id))
    return found


def imports_into(course_id: uuid.UUID) -> list[CourseImport]:
    """What was imported into a course, the last first."""
    return list(
        db.session.scalars(
            select(CourseImport)
            .where(CourseImport.course_id == course_id)
            .order_by(CourseImport.imported_at.desc())
            .options(joinedload(CourseImport.person))
        )
    )
