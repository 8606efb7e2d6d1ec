"""One lottery for every tie, which nobody could have tried out beforehand.

Before the ranking opens the house draws a seed and publishes its hash; after it has closed, the
digest of everything that was ranked goes in too. So the house cannot choose a seed once it knows
the rankings, and nobody else can choose rankings that suit a seed. Each number can be computed in a
shell:  printf %s SEED | sha256sum;  printf %s SEED:DIGEST:ID | sha256sum
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.matching.errors import MatchingError
from app.matching.rounds import Ranking, Round

__all__ = ["Lottery", "digest", "document", "draw", "new_id", "new_seed", "seed_hash"]

_SEED = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Lottery:
    """Places from 0, the smaller drawn first: of applicants, and of projects that might close."""

    applicants: Mapping[str, int]
    projects: Mapping[str, int]


def new_id(letter: str = "a") -> str:
    """A random id for this round: give it when an applicant enters, not after the closing."""
    return f"{letter}{secrets.token_hex(8)}"


def new_seed() -> str:
    """256 random bits as 64 hexadecimal digits. A secret until the result is published."""
    return secrets.token_hex(32)


def seed_hash(seed: str) -> str:
    """What is published before the ranking opens: SHA-256 of the seed's 64 digits."""
    if not _SEED.fullmatch(seed):
        raise MatchingError("A seed is 64 hexadecimal digits.")
    return hashlib.sha256(seed.encode()).hexdigest()


def document(round_: Round) -> dict[str, Any]:
    """Everything that decides the result, as it stands in the proof; no names, no skills."""
    return {
        "id": round_.id,
        "applicants": {
            a.id: {
                "kind": a.kind.value,
                "choices": list(a.choices),
                "not_eligible": sorted(a.missing),
            }
            for a in round_.applicants
        },
        "projects": {
            p.id: {
                "takes": p.takes.value,
                "quota": p.quota,
                "minimum": p.minimum,
                "supervisor": p.supervisor,
                "ranking": _tiers(p.ranking),
            }
            for p in round_.projects
        },
        "supervisors": {
            s.id: {"limit": s.limit, "ranking": _tiers(s.ranking)} for s in round_.supervisors
        },
    }


def digest(round_: Round) -> str:
    """SHA-256 of the canonical document: keys sorted, no spaces, ASCII. In any order the same."""
    text = json.dumps(document(round_), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def draw(round_: Round, seed: str) -> Lottery:
    """The lottery of a closed round. Raises MatchingError for what is no seed."""
    seed_hash(seed)
    start = hashlib.sha256(f"{seed}:{digest(round_)}:".encode())
    return Lottery(
        applicants=_places(start, (a.id for a in round_.applicants)),
        projects=_places(start, (p.id for p in round_.projects)),
    )


def _places(start: Any, names: Iterable[str]) -> Mapping[str, int]:
    drawn = []
    for name in names:
        number = start.copy()
        number.update(name.encode())
        drawn.append((number.digest(), name))
    return {name: place for place, (_number, name) in enumerate(sorted(drawn))}


def _tiers(ranking: Ranking | None) -> list[list[str]] | None:
    return None if ranking is None else [sorted(tier) for tier in ranking]
