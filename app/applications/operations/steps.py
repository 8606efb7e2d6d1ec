"""One step of an application: the only place where its state changes. Within operations."""

import uuid
from typing import Any

from sqlalchemy import func, inspect, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.applications.events import ApplicationMoved
from app.applications.models import Application, ApplicationPerson, ApplicationStep
from app.applications.rules import (
    ENDED,
    Actor,
    Move,
    ReasonMissing,
    State,
    WrongMove,
    moved,
)
from app.briefs.models import Brief
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.teams import operations as teams

__all__ = [
    "AlreadyApplied", "MovedMeanwhile", "WordsNeeded", "free_seat", "freeze_key", "hold",
    "next_number", "step",
]  # fmt: skip


class MovedMeanwhile(Refused):
    message = _l("Somebody moved this application meanwhile. Here is where it stands now.")


class AlreadyApplied(Refused):
    message = _l("You, or somebody of your team, have applied for this brief already.")


class WordsNeeded(Refused):
    message = _l("Please give a reason. The applicant reads it.")


def hold(application: Application) -> Application:
    """APPLICATION as it is now, while nobody else moves any of the same brief.

    The brief is locked first, then the row: in this order everywhere.
    """
    db.session.execute(select(Brief.id).where(Brief.id == application.brief_id).with_for_update())
    db.session.execute(
        select(Application.id).where(Application.id == application.id).with_for_update()
    )
    columns = [attribute.key for attribute in inspect(Application).column_attrs]
    db.session.refresh(application, columns)
    return application


def step(
    application: Application,
    move: Move,
    actor: Actor,
    by: Person | None,
    *,
    reason: str = "",
    **values: Any,
) -> None:
    """Make MOVE; the row is held. VALUES are columns that the new state needs: they are written in
    the same statement, because the database wants them together.

    Raises MovedMeanwhile when the table has no such move from where it stands, WordsNeeded.
    """
    before = application.state
    reason = " ".join(reason.replace("\0", "").split())[:1000]
    try:
        after = moved(before, move, actor, reason=reason)
    except WrongMove as error:
        raise MovedMeanwhile from error
    except ReasonMissing as error:
        raise WordsNeeded from error
    now = clock.now()
    round_key = application.round_key
    for column, value in values.items():
        setattr(application, column, value)
    application.state = after
    application.ended_at = now if after in ENDED else None
    if actor is Actor.COMPANY and application.answered_at is None:
        application.answered_at = now
    if after in (State.INTERVIEW, State.OFFERED) and application.revealed_at is None:
        application.revealed_at = now
    if after is not State.ACCEPTED:
        application.seat = None
    if after not in (State.OFFERED, State.ACCEPTED) and after not in ENDED:
        application.offered_at = application.offer_until = application.round_key = None
        application.offer_words = ""
    db.session.flush()
    if (before in ENDED) is not (after in ENDED):
        _people_follow(application)
    db.session.add(
        ApplicationStep(
            application_id=application.id,
            move=move,
            state=after,
            actor=actor,
            by_id=by.id if by else None,
            reason=reason,
            at=now,
        )
    )
    audit.record(by.id if by else None, f"application.{move.value}", "application", application.id)
    db.session.flush()
    publish(
        ApplicationMoved(
            application.id, application.brief_id, move, actor, before, after, round_key
        )
    )


def _people_follow(application: Application) -> None:
    """With an application that ended its people are free for another one of the brief; one that is
    considered again takes them back. Raises AlreadyApplied."""
    was_over = ApplicationPerson.ended_at.is_not(None)
    is_over = application.ended_at is not None
    try:
        with db.session.begin_nested():
            db.session.execute(
                update(ApplicationPerson)
                .where(
                    ApplicationPerson.application_id == application.id,
                    ~was_over if is_over else was_over,
                )
                .values(ended_at=application.ended_at)
            )
    except IntegrityError as error:
        raise AlreadyApplied from error
    if application.team is not None:
        if is_over:
            teams.unfreeze(application.team, freeze_key(application))
        else:
            teams.freeze(application.team, freeze_key(application))


def freeze_key(application: Application) -> str:
    """What holds a team as it is while it stands in APPLICATION."""
    return f"application:{application.id}"


def free_seat(brief_id: uuid.UUID) -> int | None:
    """The lowest place of the brief that nobody has; None when all are taken. The brief is held."""
    brief = db.session.get_one(Brief, brief_id, populate_existing=True)
    taken = set(
        db.session.scalars(
            select(Application.seat).where(
                Application.brief_id == brief_id, Application.seat.is_not(None)
            )
        )
    )
    return next((n for n in range(1, brief.terms.quota + 1) if n not in taken), None)


def next_number(brief_id: uuid.UUID) -> int:
    """What the next one who applies is called. The brief is held."""
    last = db.session.scalar(
        select(func.max(Application.number)).where(Application.brief_id == brief_id)
    )
    return (last or 0) + 1
