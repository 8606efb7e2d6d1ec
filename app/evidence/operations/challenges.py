"""Challenges: what the entries show that stand on a final leaderboard, for everybody whose work
they are. A score is compared with the score that the challenge asks for, never with others'."""

import hashlib
import json
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.challenges.models import Challenge, ChallengeEntry, ChallengeScore
from app.challenges.queries import bests, shows
from app.evidence.operations import ledger, stamps
from app.evidence.operations.ledger import Standing, Work
from app.evidence.operations.places import item_in, lock_sections
from app.evidence.rules import Piece, Source, Withdrawn
from app.kernel.database import db
from app.kernel.transaction import operation

__all__ = ["challenge_key", "sync_challenge"]


def challenge_key(slug: str) -> str:
    return f"challenge:{slug}"


@operation
def sync_challenge(challenge_id: uuid.UUID) -> None:
    """Bring the ledger to what a challenge shows whose ranking is final; before, nothing."""
    challenge = db.session.get_one(Challenge, challenge_id, with_for_update=True)
    if challenge.settled_at is None:
        return
    lock_sections([challenge.section_id])
    entries = _standing(challenge)
    of_challenge = select(ChallengeEntry.id).where(ChallengeEntry.challenge_id == challenge.id)
    others = [
        row
        for row in ledger.on_record(db.session.scalars(of_challenge).all())
        if row.source_id not in {entry.id for entry in entries}
    ]
    ledger.withdraw(others, Withdrawn.OTHER_ENTRY)
    ledger.bring_to(
        Standing(_work(challenge, entry, score, mate.person_id), pieces)
        for entry in entries
        if (score := entry.score) is not None
        for pieces in [_pieces(challenge, score)]
        for mate in entry.people
    )


def _standing(challenge: Challenge) -> list[ChallengeEntry]:
    """The entry of each team or person on the leaderboard, with its people and scores."""
    ids = [row.id for row in db.session.execute(bests([challenge.id]))]
    return list(
        db.session.scalars(
            select(ChallengeEntry)
            .where(ChallengeEntry.id.in_(ids))
            .options(
                selectinload(ChallengeEntry.people),
                selectinload(ChallengeEntry.scores).joinedload(ChallengeScore.evaluation),
            )
            .order_by(ChallengeEntry.id)
            .execution_options(populate_existing=True)
        )
    )


def _pieces(challenge: Challenge, score: ChallengeScore) -> list[Piece]:
    """One point where the score is reached, none where it is not; nothing by another metric."""
    evaluation = score.evaluation
    if evaluation.metric != challenge.evaluation.metric:
        return []
    made: dict[tuple[uuid.UUID, int], Piece] = {}
    for one, skill in shows(challenge):
        if skill is None:
            continue
        reached = one.is_reached(score.private, higher=evaluation.higher)
        piece = Piece(
            skill.id, min(one.level, skill.framework.highest_level), one.weight, Source.CHALLENGE,
            Decimal(int(reached)), Decimal(1),
            (
                {
                    "metric": evaluation.metric, "score": float(f"{score.private:.12g}"),
                    "reach": one.reach, "higher": evaluation.higher,
                },
            ),
        )  # fmt: skip
        made.setdefault(piece.place, piece)
    return list(made.values())


def _work(
    challenge: Challenge, entry: ChallengeEntry, score: ChallengeScore, person_id: uuid.UUID
) -> Work:
    environment, digest = _environment(score)
    return Work(
        person_id=person_id,
        source_id=entry.id,
        item=item_in(challenge.section, challenge_key(challenge.slug)),
        title=challenge.title,
        work_hash=entry.blob,
        grader=stamps.grader(),
        environment=environment,
        environment_digest=digest,
        section_id=challenge.section_id,
    )


def _environment(score: ChallengeScore) -> tuple[dict[str, Any], str]:
    """What the entry was scored with, and its SHA-256 (hex)."""
    versions = dict(score.environment)
    found: dict[str, Any] = {
        "environment": "challenge",
        "python": versions.pop("python", ""),
        "libraries": versions,
        "evaluation": score.evaluation.number,
        "answers": score.answers_digest,
    }
    text = json.dumps(found, sort_keys=True, separators=(",", ":"))
    return found, hashlib.sha256(text.encode()).hexdigest()
