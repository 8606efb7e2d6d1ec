"""What becomes of briefs by themselves."""

import uuid
from datetime import timedelta

from sqlalchemy import select

from app.briefs.models import Brief, BriefVersion
from app.briefs.operations import notices
from app.briefs.queries.finding import PARTS, holds, open_condition
from app.briefs.rules import State
from app.kernel import clock
from app.kernel.database import db
from app.kernel.transaction import operation

SOON = timedelta(days=3)


@operation
def look_after() -> int:
    """Tell companies of deadlines that come within three days; returns of how many briefs."""
    rows = (
        db.session.scalars(
            select(Brief)
            .join(Brief.organisation)
            .join(BriefVersion, holds())
            .where(open_condition(), BriefVersion.apply_until <= clock.now() + SOON)
            .options(*PARTS)
        )
        .unique()
        .all()
    )
    for brief in rows:
        notices.tell_of_deadline(brief)
    return len(rows)


@operation
def tell_reviewers_now(brief_id: uuid.UUID, submission: int) -> None:
    """If it still waits: tell everybody who can review it, each once."""
    brief = db.session.get(Brief, brief_id)
    if brief is None or brief.state is not State.SUBMITTED or brief.submission != submission:
        return
    notices.tell_of_review(brief)
