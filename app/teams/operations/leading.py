"""Who leads: named by the lead before her, or chosen by more than half of the members."""

import uuid

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.transaction import operation
from app.teams.models import Team, TeamLead, TeamVote
from app.teams.operations.locking import locked
from app.teams.operations.telling import tell_lead
from app.teams.policies import leads
from app.teams.rules import Ballot, How, elected

__all__ = ["appoint", "follow_votes", "install", "vote"]


@operation
def vote(person: Person, team: Team, candidate: Person) -> bool:
    """PERSON wants CANDIDATE to lead. Whether that made her the lead. Raises NotVisible."""
    team = locked(team)
    if not {person.id, candidate.id} <= team.person_ids:
        raise NotVisible(str(team.id))
    values = {"candidate_id": candidate.id, "at": clock.now()}
    db.session.execute(
        insert(TeamVote)
        .values(team_id=team.id, voter_id=person.id, **values)
        .on_conflict_do_update(index_elements=["team_id", "voter_id"], set_=values)
    )
    return follow_votes(team)


@operation
def appoint(lead: Person, team: Team, person: Person) -> None:
    """The LEAD names who leads from now on. Raises NotVisible."""
    team = locked(team)
    if not leads(lead, team) or person.id not in team.person_ids:
        raise NotVisible(str(team.id))
    install(team, person.id, How.APPOINTED)


def follow_votes(team: Team) -> bool:
    """Let whom more than half chose lead, unless she does; whether that changed something."""
    rows = db.session.scalars(select(TeamVote).where(TeamVote.team_id == team.id)).all()
    chosen = elected([Ballot(row.voter_id, row.candidate_id) for row in rows], team.person_ids)
    if chosen is None or chosen == team.lead_id:
        return False
    install(team, chosen, How.VOTED)
    return True


def install(team: Team, person_id: uuid.UUID, how: How) -> None:
    """PERSON_ID leads from now on; votes begin anew."""
    if team.lead_id == person_id:
        return
    now = clock.now()
    for row in team.leads:
        row.until = row.until or now
    db.session.flush()
    db.session.add(TeamLead(team_id=team.id, person_id=person_id, how=how, since=now))
    db.session.execute(delete(TeamVote).where(TeamVote.team_id == team.id))
    db.session.flush()
    db.session.expire(team, ["leads"])
    if how is not How.FOUNDED:
        tell_lead(team, person_id)
    audit.record(person_id, "teams.leads", "team", team.id, how=how.value)
