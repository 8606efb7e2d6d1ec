"""One writer at a time for a person's grade; for everybody's, when the whole section changes."""

import hashlib
import uuid
from collections.abc import Collection

from sqlalchemy import func, select

from app.kernel.database import db

__all__ = ["hold_people", "hold_section"]

MANY = 50
"""From so many people on the section is held instead."""


def hold_people(section_id: uuid.UUID, people: Collection[uuid.UUID]) -> None:
    """Wait until nobody else writes grades of PEOPLE, then keep others waiting until the end.

    Statements that follow see what those wrote who were waited for.
    """
    if len(people) > MANY:
        hold_section(section_id)
        return
    db.session.execute(select(func.pg_advisory_xact_lock_shared(_number(section_id))))
    for person_id in sorted(people):
        db.session.execute(select(func.pg_advisory_xact_lock(_number(section_id, person_id))))


def hold_section(section_id: uuid.UUID) -> None:
    """As ``hold_people``, for everybody in the section."""
    db.session.execute(select(func.pg_advisory_xact_lock(_number(section_id))))


def _number(*ids: uuid.UUID) -> int:
    """A number of 64 bits for the lock; two that meet by chance only wait for each other."""
    digest = hashlib.blake2b(b"grades" + b"".join(i.bytes for i in ids), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
