"""Who is asked, and who asks."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.accounts.rules import hash_token
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.teams.models import Team, TeamInvitation, TeamRequest
from app.teams.queries.teams import PARTS
from app.teams.rules import Way

__all__ = [
    "invitation_by_token", "invitations_to", "my_invitation", "my_request", "open_invitations",
    "open_requests", "requests_by",
]  # fmt: skip


def _is_open() -> ColumnElement[bool]:
    return and_(TeamInvitation.answer.is_(None), TeamInvitation.expires_at > clock.now())


def _to(person: Person) -> ColumnElement[bool]:
    """Whether an invitation is for PERSON: by her handle, or by the address that she proved."""
    ways = [TeamInvitation.person_id == person.id]
    if person.email_verified_at is not None:
        ways.append(and_(TeamInvitation.way == Way.MAIL, TeamInvitation.email == person.email))
    return or_(*ways)


def invitations_to(person: Person) -> Sequence[TeamInvitation]:
    """What waits for PERSON's answer, the newest first."""
    return db.session.scalars(
        select(TeamInvitation)
        .join(TeamInvitation.team)
        .where(_to(person), _is_open(), Team.dissolved_at.is_(None))
        .options(
            joinedload(TeamInvitation.team).options(*PARTS), joinedload(TeamInvitation.made_by)
        )
        .order_by(TeamInvitation.made_at.desc(), TeamInvitation.id)
    ).all()


def my_invitation(person: Person, invitation_id: uuid.UUID) -> TeamInvitation:
    """An invitation to PERSON, open or not. Raises NotVisible."""
    found = db.session.scalar(
        select(TeamInvitation).where(TeamInvitation.id == invitation_id, _to(person))
    )
    if found is None:
        raise NotVisible(str(invitation_id))
    return found


def invitation_by_token(token: str) -> TeamInvitation:
    """The letter or link with this secret, while it is open. Raises NotVisible."""
    found = db.session.scalar(
        select(TeamInvitation)
        .join(TeamInvitation.team)
        .where(
            TeamInvitation.token_hash == hash_token(token),
            _is_open(),
            Team.dissolved_at.is_(None),
        )
        .options(joinedload(TeamInvitation.team).options(*PARTS))
    )
    if found is None:
        raise NotVisible
    return found


def open_invitations(team: Team) -> Sequence[TeamInvitation]:
    """Whom TEAM waits for."""
    return db.session.scalars(
        select(TeamInvitation)
        .where(TeamInvitation.team_id == team.id, _is_open())
        .options(joinedload(TeamInvitation.person), joinedload(TeamInvitation.made_by))
        .order_by(TeamInvitation.made_at, TeamInvitation.id)
    ).all()


def open_requests(team: Team) -> Sequence[TeamRequest]:
    """Who asks to be taken into TEAM."""
    return db.session.scalars(
        select(TeamRequest)
        .where(TeamRequest.team_id == team.id, TeamRequest.answer.is_(None))
        .options(joinedload(TeamRequest.person))
        .order_by(TeamRequest.made_at, TeamRequest.id)
    ).all()


def my_request(person: Person, request_id: uuid.UUID) -> TeamRequest:
    """A request that PERSON made. Raises NotVisible."""
    found = db.session.get(TeamRequest, request_id)
    if found is None or found.person_id != person.id:
        raise NotVisible(str(request_id))
    return found


def requests_by(person: Person) -> Sequence[TeamRequest]:
    """What PERSON waits for."""
    return db.session.scalars(
        select(TeamRequest)
        .join(TeamRequest.team)
        .where(
            TeamRequest.person_id == person.id,
            TeamRequest.answer.is_(None),
            Team.dissolved_at.is_(None),
        )
        .options(joinedload(TeamRequest.team))
        .order_by(TeamRequest.made_at.desc(), TeamRequest.id)
    ).all()
