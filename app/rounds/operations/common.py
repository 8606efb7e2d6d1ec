"""What the room's operations share: the lock on a round and its refusals. Within operations."""

import uuid

from sqlalchemy import select

from app.kernel import audit
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.rounds.models import Round
from app.rounds.rules import By, State, may_step

__all__ = ["NotNow", "ReasonNeeded", "hold", "hold_by_id", "reason_of", "step"]


class NotNow(Refused):
    message = _l("The round is at another point now. Nothing was changed.")


class ReasonNeeded(Refused):
    message = _l("Please give a reason. Those whom it concerns read it.")


def hold(round_: Round) -> Round:
    """ROUND as it is now, while nobody else moves it. Always locked before anything in it."""
    return hold_by_id(round_.id)


def hold_by_id(round_id: uuid.UUID) -> Round:
    found = db.session.scalar(
        select(Round)
        .where(Round.id == round_id)
        .with_for_update(of=Round)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotVisible(str(round_id))
    return found


def step(round_: Round, after: State, by: By, actor_id: uuid.UUID | None, **details: str) -> None:
    """The one place where a round's state changes; it is held. Raises NotNow."""
    if not may_step(round_.state, after, by):
        raise NotNow
    round_.state = after
    audit.record(actor_id, f"round.{after.value}", "round", round_.id, code=round_.code, **details)
    db.session.flush()


def reason_of(text: str) -> str:
    """TEXT on one line. Raises ReasonNeeded."""
    reason = " ".join(text.replace("\0", "").split())[:1000]
    if not reason:
        raise ReasonNeeded
    return reason
