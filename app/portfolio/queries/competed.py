"""Challenges that she took part in and whose ranking is final."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.challenges.models import (
    Challenge,
    ChallengeEntry,
    ChallengeEntryPerson,
    ChallengeEvaluation,
)
from app.challenges.queries import bests
from app.challenges.rules import ranked
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.learning.models import Offering, Section

__all__ = ["ChallengeFact", "challenges_of"]


@dataclass(frozen=True)
class ChallengeFact:
    """A challenge with her place, or her team's, by the part of the answers kept back."""

    ref: str
    title: LocalizedText
    summary: LocalizedText
    course: LocalizedText
    settled_at: datetime
    metric: str
    score: float
    rank: int
    of: int
    team: str | None


def challenges_of(person_id: uuid.UUID) -> list[ChallengeFact]:
    """Settled challenges with an entry of hers that counts, newest first, in three statements."""
    entered = db.session.execute(
        select(ChallengeEntry.challenge_id, ChallengeEntry.unit_id)
        .join(ChallengeEntryPerson, ChallengeEntryPerson.entry_id == ChallengeEntry.id)
        .join(Challenge, Challenge.id == ChallengeEntry.challenge_id)
        .where(
            ChallengeEntryPerson.person_id == person_id,
            ChallengeEntry.is_trial.is_(False),
            ChallengeEntry.is_late.is_(False),
            Challenge.settled_at.is_not(None),
        )
        .order_by(ChallengeEntry.received_at)
    )
    hers = {row.challenge_id: row.unit_id for row in entered}
    if not hers:
        return []
    rows = db.session.execute(bests(list(hers))).all()
    found = db.session.scalars(
        select(Challenge)
        .where(Challenge.id.in_(list(hers)))
        .order_by(Challenge.settled_at.desc(), Challenge.id)
        .options(
            joinedload(Challenge.section)
            .joinedload(Section.offering)
            .joinedload(Offering.course_version)
        )
    ).all()
    facts = []
    for challenge in found:
        board = [row for row in rows if row.challenge_id == challenge.id]
        order = ranked(
            [(row.private, row.received_at, str(row.unit_id)) for row in board],
            higher=any(row.higher for row in board),
        )
        mine = next(
            (place for place in order if board[place.position].unit_id == hers[challenge.id]), None
        )
        if mine is None or challenge.settled_at is None:
            continue
        best = board[mine.position]
        facts.append(
            ChallengeFact(
                ref=str(challenge.id),
                title=challenge.title,
                summary=challenge.summary,
                course=challenge.section.offering.course_version.title,
                settled_at=challenge.settled_at,
                metric=ChallengeEvaluation(metric=best.metric).metric_name,
                score=best.private,
                rank=mine.rank,
                of=len(board),
                team=best.team_name,
            )
        )
    return facts
