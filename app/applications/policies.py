"""Who may do what with applications."""

from app.accounts.models import Person
from app.accounts.policies import is_approved_company_person
from app.accounts.rules import Role
from app.applications.models import Application
from app.applications.rules import Actor, Move, moves_of
from app.briefs.models import Brief

__all__ = ["applies", "can_decide", "can_read_applicants", "is_hers", "may_move"]


def applies(person: Person) -> bool:
    """Whether the menu offers her to apply at all: students do."""
    return person.has_role(Role.STUDENT)


def can_read_applicants(person: Person, brief: Brief) -> bool:
    """The board and everything behind it; asked anew at every request.

    Which applicants she sees is another question: those who consent to this company now.
    """
    return is_approved_company_person(person, brief.organisation_id)


def is_hers(person: Person, application: Application) -> bool:
    """Whether she stands in it: alone, or as one of the team that it was sent for."""
    return application.person_id == person.id or any(
        row.person_id == person.id for row in application.people
    )


def can_decide(person: Person, application: Application) -> bool:
    """Whether she speaks for it: herself, or the lead of the team."""
    if application.team is not None:
        return application.team.lead_id == person.id
    return application.person_id == person.id


def may_move(person: Person, application: Application, move: Move) -> bool:
    """Whether it is hers to make MOVE now, as an applicant."""
    return can_decide(person, application) and move in moves_of(application.state, Actor.APPLICANT)
