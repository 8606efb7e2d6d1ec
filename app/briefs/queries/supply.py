"""How many students could do it today, and which labs would make them more."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import Person
from app.briefs import rules
from app.briefs.rules import Raw, Supply, Wanted
from app.briefs.rules.purposes import TALENT_SEARCH
from app.evidence import queries as evidence
from app.evidence.models import Evidence
from app.evidence.queries import Proof
from app.evidence.rules import Vouching, Weighed, highest
from app.kernel.database import db
from app.privacy import queries as privacy
from app.skills import queries as skills
from app.skills.models import Skill

__all__ = ["SkillSupply", "SupplyView", "levels_of", "supply_of"]


@dataclass(frozen=True)
class SkillSupply:
    """One skill of a brief, how many show it, and what would let more do so."""

    skill: Skill
    level: int
    is_required: bool
    count: int
    """As ``rules.told``: 0 stands for fewer than five."""
    labs: Sequence[Proof]


@dataclass(frozen=True)
class SupplyView:
    together: int
    """As ``rules.told``: who has all that is required."""
    skills: Sequence[SkillSupply]


def supply_of(raw: Raw) -> SupplyView:
    """Of students who consented to being found by companies; whoever did not is not counted.

    A constant number of statements, however many skills and students there are.
    """
    known = skills.resolve(row["key"] for row in raw["skills"])
    wanted = [
        Wanted(known[row["key"]].id, int(row["level"]), bool(row["required"]))
        for row in raw["skills"]
        if row["key"] in known
    ]
    by_id = {skill.id: skill for skill in known.values()}
    people = levels_of(privacy.consented_people(TALENT_SEARCH.name), by_id)
    counted: Supply[uuid.UUID] = rules.supply(people.values(), wanted)
    proofs = evidence.proofs_by_skill(by_id.values()) if by_id else {}
    return SupplyView(
        counted.together,
        [
            SkillSupply(
                by_id[one.skill],
                one.level,
                one.is_required,
                counted.each[one.skill],
                [proof for proof in proofs[one.skill] if proof.level >= one.level],
            )
            for one in wanted
        ],
    )


def levels_of(
    person_ids: Collection[uuid.UUID], skill_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Mapping[uuid.UUID, int]]:
    """Person → skill → the highest level shown now, however it is vouched for; one statement."""
    if not person_ids or not skill_ids:
        return {}
    rows = db.session.execute(
        select(
            Evidence.person_id, Evidence.skill_id, Evidence.id, Evidence.level, Evidence.weight,
            (Evidence.score / Evidence.max_score).label("share"), Evidence.vouching,
            Evidence.item, Evidence.valid_from,
        )
        .join(Person, Person.id == Evidence.person_id)
        .where(
            Evidence.person_id.in_(list(person_ids)),
            Evidence.skill_id.in_(list(skill_ids)),
            Person.suspended_at.is_(None),
            evidence.live(),
        )
    )  # fmt: skip
    pieces: dict[tuple[uuid.UUID, uuid.UUID], list[Weighed]] = {}
    for row in rows:
        pieces.setdefault((row.person_id, row.skill_id), []).append(
            Weighed(
                row.id, row.level, row.weight, row.share, row.vouching, row.item, row.valid_from
            )
        )
    found: dict[uuid.UUID, dict[uuid.UUID, int]] = {}
    for (person_id, skill_id), weighed in pieces.items():
        shown = highest(weighed, Vouching.AUTOGRADED)
        if shown is not None:
            found.setdefault(person_id, {})[skill_id] = shown.level
    return found
