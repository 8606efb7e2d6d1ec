"""Who is in teams, and who may do what there. The state of a team is another question."""

from app.accounts.models import Person
from app.accounts.rules import Role
from app.teams.models import Team


def may_be_in_teams(person: Person) -> bool:
    """Students. Whoever acts for a company learns of students in other ways, with their consent."""
    return person.has_role(Role.STUDENT)


def is_member(person: Person, team: Team) -> bool:
    return person.id in team.person_ids


def leads(person: Person, team: Team) -> bool:
    return is_member(person, team) and team.lead_id == person.id
