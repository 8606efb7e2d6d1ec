"""Choosing a lead."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ballot:
    voter_id: uuid.UUID
    candidate_id: uuid.UUID


def elected(ballots: Iterable[Ballot], members: Collection[uuid.UUID]) -> uuid.UUID | None:
    """Whom more than half of all MEMBERS chose; None while nobody has that many.

    Votes of and for people who are no members any more do not count.
    """
    votes = Counter(
        ballot.candidate_id
        for ballot in ballots
        if ballot.voter_id in members and ballot.candidate_id in members
    )
    for candidate, count in votes.items():
        if 2 * count > len(members):
            return candidate
    return None
