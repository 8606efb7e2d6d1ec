"""Teams of a course, where only students rank: an integer programme, solved by HiGHS.

One after the other, and each without giving up the one before: as many students placed as possible;
the worst choice that anybody receives as good as possible; the sum of squared choices as small as
possible. Teams have their sizes, and every required skill is held by some member.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.matching.errors import MatchingError
from app.matching.programme import Programme, Solved

__all__ = ["Member", "NoTeams", "Obstacle", "Stage", "Teams", "Topic", "Why", "form_teams"]


@dataclass(frozen=True)
class Member:
    """A student who looks for a team."""

    id: str
    choices: tuple[str, ...]
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Topic:
    """What one team works on: list it twice, under two ids, for two teams."""

    id: str
    smallest: int
    largest: int
    skills: tuple[str, ...] = ()
    """Each held by some member."""
    must_run: bool = False


class Why(StrEnum):
    """Why there are no teams as they were asked for."""

    NO_CHOICES = "no-choices"
    """A student has chosen nothing."""
    NOBODY_HOLDS = "nobody-holds"
    """A topic needs a skill that nobody who chose it holds."""
    TOO_FEW_CHOSE = "too-few-chose"
    """Fewer chose a topic than its smallest team."""
    TOO_FEW_PLACES = "too-few-places"
    """All topics together have fewer places than there are students."""
    TOO_LITTLE_TOGETHER = "too-little-together"
    """A topic could run by itself, but not beside what must run or places more students."""


@dataclass(frozen=True)
class Obstacle:
    why: Why
    student: str | None = None
    topic: str | None = None
    skill: str | None = None
    count: int | None = None
    """Of TOO_FEW_CHOSE: who chose it. Of TOO_FEW_PLACES: the places."""


class NoTeams(Exception):
    """What was asked for cannot be had; ``obstacles`` say why, ``most`` how many can be placed."""

    def __init__(self, obstacles: Sequence[Obstacle], most: int | None = None) -> None:
        super().__init__(", ".join(sorted({o.why.value for o in obstacles})) or "not all placed")
        self.obstacles = tuple(obstacles)
        self.most = most


@dataclass(frozen=True)
class Stage:
    """One aim: what was reached, and what no solution can surpass. Proven if the two agree."""

    name: str
    value: float
    bound: float

    @property
    def is_proven(self) -> bool:
        return abs(self.value - self.bound) < 0.5

    @property
    def gap(self) -> float:
        """How far the bound is from what was reached, in parts of it."""
        return 0.0 if self.is_proven else abs(self.value - self.bound) / max(1.0, abs(self.value))


@dataclass(frozen=True)
class Teams:
    assigned: Mapping[str, str | None]
    stages: tuple[Stage, ...]
    """``placed``, ``worst-choice`` (from 1) and ``squares``, as far as the time sufficed."""
    obstacles: Mapping[str, tuple[Obstacle, ...]] = field(default_factory=dict)
    """Of everybody without a team: what is known against each topic that she chose."""

    @property
    def is_proven(self) -> bool:
        return len(self.stages) == 3 and all(stage.is_proven for stage in self.stages)


def form_teams(
    members: Sequence[Member],
    topics: Sequence[Topic],
    *,
    everybody: bool = False,
    seconds: float = 60.0,
) -> Teams:
    """The best teams, in any order of the input the same.

    Raises NoTeams if topics that must run cannot, or with EVERYBODY if somebody stays without a
    team; MatchingError if ids are twice or unknown. After SECONDS it ends with the best that
    it has, and ``is_proven`` is False; TimeoutError if it has nothing yet.
    """
    members = sorted(members, key=lambda m: m.id)
    topics = sorted(topics, key=lambda t: t.id)
    _check(members, topics)
    against = {t.id: _against(t, [m for m in members if t.id in m.choices]) for t in topics}
    if found := [o for t in topics if t.must_run for o in against[t.id]]:
        raise NoTeams(found)
    until = time.monotonic() + seconds
    programme = Programme(members, [t for t in topics if not against[t.id]])
    most = programme.most_placed(until)
    if most is None:
        together = programme.most_running(until)
        raise NoTeams([Obstacle(Why.TOO_LITTLE_TOGETHER, topic=name) for name in together])
    placed = round(most.value)
    if everybody and placed < len(members) and _is_proven(most):
        raise NoTeams(_why_not_all(members, topics, against, most.assigned), most=placed)
    stages = [Stage("placed", placed, round(most.bound))]
    assigned = most.assigned
    worst, proven_below = programme.best_worst(placed, most, until)
    stages.append(Stage("worst-choice", worst.value, worst.value if proven_below else 1.0))
    assigned = worst.assigned
    squares = programme.least_squares(placed, round(worst.value), until)
    if squares is not None:
        stages.append(Stage("squares", round(squares.value), squares.bound))
        assigned = squares.assigned
    return Teams(
        assigned,
        tuple(stages),
        {m.id: _without_team(m, against) for m in members if assigned[m.id] is None},
    )


def _is_proven(solved: Solved) -> bool:
    return abs(solved.value - solved.bound) < 0.5


def _check(members: Sequence[Member], topics: Sequence[Topic]) -> None:
    known = {t.id for t in topics}
    if len(known) < len(topics) or len({m.id for m in members}) < len(members):
        raise MatchingError("An id is there twice.")
    for member in members:
        if len(set(member.choices)) < len(member.choices) or not known.issuperset(member.choices):
            raise MatchingError(f"{member.id} chooses a topic twice, or one that is not there.")
    for topic in topics:
        if not 1 <= topic.smallest <= topic.largest:
            raise MatchingError(
                f"{topic.id} needs a team of 1 or more, and not more than its largest."
            )


def _against(topic: Topic, chose: Sequence[Member]) -> list[Obstacle]:
    """What keeps a topic from running whatever the others do."""
    held = frozenset().union(*(m.skills for m in chose))
    found = [
        Obstacle(Why.NOBODY_HOLDS, topic=topic.id, skill=skill)
        for skill in sorted(set(topic.skills) - held)
    ]
    if len(chose) < topic.smallest:
        found.append(Obstacle(Why.TOO_FEW_CHOSE, topic=topic.id, count=len(chose)))
    return found


def _without_team(member: Member, against: Mapping[str, list[Obstacle]]) -> tuple[Obstacle, ...]:
    if not member.choices:
        return (Obstacle(Why.NO_CHOICES, student=member.id),)
    return tuple(
        obstacle
        for choice in member.choices
        for obstacle in against[choice] or [Obstacle(Why.TOO_LITTLE_TOGETHER, topic=choice)]
    )


def _why_not_all(
    members: Sequence[Member],
    topics: Sequence[Topic],
    against: Mapping[str, list[Obstacle]],
    assigned: Mapping[str, str | None],
) -> list[Obstacle]:
    found = []
    places = sum(t.largest for t in topics if not against[t.id])
    if places < len(members):
        found.append(Obstacle(Why.TOO_FEW_PLACES, count=places))
    left = [m for m in members if assigned[m.id] is None]
    found += [o for m in left for o in _without_team(m, against)]
    return list(dict.fromkeys(found))
