"""Outlines of course versions, kept in the process: a published version never changes.

What is kept says the same to everybody; who may see it is decided before, by whoever asks.
"""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, raiseload, selectinload, undefer
from sqlalchemy.orm.attributes import set_committed_value

from app.catalog.models import Course, CourseItem, CourseVersion, Module
from app.kernel.database import db
from app.labs.models import LabVersion

__all__ = ["item", "outlines"]

MOST_KEPT = 500
"""Versions in one process, the most recently read; each takes about 20 KB."""

_kept: OrderedDict[uuid.UUID, CourseVersion] = OrderedDict()
_lock = threading.Lock()

_PARTS = (
    # Only its address: where a course stands and who leads it may change.
    joinedload(CourseVersion.course).load_only(Course.slug),
    selectinload(CourseVersion.modules)
    .selectinload(Module.items)
    .joinedload(CourseItem.lab_version)
    .defer(LabVersion.roads),  # planned after the lab was published
    raiseload("*"),
)


def outlines(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, CourseVersion]:
    """Course versions by id with their modules and items, to be read only.

    They belong to no session: what is not in the outline (texts of items, quizzes, files and roads
    of labs, editors of the course) raises DetachedInstanceError; ``item`` loads it. At most three
    statements, mostly none.
    """
    with _lock:
        found = {key: _kept[key] for key in ids if key in _kept}
        for key in found:
            _kept.move_to_end(key)
    absent = [key for key in ids if key not in found]
    if absent:
        fresh = _load(absent)
        found |= fresh
        with _lock:
            _kept.update(fresh)
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return found


def _load(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, CourseVersion]:
    # A session of its own: what the request's session holds stays as it is.
    connection = db.session.connection()
    with Session(connection, join_transaction_mode="rollback_only") as session:
        statement = select(CourseVersion).where(CourseVersion.id.in_(ids)).options(*_PARTS)
        versions = session.scalars(statement).all()
        for version in versions:
            for module in version.modules:
                for one in module.items:
                    set_committed_value(one, "module", module)
        session.expunge_all()
    return {version.id: version for version in versions}


def item(item_id: uuid.UUID) -> CourseItem:
    """An item with its text, its module and its lab version, in one statement."""
    return db.session.scalars(
        select(CourseItem)
        .where(CourseItem.id == item_id)
        .options(
            undefer(CourseItem.body_html),
            joinedload(CourseItem.module),
            joinedload(CourseItem.lab_version),
        )
    ).one()
