"""Holding and releasing grades and feedback of a section's items."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.learning.events import GradesHeld, GradesReleased
from app.learning.models import GradeRelease, Section
from app.learning.rules.release import is_item_key

__all__ = ["FURTHEST", "NothingChosen", "TimeWrong", "hold", "release_at", "release_now",
           "tell_released"]  # fmt: skip

FURTHEST = timedelta(days=730)


class NothingChosen(Refused):
    message = _l("Choose at least one item.")


class TimeWrong(Refused):
    message = _l("Choose a time that is to come, at most two years ahead.")


@operation
def hold(actor: Person, sections: Iterable[Section], keys: Collection[str]) -> int:
    """Students of SECTIONS are not to know their points of the items KEYS until somebody releases
    them; returns for how many items that is new. What was released is taken back, and the audit
    says so. Raises NothingChosen."""
    return _set(actor, sections, keys, None)


@operation
def release_now(actor: Person, sections: Iterable[Section], keys: Collection[str]) -> int:
    """Students may know from now on; returns how many items were held. Raises NothingChosen."""
    return _set(actor, sections, keys, clock.now())


@operation
def release_at(
    actor: Person, sections: Iterable[Section], keys: Collection[str], at: datetime
) -> int:
    """Hold until AT, then let them know. Raises NothingChosen, TimeWrong."""
    if not clock.now() < at <= clock.now() + FURTHEST:
        raise TimeWrong
    return _set(actor, sections, keys, at)


def _set(
    actor: Person, sections: Iterable[Section], keys: Collection[str], at: datetime | None
) -> int:
    wanted = sorted(key for key in set(keys) if is_item_key(key))
    if not wanted:
        raise NothingChosen
    now, batch, changed = clock.now(), new_id(), 0
    is_out = at is not None and at <= now
    for section in sorted(sections, key=lambda section: section.id):
        rows = _held_rows(section, wanted)
        fresh = []
        for key in wanted:
            row = rows.get(key)
            was_out = row is None or not row.release.is_held(now)
            if (is_out and was_out) or (row is not None and not is_out and row.released_at == at):
                continue
            if row is None:
                row = GradeRelease(section_id=section.id, item_key=key, set_by_id=actor.id)
                db.session.add(row)
            row.released_at, row.batch_id, row.told_at = at, batch, None
            row.set_at, row.set_by_id = now, actor.id
            fresh.append((key, was_out))
        if not fresh:
            continue
        db.session.flush()
        changed += len(fresh)
        verb = "released" if is_out else "timed" if at else "held"
        audit.record(
            actor.id,
            f"grades.{verb}",
            "section",
            section.id,
            items=[key for key, _was in fresh],
            taken_back=[key for key, was in fresh if was and not is_out],
            at=at.isoformat() if at else None,
        )
        if not is_out:
            publish(GradesHeld(section.id, tuple(key for key, _was in fresh)))
    if changed and is_out:
        tell_released(batch)
    elif changed and at is not None:
        defer("learning.tasks.release_grades", at=at, batch_id=str(batch))
    return changed


def _held_rows(section: Section, keys: Collection[str]) -> dict[str, GradeRelease]:
    """What was said about KEYS, with the section held: two people may press at once."""
    db.session.execute(select(Section.id).where(Section.id == section.id).with_for_update())
    rows = db.session.scalars(
        select(GradeRelease)
        .where(GradeRelease.section_id == section.id, GradeRelease.item_key.in_(keys))
        .execution_options(populate_existing=True)
    )
    return {row.item_key: row for row in rows}


@operation
def tell_released(batch_id: uuid.UUID) -> int:
    """Announce what of a batch is out by now, once; returns how many items of sections.

    What was set anew since belongs to another batch. Safe to run twice.
    """
    rows = db.session.scalars(
        select(GradeRelease)
        .where(
            GradeRelease.batch_id == batch_id,
            GradeRelease.told_at.is_(None),
            GradeRelease.released_at <= clock.now(),
        )
        .order_by(GradeRelease.section_id, GradeRelease.item_key)
        .with_for_update()
    ).all()
    by_section: dict[uuid.UUID, list[str]] = {}
    for row in rows:
        row.told_at = clock.now()
        by_section.setdefault(row.section_id, []).append(row.item_key)
    db.session.flush()
    for section_id, keys in by_section.items():
        publish(GradesReleased(section_id, tuple(keys), batch_id))
    return len(rows)
