"""What rooms above may want to know of teams."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class MemberJoined:
    team_id: uuid.UUID
    person_id: uuid.UUID


@dataclass(frozen=True)
class MemberLeft:
    """FROZEN_KEYS: what had wanted the team as it was (``application:ID``); nobody is kept in a
    team, so whoever froze it decides what a smaller one means."""

    team_id: uuid.UUID
    person_id: uuid.UUID
    frozen_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class TeamDissolved:
    team_id: uuid.UUID
