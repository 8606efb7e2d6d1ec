"""Asking people in, and people who ask."""

import uuid

from sqlalchemy import func, select, update

from app.accounts.models import Person
from app.accounts.operations.throttling import Limit, take
from app.accounts.queries import person_by_handle
from app.accounts.rules import hash_token, new_token, normalise_email
from app.kernel import audit, clock, mail
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import current_locale, speaking
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.teams.models import Team, TeamInvitation, TeamMember, TeamRequest
from app.teams.operations.locking import locked
from app.teams.operations.members import AlreadyIn, Frozen, Full, NotAStudent, join
from app.teams.operations.telling import tell_invited, tell_refused, tell_request
from app.teams.policies import is_member, leads, may_be_in_teams
from app.teams.rules import INVITATION_LASTS, MOST_WAITING, Answer, Way, is_full

__all__ = [
    "InvitationOver", "accept", "answer_request", "ask_to_join", "decline", "invite_by_handle",
    "invite_by_mail", "make_link", "take_back_request", "withdraw_invitation",
]  # fmt: skip

BY_PERSON = Limit("team-invite", count=60, seconds=24 * 3600)
ASKING = Limit("team-ask", count=30, seconds=24 * 3600)


class InvitationOver(Refused):
    message = _l("This invitation has been answered or withdrawn, or its 14 days are over.")


class TooManyWait(Refused):
    message = _l(
        "At most %(most)s invitations of a team are open at a time. Withdraw one first.",
        most=MOST_WAITING,
    )


def invite_by_handle(person: Person, team: Team, handle: str, words: str = "") -> None:
    """Ask the student with HANDLE. Whether there is one is not said: who gets it answers.

    Raises TooManyTries, TooManyWait, Full, Frozen, NotVisible.
    """
    take((BY_PERSON, str(person.id)))
    _invite_by_handle(person, team, handle.strip().lstrip("@").lower(), words)


@operation
def _invite_by_handle(person: Person, team: Team, handle: str, words: str) -> None:
    team = _may_invite(person, team)
    found = person_by_handle(handle)
    if found is None or not may_be_in_teams(found) or found.id in team.person_ids:
        return
    known = db.session.scalar(
        select(TeamInvitation).where(
            TeamInvitation.team_id == team.id,
            TeamInvitation.person_id == found.id,
            TeamInvitation.answer.is_(None),
        )
    )
    if known is not None:
        known.expires_at = clock.now() + INVITATION_LASTS
        return
    invitation = _made(team, person, Way.PERSON, words, person_id=found.id)
    tell_invited(found, invitation)


def invite_by_mail(
    person: Person, team: Team, email: str, words: str = "", *, site_url: str
) -> None:
    """Send a letter to EMAIL, whoever has it; an open one to the same address is replaced.

    Raises TooManyTries, TooManyWait, Full, Frozen, NotVisible.
    """
    take((BY_PERSON, str(person.id)))
    _invite_by_mail(person, team, normalise_email(email), words, site_url)


@operation
def _invite_by_mail(person: Person, team: Team, email: str, words: str, site_url: str) -> None:
    team = _may_invite(person, team)
    _end_open(team, TeamInvitation.way == Way.MAIL, TeamInvitation.email == email, by=person.id)
    token = new_token()
    _made(team, person, Way.MAIL, words, email=email, token_hash=hash_token(token))
    locale = db.session.scalar(select(Person.locale).where(Person.email == email))
    with speaking(locale or current_locale()):
        mail.send(
            to=email,
            subject=_("Invitation to a team on Banyan"),
            text=_(
                "%(name)s asks you to join the team “%(team)s” on Banyan.\n\n"
                "%(words)s\n\n"
                "Open this link within 14 days to answer:\n%(url)s\n\n"
                "If you do not know what this is about, ignore this mail.",
                name=person.name,
                team=team.name,
                words=words,
                url=f"{site_url}/teams/invitations/{token}",
            ),
        )


@operation
def make_link(person: Person, team: Team) -> str:
    """A secret that lets students join while there is room; the one before opens nothing.

    It is returned this once. Raises TooManyWait, Full, Frozen, NotVisible.
    """
    team = _may_invite(person, team)
    _end_open(team, TeamInvitation.way == Way.LINK, by=person.id)
    token = new_token()
    _made(team, person, Way.LINK, "", token_hash=hash_token(token))
    return token


@operation
def accept(person: Person, invitation: TeamInvitation, *, consents_now: bool = False) -> TeamMember:
    """PERSON joins by an invitation to her, or by a letter or link that she holds.

    Raises InvitationOver and what ``members.join`` raises.
    """
    _open(invitation)
    member = join(person, invitation.team, consents_now=consents_now)
    if invitation.way is not Way.LINK and invitation.answer is None:
        _answer(invitation, Answer.ACCEPTED, person.id)
    return member


@operation
def decline(person: Person, invitation: TeamInvitation) -> None:
    """Raises InvitationOver."""
    _open(invitation)
    _answer(invitation, Answer.DECLINED, person.id)


@operation
def withdraw_invitation(person: Person, team: Team, invitation_id: uuid.UUID) -> None:
    """Whoever invited, or the lead, takes an open invitation back. Raises NotVisible."""
    team = locked(team)
    found = db.session.get(TeamInvitation, invitation_id, populate_existing=True)
    if (
        found is None
        or found.team_id != team.id
        or not is_member(person, team)
        or not (found.made_by_id == person.id or leads(person, team))
    ):
        raise NotVisible(str(invitation_id))
    if found.answer is None:
        _answer(found, Answer.WITHDRAWN, person.id)


def ask_to_join(person: Person, team: Team, words: str = "") -> None:
    """PERSON asks a team that seeks members. Raises TooManyTries, NotAStudent, AlreadyIn, Full."""
    take((ASKING, str(person.id)))
    _ask_to_join(person, team, words)


@operation
def _ask_to_join(person: Person, team: Team, words: str) -> None:
    if not may_be_in_teams(person):
        raise NotAStudent
    team = locked(team)
    if person.id in team.person_ids:
        raise AlreadyIn
    if team.seeking_since is None or is_full(len(team.live_members), team.most):
        raise Full
    open_one = select(TeamRequest.id).where(
        TeamRequest.team_id == team.id,
        TeamRequest.person_id == person.id,
        TeamRequest.answer.is_(None),
    )
    if db.session.scalar(open_one) is not None:
        return
    request = TeamRequest(team_id=team.id, person_id=person.id, words=words)
    db.session.add(request)
    db.session.flush()
    tell_request(request)


@operation
def take_back_request(person: Person, request: TeamRequest) -> None:
    if request.answer is None:
        _answer(request, Answer.WITHDRAWN, person.id)


@operation
def answer_request(lead: Person, team: Team, request_id: uuid.UUID, *, takes: bool) -> None:
    """The lead takes somebody in who asked, or does not. She joins only if she agrees to show her
    skills there, so who was taken in gets an invitation. Raises Full, Frozen, NotVisible."""
    team = locked(team)
    found = db.session.get(TeamRequest, request_id, populate_existing=True)
    if found is None or found.team_id != team.id or not leads(lead, team):
        raise NotVisible(str(request_id))
    if found.answer is not None:
        return
    _answer(found, Answer.ACCEPTED if takes else Answer.DECLINED, lead.id)
    if not takes:
        tell_refused(found)
        return
    team = _may_invite(lead, team)
    invitation = _made(team, lead, Way.PERSON, "", person_id=found.person_id)
    tell_invited(found.person, invitation)


def _may_invite(person: Person, team: Team) -> Team:
    team = locked(team)
    if not is_member(person, team):
        raise NotVisible(str(team.id))
    if team.is_frozen:
        raise Frozen
    if is_full(len(team.live_members), team.most):
        raise Full
    waiting = db.session.scalar(
        select(func.count()).where(
            TeamInvitation.team_id == team.id,
            TeamInvitation.answer.is_(None),
            TeamInvitation.expires_at > clock.now(),
        )
    )
    if (waiting or 0) >= MOST_WAITING:
        raise TooManyWait
    return team


def _made(
    team: Team,
    by: Person,
    way: Way,
    words: str,
    *,
    person_id: uuid.UUID | None = None,
    email: str | None = None,
    token_hash: str | None = None,
) -> TeamInvitation:
    if person_id is not None:
        _end_open(team, TeamInvitation.person_id == person_id, by=by.id)
    made = TeamInvitation(
        team_id=team.id,
        way=way,
        person_id=person_id,
        email=email,
        token_hash=token_hash,
        words=words,
        made_by_id=by.id,
        expires_at=clock.now() + INVITATION_LASTS,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(by.id, "teams.invited", "team", team.id, way=way.value)
    return made


def _end_open(team: Team, *which: object, by: uuid.UUID) -> None:
    db.session.execute(
        update(TeamInvitation)
        .where(TeamInvitation.team_id == team.id, TeamInvitation.answer.is_(None), *which)  # type: ignore[arg-type]
        .values(answer=Answer.WITHDRAWN, answered_at=clock.now(), answered_by_id=by)
    )


def _open(invitation: TeamInvitation) -> None:
    """Wait for whoever is answering it. Raises InvitationOver unless it is still open."""
    db.session.execute(
        select(TeamInvitation.id).where(TeamInvitation.id == invitation.id).with_for_update()
    )
    db.session.refresh(invitation)
    if invitation.answer is not None or invitation.expires_at <= clock.now():
        raise InvitationOver


def _answer(row: TeamInvitation | TeamRequest, answer: Answer, by: uuid.UUID) -> None:
    row.answer, row.answered_at, row.answered_by_id = answer, clock.now(), by
    db.session.flush()
