"""Coming and going. Membership is dated; nobody is kept."""

from sqlalchemy import delete, or_, update

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.privacy import operations as privacy
from app.privacy.queries import has_consented
from app.teams.events import MemberJoined, MemberLeft, TeamDissolved
from app.teams.models import Team, TeamInvitation, TeamMember, TeamRequest, TeamVote
from app.teams.operations.leading import follow_votes, install
from app.teams.operations.locking import locked
from app.teams.operations.telling import tell_gone, tell_joined
from app.teams.policies import leads, may_be_in_teams
from app.teams.rules import TEAM, Answer, How, is_full

__all__ = [
    "AlreadyIn", "ConsentMissing", "Frozen", "Full", "NotAStudent", "close", "join", "leave",
    "put_out",
]  # fmt: skip


class Full(Refused):
    message = _l("This team is full.")


class Frozen(Refused):
    message = _l(
        "This team has applied for something, which wants it as it is: nobody joins it and nobody"
        " is put out until that is over or withdrawn."
    )


class AlreadyIn(Refused):
    message = _l("You are in this team already.")


class NotAStudent(Refused):
    message = _l("Teams are for students of the programme’s schools.")


class ConsentMissing(Refused):
    message = _l("A team sees what its members can do. To be in one, consent to that below.")


def join(person: Person, team: Team, *, consents_now: bool = False) -> TeamMember:
    """PERSON becomes a member, within an operation of whoever lets her in.

    Raises NotAStudent, ConsentMissing, AlreadyIn, Full, Frozen, NotVisible.
    """
    agree(person, consents_now=consents_now)
    team = locked(team)
    if person.id in team.person_ids:
        raise AlreadyIn
    if team.is_frozen:
        raise Frozen
    if is_full(len(team.live_members), team.most):
        raise Full
    member = TeamMember(team_id=team.id, person_id=person.id)
    db.session.add(member)
    now = clock.now()
    db.session.flush()
    # Whatever else she was asked, or asked herself, about this team is answered by that.
    db.session.execute(
        update(TeamInvitation)
        .where(
            TeamInvitation.team_id == team.id,
            TeamInvitation.answer.is_(None),
            or_(TeamInvitation.person_id == person.id, TeamInvitation.email == person.email),
        )
        .values(answer=Answer.ACCEPTED, answered_at=now, answered_by_id=person.id)
    )
    db.session.execute(
        update(TeamRequest)
        .where(
            TeamRequest.team_id == team.id,
            TeamRequest.person_id == person.id,
            TeamRequest.answer.is_(None),
        )
        .values(answer=Answer.ACCEPTED, answered_at=now, answered_by_id=person.id)
    )
    db.session.expire(team, ["members"])
    tell_joined(person, team)
    publish(MemberJoined(team.id, person.id))
    audit.record(person.id, "teams.joined", "team", team.id)
    return member


def agree(person: Person, *, consents_now: bool) -> None:
    """Raises NotAStudent, and ConsentMissing unless PERSON agrees, or agreed before."""
    if not may_be_in_teams(person):
        raise NotAStudent
    if not has_consented(person.id, TEAM.name):
        if not consents_now:
            raise ConsentMissing
        privacy.consent(person, TEAM.name)


@operation
def leave(person: Person, team: Team) -> None:
    """PERSON leaves, also a frozen team: nobody is kept. Raises NotVisible."""
    _end(person, person, locked(team))


@operation
def put_out(lead: Person, team: Team, person: Person) -> None:
    """LEAD takes PERSON out. Raises Frozen, NotVisible."""
    team = locked(team)
    if not leads(lead, team) or lead.id == person.id:
        raise NotVisible(str(team.id))
    if team.is_frozen:
        raise Frozen
    _end(lead, person, team)


def _end(by: Person, person: Person, team: Team) -> None:
    member = next((row for row in team.live_members if row.person_id == person.id), None)
    if member is None:
        raise NotVisible(str(team.id))
    frozen = tuple(row.key for row in team.freezes if row.until is None)
    member.left_at, member.left_by_id = clock.now(), by.id
    db.session.execute(
        delete(TeamVote).where(
            TeamVote.team_id == team.id,
            or_(TeamVote.voter_id == person.id, TeamVote.candidate_id == person.id),
        )
    )
    db.session.flush()
    db.session.expire(team, ["members"])
    if not team.live_members:
        close(by, team)
    elif team.lead_id == person.id:
        _succeed(team)
    tell_gone(by, person, team)
    publish(MemberLeft(team.id, person.id, frozen))
    audit.record(by.id, "teams.left", "team", team.id, person=str(person.id))


def _succeed(team: Team) -> None:
    """The lead is gone: whom the votes chose, or who has been there longest, follows."""
    if not follow_votes(team):
        install(team, team.live_members[0].person_id, How.FOLLOWED)


def close(by: Person, team: Team) -> None:
    """Nobody acts as TEAM any more."""
    now = clock.now()
    team.dissolved_at, team.dissolved_by_id, team.seeking_since = now, by.id, None
    for lead in team.leads:
        lead.until = lead.until or now
    for model in (TeamInvitation, TeamRequest):
        db.session.execute(
            update(model)
            .where(model.team_id == team.id, model.answer.is_(None))
            .values(answer=Answer.WITHDRAWN, answered_at=now, answered_by_id=by.id)
        )
    db.session.flush()
    publish(TeamDissolved(team.id))
    audit.record(by.id, "teams.dissolved", "team", team.id)
