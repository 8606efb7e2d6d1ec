"""Teams with room, and students who look for one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Membership, Person
from app.accounts.rules import Role
from app.evidence import queries as evidence
from app.kernel.database import db
from app.kernel.paging import Listed, one_page
from app.privacy.queries import consented_people
from app.skills.models import Skill
from app.teams.models import Team, TeamFreeze, TeamMember, TeamSeeker
from app.teams.queries.skills import held_of
from app.teams.queries.teams import PARTS, live_condition
from app.teams.rules import TEAM_SEARCH, SkillRow, gain

__all__ = ["OpenTeam", "Suggestion", "open_teams", "seeker_of", "suggestions"]

MOST_SUGGESTED = 12


@dataclass(frozen=True)
class OpenTeam:
    """A team that seeks members, as anybody meets it: without the names of its members."""

    team: Team
    count: int


def open_teams(
    person: Person, *, search: str = "", subject_key: str = "", page: int | None = 1
) -> Listed[OpenTeam]:
    """Teams with room that seek members and that PERSON is not in, the newest call first."""
    count = (
        select(func.count())
        .where(TeamMember.team_id == Team.id, TeamMember.left_at.is_(None))
        .correlate(Team)
        .scalar_subquery()
    )
    frozen = select(TeamFreeze.team_id).where(TeamFreeze.until.is_(None))
    statement = (
        select(Team)
        .where(
            Team.seeking_since.is_not(None),
            Team.dissolved_at.is_(None),
            Team.id.not_in(frozen),
            count < Team.most,
            ~live_condition(person.id),
        )
        .options(*PARTS)
        .order_by(Team.seeking_since.desc(), Team.id)
    )
    if search:
        statement = statement.where(
            or_(
                Team.name.icontains(search, autoescape=True),
                Team.about.icontains(search, autoescape=True),
                Team.seeking_words.icontains(search, autoescape=True),
            )
        )
    if subject_key:
        statement = statement.where(Team.subject_key == subject_key)
    chosen, total, page = one_page(statement, page)
    rows = db.session.scalars(chosen).all()
    return Listed([OpenTeam(team, len(team.live_members)) for team in rows], total, page)


def seeker_of(person: Person) -> TeamSeeker | None:
    """What PERSON says, or said last, when she looks for a team."""
    return db.session.scalar(select(TeamSeeker).where(TeamSeeker.person_id == person.id))


@dataclass(frozen=True)
class Suggestion:
    """Somebody who looks for a team. FILLS: what the team would have with her and has not now."""

    person: Person
    words: str
    fills: tuple[Skill, ...]


def suggestions(team: Team, rows: Sequence[SkillRow]) -> list[Suggestion]:
    """Whom TEAM could ask: who fills most of what ROWS miss first, then who has looked longest.

    Only who consents to be found now, for anything or for the team's own subject.
    """
    found = db.session.scalars(
        select(TeamSeeker)
        .join(TeamSeeker.person)
        .where(
            TeamSeeker.until.is_(None),
            TeamSeeker.subject_key.in_(("", team.subject_key)),
            TeamSeeker.person_id.not_in(team.person_ids),
            Person.suspended_at.is_(None),
            Person.erased_at.is_(None),
            TeamSeeker.person_id.in_(
                select(Membership.person_id).where(
                    Membership.role == Role.STUDENT, Membership.ended_at.is_(None)
                )
            ),
        )
        .options(joinedload(TeamSeeker.person))
        .order_by(TeamSeeker.since, TeamSeeker.id)
    ).all()
    agreed = consented_people(TEAM_SEARCH.name, among=[row.person_id for row in found])
    standings = evidence.standings_of(agreed) if agreed else {}
    made = []
    for row in found:
        if row.person_id not in agreed:
            continue
        hers = standings.get(row.person_id, ())
        skills = {one.skill.id: one.skill for one in hers}
        filled = gain(rows, held_of(hers))
        made.append(Suggestion(row.person, row.words, tuple(skills[key] for key in filled)))
    made.sort(key=lambda one: -len(one.fills))
    return made[:MOST_SUGGESTED]
