"""Which skills an item proves: what its lab says, and what editors of the course mapped."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select

from app.evidence.models import SkillMapping
from app.evidence.rules import Found
from app.kernel.database import db
from app.skills import queries as skills
from app.skills.rules import named_in

__all__ = ["Finder"]


class Finder:
    """Knows the mappings of some courses and the skills that some labs name: two statements."""

    def __init__(
        self, course_ids: Collection[uuid.UUID], labs: Iterable[list[Mapping[str, Any]]] = ()
    ) -> None:
        self.mapped: dict[tuple[uuid.UUID, str], list[SkillMapping]] = {}
        for row in db.session.scalars(
            select(SkillMapping)
            .where(SkillMapping.course_id.in_(list(course_ids)), SkillMapping.ended_at.is_(None))
            .order_by(SkillMapping.made_at, SkillMapping.id)
        ):
            self.mapped.setdefault((row.course_id, row.item_key), []).append(row)
        self.known = skills.resolve({one.key for named in labs for one in named_in(named)})

    def named(
        self, course_id: uuid.UUID, key: str, lab: Iterable[Mapping[str, Any]] = ()
    ) -> list[Found]:
        """What the item KEY proves. What an editor said of a skill goes before the lab's word."""
        mapped = [
            Found(row.skill_id, row.level, row.weight)
            for row in self.mapped.get((course_id, key), ())
        ]
        said = {one.skill_id for one in mapped}
        for one in named_in(lab):
            skill = self.known.get(one.key)
            if skill is not None and skill.id not in said:
                level = min(one.level, skill.framework.highest_level)
                mapped.append(Found(skill.id, level, one.weight, one.cells))
        return mapped
