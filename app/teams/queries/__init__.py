"""Reading teams: through a person where she is shown them, by themselves for rooms above."""

from app.teams.queries.finding import OpenTeam, Suggestion, open_teams, seeker_of, suggestions
from app.teams.queries.invitations import (
    invitation_by_token,
    invitations_to,
    my_invitation,
    my_request,
    open_invitations,
    open_requests,
    requests_by,
)
from app.teams.queries.skills import TeamSkills, held_by, skills_of, standing_of_team
from app.teams.queries.teams import (
    live_condition,
    members_of,
    open_team,
    past_teams_of,
    team_by_id,
    team_for,
    team_led_by,
    teams_of,
    votes_in,
)

__all__ = [
    "OpenTeam",
    "Suggestion",
    "TeamSkills",
    "held_by",
    "invitation_by_token",
    "invitations_to",
    "live_condition",
    "members_of",
    "my_invitation",
    "my_request",
    "open_invitations",
    "open_requests",
    "open_team",
    "open_teams",
    "past_teams_of",
    "requests_by",
    "seeker_of",
    "skills_of",
    "standing_of_team",
    "suggestions",
    "team_by_id",
    "team_for",
    "team_led_by",
    "teams_of",
    "votes_in",
]
