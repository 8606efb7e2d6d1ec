"""The leaderboards: one row for each team or person, by the entry that was best in public."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select

from app.accounts.models import Person
from app.challenges.models import (
    Challenge,
    ChallengeEntry,
    ChallengeEntryPerson,
    ChallengeEvaluation,
    ChallengeParticipant,
    ChallengeScore,
)
from app.challenges.rules import EntryState, ShownAs, ranked
from app.kernel.database import db
from app.kernel.i18n import gettext as _


@dataclass(frozen=True)
class BoardRow:
    """A place. ``name`` is what the participants chose to be called by."""

    rank: int
    name: str
    handles: tuple[str, ...]
    """Of a team's people, of those who want to be named."""
    public: float
    private: float | None
    entry_count: int
    received_at: datetime
    entry_id: uuid.UUID
    is_mine: bool


@dataclass(frozen=True)
class Board:
    """A leaderboard, in public scores or, when it is over, in private ones."""

    rows: Sequence[BoardRow]
    is_final: bool


def board(person: Person, challenge: Challenge, *, final: bool) -> Board:
    """The leaderboard, in four statements. FINAL: by the part of the answers that was kept back.

    Each team or person stands with the entry that was best on the public part (of equal ones the
    earliest), in the final one as well: nobody picks by what she could not know.
    """
    higher = challenge.evaluation.higher if challenge.evaluations else True
    rows = db.session.execute(bests([challenge.id])).all()
    people = _people([row.id for row in rows])
    named = {
        row.person_id: row
        for row in db.session.scalars(
            select(ChallengeParticipant).where(ChallengeParticipant.challenge_id == challenge.id)
        )
    }
    order = ranked(
        [(row.private if final else row.public, row.received_at, str(row.unit_id)) for row in rows],
        higher=higher,
    )
    made = []
    for place in order:
        row = rows[place.position]
        mates = people.get(row.id, [])
        handles = tuple(
            mate.handle
            for mate in mates
            if mate.id in named and named[mate.id].shown_as is ShownAs.HANDLE
        )
        made.append(
            BoardRow(
                rank=place.rank,
                name=row.team_name or _alone(row.person_id, handles, named),
                handles=handles if row.team_name else (),
                public=row.public,
                private=row.private if final else None,
                entry_count=row.entries,
                received_at=row.received_at,
                entry_id=row.id,
                is_mine=any(mate.id == person.id for mate in mates),
            )
        )
    return Board(made, final)


def bests(challenge_ids: Sequence[uuid.UUID]) -> Select[Any]:
    """Of each team or person of some challenges the entry that stands on the leaderboard: the best
    in public, the earliest of equals.

    Rows of ``id, challenge_id, unit_id, person_id, team_name, received_at, public, private,
    evaluation_id, higher, metric, entries``; the last is how many entries of hers have a score.
    """
    sign = case((ChallengeEvaluation.higher, -1.0), else_=1.0)
    unit = (ChallengeEntry.challenge_id, ChallengeEntry.unit_id)
    best = (
        select(
            ChallengeEntry.id,
            ChallengeEntry.challenge_id,
            ChallengeEntry.unit_id,
            ChallengeEntry.person_id,
            ChallengeEntry.team_name,
            ChallengeEntry.received_at,
            ChallengeScore.public,
            ChallengeScore.private,
            ChallengeScore.evaluation_id,
            ChallengeEvaluation.higher,
            ChallengeEvaluation.metric,
            func.row_number()
            .over(
                partition_by=unit,
                order_by=(
                    sign * ChallengeScore.public, ChallengeEntry.received_at, ChallengeEntry.id,
                ),
            )
            .label("place"),
            func.count().over(partition_by=unit).label("entries"),
        )
        .join(ChallengeScore, ChallengeScore.entry_id == ChallengeEntry.id)
        .join(ChallengeEvaluation, ChallengeEvaluation.id == ChallengeScore.evaluation_id)
        .where(
            ChallengeEntry.challenge_id.in_(challenge_ids),
            ChallengeEntry.state == EntryState.SCORED,
            ChallengeEntry.is_late.is_(False),
            ChallengeEntry.is_trial.is_(False),
            ChallengeScore.superseded_at.is_(None),
        )
        .subquery()
    )  # fmt: skip
    return select(best).where(best.c.place == 1)


def _alone(
    person_id: uuid.UUID, handles: tuple[str, ...], named: dict[uuid.UUID, ChallengeParticipant]
) -> str:
    if handles:
        return f"@{handles[0]}"
    known = named.get(person_id)
    return _("Participant %(number)s", number=known.number if known else "–")


def _people(entry_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Person]]:
    found: dict[uuid.UUID, list[Person]] = {}
    for entry_id, person in db.session.execute(
        select(ChallengeEntryPerson.entry_id, Person)
        .join(Person, Person.id == ChallengeEntryPerson.person_id)
        .where(ChallengeEntryPerson.entry_id.in_(entry_ids))
        .order_by(Person.handle)
    ):
        found.setdefault(entry_id, []).append(person)
    return found
