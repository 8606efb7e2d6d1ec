"""Teams and who is in them."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.teams.models import Team, TeamMember, TeamVote
from app.teams.policies import leads

__all__ = [
    "PARTS", "live_condition", "members_of", "open_team", "past_teams_of", "team_by_id",
    "team_for", "team_led_by", "teams_of", "votes_in",
]  # fmt: skip

PARTS = (
    selectinload(Team.members).joinedload(TeamMember.person),
    selectinload(Team.leads),
    selectinload(Team.freezes),
)


def live_condition(person_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether somebody is in a team now, for statements on ``Team``."""
    return (
        exists()
        .where(
            TeamMember.team_id == Team.id,
            TeamMember.person_id == person_id,
            TeamMember.left_at.is_(None),
        )
        .correlate(Team)
    )


def _teams() -> Select[Team]:
    return select(Team).options(*PARTS).execution_options(populate_existing=True)


def teams_of(person: Person) -> Sequence[Team]:
    """The teams that PERSON is in now, the newest first, with their members; four statements."""
    return db.session.scalars(
        _teams()
        .where(Team.dissolved_at.is_(None), live_condition(person.id))
        .order_by(Team.made_at.desc(), Team.id)
    ).all()


def past_teams_of(person: Person) -> Sequence[TeamMember]:
    """Where PERSON was once and is no more, the latest first."""
    return db.session.scalars(
        select(TeamMember)
        .join(TeamMember.team)
        .where(TeamMember.person_id == person.id, TeamMember.left_at.is_not(None))
        .options(joinedload(TeamMember.team))
        .order_by(TeamMember.left_at.desc(), TeamMember.id)
    ).all()


def team_by_id(team_id: uuid.UUID) -> Team | None:
    """A team with its members, for rooms above that know it already; None when there is none."""
    return db.session.scalar(_teams().where(Team.id == team_id))


def team_for(person: Person, team_id: uuid.UUID) -> Team:
    """A team that PERSON is in. Raises NotVisible."""
    found = db.session.scalar(
        _teams().where(Team.id == team_id, Team.dissolved_at.is_(None), live_condition(person.id))
    )
    if found is None:
        raise NotVisible(str(team_id))
    return found


def team_led_by(person: Person, team_id: uuid.UUID) -> Team:
    """A team that PERSON leads. Raises NotVisible."""
    team = team_for(person, team_id)
    if not leads(person, team):
        raise NotVisible(str(team_id))
    return team


def open_team(person: Person, team_id: uuid.UUID) -> Team:
    """A team that seeks members, for any student. Raises NotVisible."""
    found = db.session.scalar(
        _teams().where(
            Team.id == team_id, Team.dissolved_at.is_(None), Team.seeking_since.is_not(None)
        )
    )
    if found is None or found.is_frozen:
        raise NotVisible(str(team_id))
    return found


def members_of(team: Team) -> list[Person]:
    """Who is in TEAM now, the longest first."""
    return list(
        db.session.scalars(
            select(Person)
            .join(TeamMember, TeamMember.person_id == Person.id)
            .where(TeamMember.team_id == team.id, TeamMember.left_at.is_(None))
            .order_by(TeamMember.joined_at, TeamMember.id)
        )
    )


def votes_in(team: Team) -> Sequence[TeamVote]:
    return db.session.scalars(
        select(TeamVote).where(TeamVote.team_id == team.id).order_by(TeamVote.at)
    ).all()
