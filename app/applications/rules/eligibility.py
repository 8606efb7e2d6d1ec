"""Whether somebody has the skills that a brief asks for, and what each answer rests on; pure.

A required skill is met when it is shown at the level that is asked for or above, vouched for at
least as asked. Of a team it is enough that one member shows it. Ways of vouching are not merged:
the strongest one that reaches the level is named.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.evidence.rules import Vouching, at_least


@dataclass(frozen=True)
class Wanted:
    """A skill that a brief asks for. ``is_required`` or merely wished for; levels begin at 1."""

    skill_id: uuid.UUID
    level: int
    is_required: bool = True
    vouching: Vouching = Vouching.AUTOGRADED


@dataclass(frozen=True)
class Held:
    """A skill that somebody shows at ``level``, vouched for at least as ``vouching``."""

    person_id: uuid.UUID
    skill_id: uuid.UUID
    level: int
    vouching: Vouching


@dataclass(frozen=True)
class Answer:
    """One wanted skill and what is there for it."""

    wanted: Wanted
    by: tuple[Held, ...]
    """What reaches it, the strongest way of vouching first; empty: it is missing."""
    nearest: Held | None
    """The highest that is there of the skill, also when it is not enough."""

    @property
    def is_met(self) -> bool:
        return bool(self.by)

    @property
    def best(self) -> Held | None:
        return self.by[0] if self.by else None


@dataclass(frozen=True)
class Eligibility:
    """All wanted skills in the brief's order."""

    answers: tuple[Answer, ...]

    @property
    def is_eligible(self) -> bool:
        """Whether every required skill is met; wished ones do not count."""
        return not self.missing

    @property
    def missing(self) -> tuple[Answer, ...]:
        """Required ones that are not met."""
        return tuple(a for a in self.answers if a.wanted.is_required and not a.is_met)

    @property
    def met_count(self) -> int:
        return sum(answer.is_met for answer in self.answers)


_STRENGTH: Mapping[Vouching, int] = {vouching: n for n, vouching in enumerate(Vouching)}


def eligibility(wanted: Sequence[Wanted], held: Iterable[Held]) -> Eligibility:
    """What HELD (of one person, or of all members of a team) answers to WANTED."""
    by_skill: dict[uuid.UUID, list[Held]] = {}
    for one in held:
        by_skill.setdefault(one.skill_id, []).append(one)
    return Eligibility(tuple(_answer(one, by_skill.get(one.skill_id, ())) for one in wanted))


def _answer(wanted: Wanted, held: Sequence[Held]) -> Answer:
    enough = sorted(
        (
            one
            for one in held
            if one.level >= wanted.level and at_least(one.vouching, wanted.vouching)
        ),
        key=lambda one: (-_STRENGTH[one.vouching], -one.level, one.person_id),
    )
    nearest = max(
        held, key=lambda one: (one.level, _STRENGTH[one.vouching], one.person_id), default=None
    )
    return Answer(wanted, tuple(enough), nearest)
