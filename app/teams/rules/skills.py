"""What a team can do together, beside what something wants of it."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.evidence.rules import Vouching


@dataclass(frozen=True)
class Wanted:
    """A skill that something wants, at LEVEL at least. Not required: wished."""

    skill_id: uuid.UUID
    level: int
    is_required: bool = True


@dataclass(frozen=True)
class Held:
    """A member shows a skill at LEVEL, vouched for in one way. The ways are never merged."""

    person_id: uuid.UUID
    skill_id: uuid.UUID
    level: int
    vouching: Vouching


@dataclass(frozen=True)
class SkillRow:
    """One wanted skill and who of the team has it."""

    wanted: Wanted
    holders: tuple[Held, ...]
    """Who shows it at the level or above, one line for each way of vouching."""
    nearest: int
    """The highest level that anybody of the team shows, 0 for nobody."""

    @property
    def is_met(self) -> bool:
        return bool(self.holders)


def balance(wanted: Sequence[Wanted], held: Iterable[Held]) -> tuple[SkillRow, ...]:
    """Each of WANTED, in its order, beside what the members hold."""
    by_skill: dict[uuid.UUID, list[Held]] = {}
    for one in held:
        by_skill.setdefault(one.skill_id, []).append(one)
    rows = []
    for want in wanted:
        mine = by_skill.get(want.skill_id, [])
        enough = sorted(
            (one for one in mine if one.level >= want.level),
            key=lambda one: (-one.level, str(one.person_id), one.vouching),
        )
        rows.append(SkillRow(want, tuple(enough), max((one.level for one in mine), default=0)))
    return tuple(rows)


def gain(
    rows: Sequence[SkillRow], candidate: Collection[Held] | Mapping[uuid.UUID, int]
) -> tuple[uuid.UUID, ...]:
    """Which wanted skills, missing so far, the team would have with CANDIDATE; required first."""
    if isinstance(candidate, Mapping):
        levels = dict(candidate)
    else:
        levels = {}
        for one in candidate:
            levels[one.skill_id] = max(levels.get(one.skill_id, 0), one.level)
    missing = [
        row
        for row in rows
        if not row.is_met and levels.get(row.wanted.skill_id, 0) >= row.wanted.level
    ]
    return tuple(
        row.wanted.skill_id for row in sorted(missing, key=lambda row: not row.wanted.is_required)
    )
