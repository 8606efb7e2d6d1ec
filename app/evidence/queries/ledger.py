"""What the ledger says of people: what is live, and which skills it shows."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, text
from sqlalchemy.orm import aliased, joinedload

from app.evidence.models import Evidence, EvidenceWithdrawal
from app.evidence.rules import Vouching, Weighed, highest
from app.kernel.database import NOW, db
from app.kernel.errors import NotVisible
from app.learning.models import Section
from app.skills.models import Skill

__all__ = [
    "Standing", "claims_of", "evidence_in", "history_of", "is_live", "live", "lock", "parts",
    "standing", "standings_from", "standings_of",
]  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A person shows a skill, vouched for at least as ``vouching``; ``level`` is the highest.

    A skill has up to three of them, one for each way of vouching: they are never merged.
    """

    person_id: uuid.UUID
    skill: Skill
    level: int
    vouching: Vouching
    best: Evidence
    evidence: tuple[Evidence, ...]
    """All that counts for it, the best first."""
    since: datetime


def live() -> ColumnElement[bool]:
    """Whether a row holds now: nothing superseded it or took it back, and it is valid."""
    later = aliased(Evidence)
    superseded = exists().where(later.supersedes_id == Evidence.id).correlate(Evidence)
    withdrawn = exists().where(EvidenceWithdrawal.evidence_id == Evidence.id).correlate(Evidence)
    valid = or_(Evidence.valid_until.is_(None), Evidence.valid_until > NOW)
    return ~superseded & ~withdrawn & valid


def is_live(evidence: Evidence) -> bool:
    return bool(db.session.scalar(select(Evidence.id).where(Evidence.id == evidence.id, live())))


def parts() -> Any:
    """What is read along with a piece."""
    return (
        joinedload(Evidence.skill).joinedload(Skill.framework),
        joinedload(Evidence.skill).joinedload(Skill.parent),
        joinedload(Evidence.section),
        joinedload(Evidence.vouched_by),
    )


def standing(person_id: uuid.UUID) -> tuple[Standing, ...]:
    """Every skill that PERSON shows now, in one statement; by skill, then by way of vouching."""
    return standings_of([person_id]).get(person_id, ())


def standings_of(
    person_ids: Collection[uuid.UUID], *, section_id: uuid.UUID | None = None
) -> dict[uuid.UUID, tuple[Standing, ...]]:
    """The same for several people in one statement; SECTION_ID: by what they did there alone."""
    statement = (
        select(Evidence)
        .where(Evidence.person_id.in_(list(person_ids)), live())
        .options(*parts())
        .order_by(Evidence.recorded_at, Evidence.id)
    )
    if section_id is not None:
        statement = statement.where(Evidence.section_id == section_id)
    return standings_from(db.session.scalars(statement).unique().all())


def standings_from(rows: Iterable[Evidence]) -> dict[uuid.UUID, tuple[Standing, ...]]:
    """What live pieces show, by person."""
    held: dict[tuple[uuid.UUID, uuid.UUID], list[Evidence]] = {}
    for row in rows:
        held.setdefault((row.person_id, row.skill_id), []).append(row)
    found: dict[uuid.UUID, list[Standing]] = {}
    for (person_id, _skill_id), pieces in held.items():
        found.setdefault(person_id, []).extend(_of_skill(person_id, pieces))
    return {
        person_id: tuple(
            sorted(all_, key=lambda s: (s.skill.key, list(Vouching).index(s.vouching)))
        )
        for person_id, all_ in found.items()
    }


def _of_skill(person_id: uuid.UUID, rows: Sequence[Evidence]) -> Iterable[Standing]:
    by_id = {row.id: row for row in rows}
    weighed = [
        Weighed(r.id, r.level, r.weight, r.share, r.vouching, r.item, r.valid_from) for r in rows
    ]
    for vouching in Vouching:
        shown = highest(weighed, vouching)
        if shown is not None:
            pieces = tuple(by_id[piece] for piece in shown.ids)
            yield Standing(
                person_id, pieces[0].skill, shown.level, vouching, pieces[0], pieces, shown.since
            )


def claims_of(person_id: uuid.UUID, skill_id: uuid.UUID) -> tuple[Evidence, ...]:
    """Every piece of evidence of one skill that holds now, newest first."""
    rows = db.session.scalars(
        select(Evidence)
        .where(Evidence.person_id == person_id, Evidence.skill_id == skill_id, live())
        .options(*parts())
        .order_by(Evidence.recorded_at.desc(), Evidence.id.desc())
    )
    return tuple(rows)


def history_of(person_id: uuid.UUID) -> Sequence[Evidence]:
    """Everything that was ever recorded of PERSON, newest first, with what took it back."""
    return db.session.scalars(
        select(Evidence)
        .where(Evidence.person_id == person_id)
        .options(*parts(), joinedload(Evidence.withdrawal))
        .order_by(Evidence.recorded_at.desc(), Evidence.id.desc())
    ).all()


def evidence_in(section: Section, evidence_id: uuid.UUID) -> Evidence:
    """A piece that was made in SECTION. Raises NotVisible."""
    found = db.session.scalar(
        select(Evidence)
        .where(Evidence.id == evidence_id, Evidence.section_id == section.id)
        .options(*parts(), joinedload(Evidence.withdrawal))
    )
    if found is None:
        raise NotVisible(str(evidence_id))
    return found


def lock(source_id: uuid.UUID) -> None:
    """Hold what is on record of one work until the transaction ends."""
    db.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('evidence:' || :id, 0))"),
        {"id": str(source_id)},
    )
