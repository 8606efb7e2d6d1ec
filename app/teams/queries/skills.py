"""What a team can do together, of those who agreed to show it there."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import Person
from app.evidence import queries as evidence
from app.evidence.queries import Standing
from app.kernel.database import db
from app.privacy.queries import consented_people
from app.skills.models import Skill
from app.teams.models import Team
from app.teams.rules import TEAM, Held, SkillRow, balance
from app.teams.subjects import Subject

__all__ = ["TeamSkills", "held_by", "held_of", "skills_of", "standing_of_team"]


@dataclass(frozen=True)
class TeamSkills:
    """A team beside what something wants, and everything else that its members show."""

    rows: tuple[SkillRow, ...]
    skills: Mapping[uuid.UUID, Skill]
    """Every skill that ROWS or STANDINGS name."""
    people: Mapping[uuid.UUID, Person]
    standings: tuple[Standing, ...]
    silent: frozenset[uuid.UUID]
    """Members who do not agree (any more) to show their skills there."""

    @property
    def missing(self) -> list[SkillRow]:
        return [row for row in self.rows if not row.is_met]

    @property
    def is_eligible(self) -> bool:
        """Whether every required skill is shown by some member."""
        return all(row.is_met for row in self.rows if row.wanted.is_required)


def standing_of_team(team: Team) -> dict[uuid.UUID, tuple[Standing, ...]]:
    """What each member shows who agrees to show it, by person; two statements."""
    agreed = consented_people(TEAM.name, among=team.person_ids)
    found = evidence.standings_of(agreed) if agreed else {}
    return {person_id: found.get(person_id, ()) for person_id in agreed}


def held_of(standings: Collection[Standing]) -> tuple[Held, ...]:
    """STANDINGS in the terms of the rules."""
    return tuple(Held(s.person_id, s.skill.id, s.level, s.vouching) for s in standings)


def held_by(team: Team) -> tuple[Held, ...]:
    """All that the members of TEAM hold together."""
    return held_of([one for rows in standing_of_team(team).values() for one in rows])


def skills_of(team: Team, subject: Subject | None) -> TeamSkills:
    """TEAM beside what SUBJECT wants (None: beside nothing); a constant number of statements."""
    by_person = standing_of_team(team)
    standings = tuple(
        sorted(
            (one for rows in by_person.values() for one in rows),
            key=lambda one: (one.skill.key, -one.level, str(one.person_id)),
        )
    )
    wanted = subject.wanted if subject is not None else ()
    skills = {one.skill.id: one.skill for one in standings}
    unknown = {one.skill_id for one in wanted} - set(skills)
    if unknown:
        skills |= {
            row.id: row for row in db.session.scalars(select(Skill).where(Skill.id.in_(unknown)))
        }
    return TeamSkills(
        balance(wanted, held_of(standings)),
        skills,
        {row.person_id: row.person for row in team.live_members},
        standings,
        frozenset(team.person_ids - set(by_person)),
    )
