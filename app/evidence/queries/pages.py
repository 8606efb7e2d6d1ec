"""A student's own tree of skills."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import Person
from app.evidence.models import Evidence
from app.evidence.queries.ledger import Standing, history_of, standings_from
from app.evidence.rules import Vouching
from app.kernel import clock
from app.learning import queries as learning
from app.skills.models import Skill

__all__ = ["MyPage", "MySkill", "my_page"]


@dataclass(frozen=True)
class MySkill:
    """A skill of which there is evidence, with everything that was ever recorded of it."""

    skill: Skill
    standings: dict[Vouching, Standing]
    """What is shown, by way of vouching; empty while nothing is enough."""
    live: Sequence[Evidence]
    past: Sequence[Evidence]
    """Superseded, taken back or not valid any more."""
    held: frozenset[uuid.UUID]
    """Pieces whose item is held from students now: their points are not told."""


@dataclass(frozen=True)
class MyPage:
    """Her skills by area, each area in the order of its framework."""

    areas: Sequence[tuple[Skill | None, Sequence[MySkill]]]

    @property
    def skills(self) -> list[MySkill]:
        return [one for _area, skills in self.areas for one in skills]


def my_page(person: Person) -> MyPage:
    """Three statements, however much there is."""
    rows = history_of(person.id)
    superseded = {row.supersedes_id for row in rows}
    now = clock.now()
    live = [
        row
        for row in rows
        if row.id not in superseded
        and row.withdrawal is None
        and (row.valid_until is None or row.valid_until > now)
    ]
    standings = standings_from(live).get(person.id, ())
    keys = learning.held_keys_of({row.section_id for row in rows if row.section_id is not None})
    held = frozenset(
        row.id
        for row in rows
        if row.section_id is not None and row.item_key in keys.get(row.section_id, frozenset())
    )
    is_live = {row.id for row in live}
    skills = {row.skill_id: row.skill for row in rows}
    made = [
        MySkill(
            skill,
            {one.vouching: one for one in standings if one.skill.id == skill_id},
            [row for row in rows if row.skill_id == skill_id and row.id in is_live],
            [row for row in rows if row.skill_id == skill_id and row.id not in is_live],
            held,
        )
        for skill_id, skill in skills.items()
    ]
    areas: dict[uuid.UUID | None, tuple[Skill | None, list[MySkill]]] = {}
    for one in sorted(made, key=_order):
        areas.setdefault(one.skill.parent_id, (one.skill.parent, []))[1].append(one)
    return MyPage(list(areas.values()))


def _order(one: MySkill) -> tuple[str, int, int]:
    skill = one.skill
    return skill.framework.slug, skill.parent.position if skill.parent else 0, skill.position
