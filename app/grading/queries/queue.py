"""The queue, as operators see it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.grading.models import Attempt
from app.grading.rules import LIVE, AttemptState
from app.kernel.database import db


@dataclass(frozen=True)
class QueueState:
    """How many attempts wait or run, and since when the oldest waits."""

    queued_count: int
    running_count: int
    oldest_queued_at: datetime | None


def queue_state() -> QueueState:
    rows = {
        state: (count, oldest)
        for state, count, oldest in db.session.execute(
            select(Attempt.state, func.count(), func.min(Attempt.queued_at))
            .where(Attempt.state.in_(LIVE))
            .group_by(Attempt.state)
        )
    }
    queued = rows.get(AttemptState.QUEUED, (0, None))
    return QueueState(queued[0], rows.get(AttemptState.RUNNING, (0, None))[0], queued[1])
