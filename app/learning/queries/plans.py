"""Dates, release conditions and extensions."""

import uuid
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.kernel.database import db
from app.learning.models import Extension, ItemPlan, Section


def plans_of(offering_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, ItemPlan]]:
    """The plans of offerings, by offering and item key, in one statement."""
    found: dict[uuid.UUID, dict[str, ItemPlan]] = {}
    for row in db.session.scalars(_plans(), {"offering_ids": list(offering_ids)}):
        found.setdefault(row.offering_id, {})[row.item_key] = row
    return found


@cache
def _plans() -> Select[Any]:
    return select(ItemPlan).where(
        ItemPlan.offering_id.in_(bindparam("offering_ids", expanding=True))
    )


def extensions_of(
    person: Person, section_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[Extension]]:
    """What PERSON was granted and still has, by section, in one statement."""
    found: dict[uuid.UUID, list[Extension]] = {}
    asked = {"person_id": person.id, "section_ids": list(section_ids)}
    for row in db.session.scalars(_extensions(), asked):
        found.setdefault(row.section_id, []).append(row)
    return found


@cache
def _extensions() -> Select[Any]:
    return select(Extension).where(
        Extension.person_id == bindparam("person_id"),
        Extension.section_id.in_(bindparam("section_ids", expanding=True)),
        Extension.ended_at.is_(None),
    )


def extensions_in(section: Section) -> Sequence[Extension]:
    """Every extension of SECTION that still holds, by student."""
    return db.session.scalars(
        select(Extension)
        .join(Person, Person.id == Extension.person_id)
        .where(Extension.section_id == section.id, Extension.ended_at.is_(None))
        .order_by(Person.name, Extension.granted_at)
        .options(joinedload(Extension.person), joinedload(Extension.granted_by))
    ).all()
