"""What was handed in to a challenge, and how many attempts remain."""

import uuid
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person
from app.challenges import policies
from app.challenges.models import (
    Challenge,
    ChallengeEntry,
    ChallengeEntryPerson,
    ChallengeParticipant,
    ChallengeScore,
)
from app.challenges.rules import COSTS, LIVE, EntryState, day_of
from app.grading.models import HandInRule
from app.grading.queries.teams import Team, my_team
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page

PARTS = (
    joinedload(ChallengeEntry.person),
    selectinload(ChallengeEntry.people).joinedload(ChallengeEntryPerson.person),
    selectinload(ChallengeEntry.scores).joinedload(ChallengeScore.evaluation),
)


def team_of(person: Person, challenge: Challenge) -> Team | None:
    """The team with which PERSON hands in now; None when she is alone."""
    rule = HandInRule(section_id=challenge.section_id, group_set_id=challenge.group_set_id)
    return my_team(person, rule)


@dataclass(frozen=True)
class Attempts:
    """What a participant has of the day's attempts."""

    most: int
    used: int
    waiting: int
    invalid: int

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)


def attempts(challenge: Challenge, unit_id: uuid.UUID) -> Attempts:
    """The attempts of a team or person today, in Taipei. What could not be scored costs none."""
    states = [
        row[0]
        for row in db.session.execute(
            select(ChallengeEntry.state).where(
                ChallengeEntry.challenge_id == challenge.id,
                ChallengeEntry.unit_id == unit_id,
                ChallengeEntry.day == day_of(clock.now()),
            )
        )
    ]
    return Attempts(
        challenge.attempts_per_day,
        sum(state in COSTS for state in states),
        sum(state in LIVE for state in states),
        sum(state is EntryState.INVALID for state in states),
    )


def my_entries(
    person: Person, challenge: Challenge, page: int | None = 1, size: int = 20
) -> Listed[ChallengeEntry]:
    """Everything that is PERSON's work, newest first."""
    hers = select(ChallengeEntryPerson.entry_id).where(ChallengeEntryPerson.person_id == person.id)
    statement = (
        select(ChallengeEntry)
        .where(ChallengeEntry.challenge_id == challenge.id, ChallengeEntry.id.in_(hers))
        .order_by(ChallengeEntry.received_at.desc(), ChallengeEntry.id.desc())
        .options(*PARTS)
    )
    statement, total, page = one_page(statement, page, size)
    return Listed(db.session.scalars(statement).all(), total, page, size)


def entries_of(
    challenge: Challenge, *, search: str = "", state: str = "", page: int | None = 1
) -> Listed[ChallengeEntry]:
    """Everybody's entries for the staff, newest first."""
    statement = (
        select(ChallengeEntry)
        .join(ChallengeEntry.person)
        .where(ChallengeEntry.challenge_id == challenge.id)
        .options(*PARTS)
    )
    if search:
        like = f"%{search.replace('%', '')}%"
        statement = statement.where(
            or_(
                Person.name.ilike(like),
                Person.handle.ilike(like),
                ChallengeEntry.team_name.ilike(like),
            )
        )
    if state in set(EntryState):
        statement = statement.where(ChallengeEntry.state == EntryState(state))
    statement = statement.order_by(ChallengeEntry.received_at.desc(), ChallengeEntry.id.desc())
    statement, total, page = one_page(statement, page)
    return Listed(db.session.scalars(statement).all(), total, page)


def entry_visible_to(person: Person, challenge: Challenge, entry_id: uuid.UUID) -> ChallengeEntry:
    """An entry for those whose work it is, and for the staff. Raises NotVisible."""
    found = db.session.scalar(
        select(ChallengeEntry)
        .where(ChallengeEntry.id == entry_id, ChallengeEntry.challenge_id == challenge.id)
        .options(*PARTS)
    )
    if found is None or not policies.can_see_entry(person, found, challenge):
        raise NotVisible(str(entry_id))
    return found


def counts_by_state(challenge: Challenge) -> dict[EntryState, int]:
    """How many entries there are in each state."""
    return {
        row[0]: row[1]
        for row in db.session.execute(
            select(ChallengeEntry.state, func.count())
            .where(ChallengeEntry.challenge_id == challenge.id)
            .group_by(ChallengeEntry.state)
        )
    }


def participant(person: Person, challenge: Challenge) -> ChallengeParticipant | None:
    """How PERSON is called on the leaderboard, once she has handed in something."""
    return db.session.scalar(
        select(ChallengeParticipant).where(
            ChallengeParticipant.challenge_id == challenge.id,
            ChallengeParticipant.person_id == person.id,
        )
    )
