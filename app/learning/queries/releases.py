"""The one place that says whose points students may know. Everybody above asks here."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload
from sqlalchemy.sql.selectable import Exists

from app.accounts.models import Person
from app.kernel.database import NOW, db
from app.learning import policies
from app.learning.models import GradeRelease, Section
from app.learning.rules.release import Release

__all__ = [
    "held_from", "held_here", "held_items", "held_keys_of", "held_within", "is_held",
    "release_rows", "releases_of",
]  # fmt: skip


def held_keys_of(section_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Items held now by section, in one statement; a section without any is left out."""
    found: dict[uuid.UUID, set[str]] = {}
    rows = select(GradeRelease).where(GradeRelease.section_id.in_(list(section_ids)))
    for row in db.session.scalars(_held_now(rows)):
        found.setdefault(row.section_id, set()).add(row.item_key)
    return {section_id: frozenset(keys) for section_id, keys in found.items()}


def held_items(section_id: uuid.UUID) -> frozenset[str]:
    """Keys of the items of a section whose points its students are not to know now."""
    return held_keys_of([section_id]).get(section_id, frozenset())


def is_held(section_id: uuid.UUID, item_key: str) -> bool:
    return item_key in held_items(section_id)


def held_within(section_id: InstrumentedAttribute[uuid.UUID]) -> ScalarSelect[Any]:
    """A column: the items held now in the section of each row, or nothing."""
    return (
        _held_now(select(func.array_agg(GradeRelease.item_key)))
        .where(GradeRelease.section_id == section_id)
        .correlate_except(GradeRelease)
        .scalar_subquery()
    )


def held_from(person: Person, section: Section, item_key: str) -> Release | None:
    """Why PERSON is not to know points of an item of SECTION now; None when she may.

    Nothing is held from the section's staff.
    """
    if policies.is_on_the_staff(person, section):
        return None
    found = db.session.scalar(
        _held_now(
            select(GradeRelease).where(
                GradeRelease.section_id == section.id, GradeRelease.item_key == item_key
            )
        )
    )
    return found.release if found is not None else None


def releases_of(section_id: uuid.UUID) -> dict[str, Release]:
    """What was said about the items of a section, by key; also what is released by now."""
    rows = db.session.execute(
        select(GradeRelease.item_key, GradeRelease.released_at).where(
            GradeRelease.section_id == section_id
        )
    )
    return {key: Release(at) for key, at in rows}


def release_rows(section_id: uuid.UUID) -> dict[str, GradeRelease]:
    """As ``releases_of``, with who said it and when."""
    rows = db.session.scalars(
        select(GradeRelease)
        .where(GradeRelease.section_id == section_id)
        .options(joinedload(GradeRelease.set_by))
    )
    return {row.item_key: row for row in rows}


def held_here(section_id: InstrumentedAttribute[uuid.UUID], kind: object, slug: object) -> Exists:
    """Whether an item of other rows is held now: to leave it out of what students can infer."""
    return (
        _held_now(select(GradeRelease.id))
        .where(
            GradeRelease.section_id == section_id,
            GradeRelease.item_key == func.concat(kind, ":", slug),
        )
        .correlate_except(GradeRelease)
        .exists()
    )


def _held_now(statement: Select[Any]) -> Select[Any]:
    return statement.where(or_(GradeRelease.released_at.is_(None), GradeRelease.released_at > NOW))
