"""The end of a challenge: early by a person, or by its date; then the ranking is told."""

import uuid

from sqlalchemy import func, or_, select

from app.accounts.models import Person
from app.challenges.events import ChallengeEnded
from app.challenges.models import (
    Challenge,
    ChallengeEntry,
    ChallengeRun,
)
from app.challenges.operations.notices import tell_of_the_end
from app.challenges.rules import LIVE
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.transaction import operation


@operation
def end_early(actor: Person, challenge: Challenge) -> None:
    """End it now; what has come is scored. Doing it again changes nothing."""
    now = clock.now()
    if challenge.is_over(now):
        return
    challenge.ended_at, challenge.ended_by_id = now, actor.id
    audit.record(actor.id, "challenge.ended", "challenge", challenge.id)


def settle_what_is_over() -> int:
    """Make the rankings of challenges final that are over and scored; how many."""
    now = clock.now()
    waiting = db.session.scalars(
        select(Challenge.id).where(
            Challenge.published_at.is_not(None),
            Challenge.settled_at.is_(None),
            or_(Challenge.ends_at <= now, Challenge.ended_at <= now),
        )
    ).all()
    db.session.rollback()
    return sum(_settle(challenge_id) for challenge_id in waiting)


@operation
def _settle(challenge_id: uuid.UUID) -> bool:
    challenge = db.session.get_one(Challenge, challenge_id, with_for_update=True)
    if challenge.settled_at is not None or not challenge.is_over(clock.now()):
        return False
    if _is_being_scored(challenge):
        return False
    challenge.settled_at = clock.now()
    tell_of_the_end(challenge)
    publish(ChallengeEnded(challenge.id))
    return True


def _is_being_scored(challenge: Challenge) -> bool:
    """Whether something that came in time has no score yet, or everything is scored again."""
    live = db.session.scalars(
        select(func.count())
        .select_from(ChallengeEntry)
        .where(
            ChallengeEntry.challenge_id == challenge.id,
            ChallengeEntry.state.in_(LIVE),
            ChallengeEntry.is_late.is_(False),
        )
    ).one()
    runs = db.session.scalars(
        select(func.count())
        .select_from(ChallengeRun)
        .where(ChallengeRun.challenge_id == challenge.id, ChallengeRun.finished_at.is_(None))
    ).one()
    return bool(live or runs)
