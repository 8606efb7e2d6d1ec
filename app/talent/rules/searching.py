"""Which students a search finds, and in which order. Only who may be seen ever comes here."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.evidence.rules import Vouching, at_least


@dataclass(frozen=True)
class WantedSkill:
    """KEY of a skill, at LEVEL at least, vouched for at least as VOUCHING."""

    key: str
    level: int = 1
    vouching: Vouching = Vouching.AUTOGRADED


@dataclass(frozen=True)
class Query:
    """What a company looks for; everything that is set must hold."""

    skills: tuple[WantedSkill, ...] = ()
    county: str = ""
    language: str = ""
    industry: str = ""
    hours: int = 0
    """Hours a week that she has at least."""
    on: date | None = None
    """A day on which she is available."""

    def as_json(self) -> dict[str, Any]:
        return {
            "skills": [[s.key, s.level, s.vouching.value] for s in self.skills],
            "county": self.county,
            "language": self.language,
            "industry": self.industry,
            "hours": self.hours,
            "on": self.on.isoformat() if self.on else "",
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Query":
        return cls(
            tuple(WantedSkill(key, level, Vouching(v)) for key, level, v in kept["skills"]),
            kept["county"],
            kept["language"],
            kept["industry"],
            kept["hours"],
            date.fromisoformat(kept["on"]) if kept["on"] else None,
        )


@dataclass(frozen=True)
class Shown:
    """What a search knows of one student: what she wrote for it, and what her work shows."""

    person_id: uuid.UUID
    code: str
    counties: tuple[str, ...] = ()
    is_remote: bool = False
    languages: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    hours: int = 0
    available_from: date | None = None
    available_until: date | None = None
    levels: Mapping[str, Mapping[Vouching, int]] = field(default_factory=dict)
    """Skill's key → way of vouching → level; the ways are never merged."""

    def best(self, wanted: WantedSkill) -> int:
        """The highest level at which she shows it, vouched for as wanted; 0 for none."""
        ways = self.levels.get(wanted.key, {})
        return max(
            (level for way, level in ways.items() if at_least(way, wanted.vouching)), default=0
        )


def fits(query: Query, one: Shown) -> bool:
    """Whether everything that QUERY sets holds for ONE."""
    return (
        all(one.best(wanted) >= wanted.level for wanted in query.skills)
        and (not query.county or query.county in one.counties or one.is_remote)
        and (not query.language or query.language in one.languages)
        and (not query.industry or query.industry in one.industries)
        and one.hours >= query.hours
        and (
            query.on is None
            or (
                (one.available_from is None or one.available_from <= query.on)
                and (one.available_until is None or query.on <= one.available_until)
            )
        )
    )


def in_order(query: Query, found: Iterable[Shown]) -> Sequence[Shown]:
    """Who shows most of what is wanted first; ties by a digest that means nothing.

    Each one's place depends on her and on those before her alone.
    """

    def key(one: Shown) -> tuple[int, str]:
        shown = sum(one.best(wanted) for wanted in query.skills)
        return -shown, hashlib.sha256(one.code.encode()).hexdigest()

    return sorted(found, key=key)
