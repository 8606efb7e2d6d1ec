"""Applications that end because something else did: a consent, a team."""

import uuid

from sqlalchemy import ColumnElement, select

from app.applications.models import Application
from app.applications.operations.steps import hold, step
from app.applications.operations.telling import tell_of_answer, tell_of_step
from app.applications.rules import IN_SELECTION, Actor, Move, State
from app.briefs.models import Brief
from app.kernel import clock
from app.kernel.database import db
from app.kernel.ids import new_id
from app.kernel.transaction import operation

__all__ = ["consent_ended", "member_left", "team_ended"]

UNDECIDED = IN_SELECTION | {State.OFFERED}


@operation
def consent_ended(person_id: uuid.UUID, organisation_id: uuid.UUID) -> None:
    """She does not consent to the company any more: what she sent and it has not decided ends.

    A team that another one sent stays in; of her the company sees nothing from now on.
    """
    for application in _undecided(
        Application.sent_by_id == person_id, Brief.organisation_id == organisation_id
    ):
        _end(application, "consent")


@operation
def team_ended(team_id: uuid.UUID) -> None:
    """A team is no more: what it applied for ends."""
    for application in _undecided(Application.team_id == team_id):
        _end(application, "team")


@operation
def member_left(team_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Somebody left: she stands in nothing of the team's any more, and what needs more people than
    remain ends."""
    for application in _undecided(Application.team_id == team_id):
        hold(application)
        hers = next((row for row in application.people if row.person_id == person_id), None)
        if hers is None or hers.ended_at is not None:
            continue
        hers.ended_at = clock.now()
        db.session.flush()
        remaining = sum(row.ended_at is None for row in application.people)
        least = application.brief.terms.team_min or 1
        if remaining < least or application.sent_by_id == person_id:
            _end(application, "team")


def _undecided(*conditions: ColumnElement[bool]) -> list[Application]:
    return list(
        db.session.scalars(
            select(Application)
            .join(Application.brief)
            .where(Application.state.in_(UNDECIDED), *conditions)
            .order_by(Application.brief_id, Application.id)
        )
    )


def _end(application: Application, why: str) -> None:
    hold(application)
    if application.state not in UNDECIDED:
        return
    was_offered = application.state is State.OFFERED
    step(application, Move.WITHDRAW, Actor.HOUSE, None, reason=why)
    tell_of_step(application, new_id())
    if was_offered:
        tell_of_answer(application, new_id())
