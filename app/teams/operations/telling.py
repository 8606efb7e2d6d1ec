"""Telling people what happened in and around their teams."""

import uuid

from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.notifications import operations as notifications
from app.notifications.rules import Delivery, Kind, Note, register
from app.teams.models import Team, TeamInvitation, TeamRequest

__all__ = [
    "INVITED", "NEWS", "tell_gone", "tell_invited", "tell_joined", "tell_lead", "tell_refused",
    "tell_request",
]  # fmt: skip

INVITED = register(Kind("teams.invited", _l("Teams: invitations and requests"), Delivery.NOW))
NEWS = register(Kind("teams.news", _l("Teams: who came, who left, who leads"), Delivery.DIGEST))


def tell_invited(person: Person, invitation: TeamInvitation) -> None:
    """PERSON is asked to join."""
    team, by = invitation.team, invitation.made_by

    def note() -> Note:
        return Note(
            _("%(name)s asks you to join the team “%(team)s”", name=by.name, team=team.name),
            invitation.words,
        )

    notifications.tell(person, INVITED, note, "/teams", key=f"team-invited:{invitation.id}")


def tell_request(request: TeamRequest) -> None:
    """The lead of a team is asked to take somebody in."""
    team = request.team
    lead = db.session.get(Person, team.lead_id) if team.lead_id else None
    if lead is None:
        return

    def note() -> Note:
        return Note(
            _(
                "%(name)s asks to join your team “%(team)s”",
                name=request.person.name,
                team=team.name,
            ),
            request.words,
        )

    notifications.tell(lead, INVITED, note, f"/teams/{team.id}", key=f"team-asked:{request.id}")


def tell_refused(request: TeamRequest) -> None:
    team = request.team
    notifications.tell(
        request.person,
        INVITED,
        lambda: Note(_("The team “%(team)s” has not taken you in this time", team=team.name)),
        "/teams/open",
        key=f"team-refused:{request.id}",
    )


def tell_joined(person: Person, team: Team) -> None:
    """The others hear of it."""
    for member in team.live_members:
        if member.person_id != person.id:
            notifications.tell(
                member.person,
                NEWS,
                lambda: Note(_("%(name)s has joined “%(team)s”", name=person.name, team=team.name)),
                f"/teams/{team.id}",
            )


def tell_gone(by: Person, person: Person, team: Team) -> None:
    """The others hear of it; and she herself, when somebody else did it."""
    for member in team.live_members:
        if member.person_id != by.id:
            notifications.tell(
                member.person,
                NEWS,
                lambda: Note(_("%(name)s has left “%(team)s”", name=person.name, team=team.name)),
                f"/teams/{team.id}",
            )
    if by.id != person.id:
        notifications.tell(
            person,
            INVITED,
            lambda: Note(_("You are not in the team “%(team)s” any more", team=team.name)),
            "/teams",
        )


def tell_lead(team: Team, person_id: uuid.UUID) -> None:
    """Everybody hears who leads now."""
    lead = db.session.get_one(Person, person_id)
    for member in team.live_members:
        notifications.tell(
            member.person,
            NEWS,
            lambda: Note(_("%(name)s leads “%(team)s” now", name=lead.name, team=team.name)),
            f"/teams/{team.id}",
        )
