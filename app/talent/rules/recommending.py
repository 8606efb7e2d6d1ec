"""Which briefs suit a student. Each reason is a fact that she can check.

Nothing is known here but skills, interests and places: no name, gender, age, school or origin.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FactKind(StrEnum):
    ALL_SKILLS = "all-skills"
    MISSING = "missing"
    WISHED = "wished"
    INTEREST = "interest"
    PLACE = "place"
    REMOTE = "remote"


@dataclass(frozen=True)
class Fact:
    """A reason. SKILL_ID, and the levels that are held and wanted, for a missing or wished one."""

    kind: FactKind
    skill_id: uuid.UUID | None = None
    held: int = 0
    wanted: int = 0


@dataclass(frozen=True)
class Wants:
    """What a brief wants: levels by skill."""

    brief_id: uuid.UUID
    required: Mapping[uuid.UUID, int]
    wished: Mapping[uuid.UUID, int]
    industry: str
    county: str
    is_remote: bool
    apply_until: datetime


@dataclass(frozen=True)
class Suits:
    """What is known of the student: levels by skill, and what she said of herself."""

    levels: Mapping[uuid.UUID, int]
    industries: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Recommended:
    brief_id: uuid.UUID
    facts: tuple[Fact, ...]
    missing_count: int


def recommend(student: Suits, briefs: Iterable[Wants]) -> Sequence[Recommended]:
    """BRIEFS with their reasons: fewest missing required skills first, then most reasons that
    speak for it, then what ends first."""
    made = []
    for brief in briefs:
        facts = _facts(student, brief)
        missing = sum(fact.kind is FactKind.MISSING for fact in facts)
        good = len(facts) - missing
        made.append((missing, -good, brief.apply_until, str(brief.brief_id), facts))
    made.sort(key=lambda row: row[:4])
    return [Recommended(uuid.UUID(row[3]), row[4], row[0]) for row in made]


def _facts(student: Suits, brief: Wants) -> tuple[Fact, ...]:
    missing = [
        Fact(FactKind.MISSING, skill_id, student.levels.get(skill_id, 0), level)
        for skill_id, level in brief.required.items()
        if student.levels.get(skill_id, 0) < level
    ]
    facts: list[Fact] = [] if missing or not brief.required else [Fact(FactKind.ALL_SKILLS)]
    facts += [
        Fact(FactKind.WISHED, skill_id, student.levels[skill_id], level)
        for skill_id, level in brief.wished.items()
        if student.levels.get(skill_id, 0) >= level
    ]
    if brief.industry in student.industries:
        facts.append(Fact(FactKind.INTEREST))
    if brief.is_remote:
        facts.append(Fact(FactKind.REMOTE))
    elif brief.county and brief.county in student.counties:
        facts.append(Fact(FactKind.PLACE))
    return (*facts, *missing)
