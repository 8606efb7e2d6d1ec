"""After the result: changes by hand and places that fall free, each checked again.

A change is applied to a finished matching without running it again: nobody loses a place that she
was told of. What it makes is said: pairs that would rather have each other, and rules it breaks.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from app.matching.blocking import Held, blocking_pairs, preferred
from app.matching.deferred import Matching
from app.matching.errors import MatchingError
from app.matching.rounds import Applicant, Round
from app.matching.standing import Standing

__all__ = [
    "Change",
    "Checked",
    "Limit",
    "Move",
    "Quota",
    "Step",
    "Withdrawal",
    "applied",
    "check",
    "moves_up",
    "next_up",
    "stability",
    "waiting",
]


@dataclass(frozen=True)
class Move:
    """An officer gives APPLICANT a place, or with None takes hers away."""

    applicant: str
    project: str | None


@dataclass(frozen=True)
class Withdrawal:
    """APPLICANT leaves the round: she declines, or her time has run out."""

    applicant: str


@dataclass(frozen=True)
class Quota:
    project: str
    quota: int


@dataclass(frozen=True)
class Limit:
    supervisor: str
    limit: int


Change = Move | Withdrawal | Quota | Limit


@dataclass(frozen=True)
class Step:
    """Somebody moves up: from ``old``, or from nothing, to ``new``."""

    applicant: str
    old: str | None
    new: str


@dataclass(frozen=True)
class Checked:
    """What a change makes of a matching."""

    matching: Matching
    pairs: tuple[tuple[str, str], ...]
    """All pairs of applicant and project that would now rather have each other."""
    new_pairs: tuple[tuple[str, str], ...]
    """Those of them that the change has made."""
    over: tuple[str, ...]
    """Projects and supervisors with more than they may have."""
    under: tuple[str, ...]
    """Projects that take place with fewer than their minimum, and had enough before."""
    unfit: bool = False
    """The applicant is moved to a closed project, one not chosen, or one that cannot take her."""

    @property
    def is_clean(self) -> bool:
        return not (self.new_pairs or self.over or self.under or self.unfit)


def stability(matching: Matching) -> list[tuple[str, str]]:
    """The blocking pairs of a matching as it is."""
    standing = Standing(matching.round, matching.lottery)
    return blocking_pairs(matching.round, standing, matching.assigned, matching.closed)


def check(matching: Matching, change: Change) -> Checked:
    """Apply a change and look at what it makes. Raises MatchingError for unknown ids."""
    try:
        changed = applied(matching, change)
    except KeyError as error:
        raise MatchingError(f"{error.args[0]} is not in the round.") from error
    before, too_few = set(stability(matching)), _under(matching)
    pairs = tuple(stability(changed))
    return Checked(
        matching=changed,
        pairs=pairs,
        new_pairs=tuple(pair for pair in pairs if pair not in before),
        over=_over(changed),
        under=tuple(name for name in _under(changed) if name not in too_few),
        unfit=isinstance(change, Move) and _is_unfit(matching, change),
    )


def waiting(matching: Matching, project: str) -> list[str]:
    """Who would rather be in PROJECT than where she is, the first in line first."""
    standing = Standing(matching.round, matching.lottery)
    line = [
        (place, name)
        for name, received in matching.assigned.items()
        if project in preferred(matching.round, name, received)
        and (place := standing.at(project, name)) is not None
    ]
    return [name for _place, name in sorted(line)]


def next_up(
    matching: Matching,
    *,
    settled: Collection[str] = (),
    declined: Collection[tuple[str, str]] = (),
) -> tuple[Step, ...]:
    """Whom free places may be offered to now: for each supervisor and each other project one.

    SETTLED applicants keep what they have; DECLINED pairs are not offered again. No applicant
    stands twice: she is offered the better of two places.
    """
    standing = Standing(matching.round, matching.lottery)
    return _best_of_each(matching, _offers(matching, standing, settled, declined))


def _best_of_each(matching: Matching, offers: list[Step]) -> tuple[Step, ...]:
    best: dict[str, Step] = {}
    for step in offers:
        choices = matching.round.applicant[step.applicant].choices
        held = best.get(step.applicant)
        if held is None or choices.index(step.new) < choices.index(held.new):
            best[step.applicant] = step
    return tuple(best[name] for name in sorted(best))


def moves_up(
    matching: Matching,
    *,
    settled: Collection[str] = (),
    declined: Collection[tuple[str, str]] = (),
) -> tuple[Matching, tuple[Step, ...]]:
    """Fill free places until none can be filled, if everybody accepts; who moves, in order.

    Nobody is displaced: each step takes one applicant to a place that she prefers, and frees hers.
    After a departure from a stable matching the end is stable again (Blum, Roth and Rothblum,
    Vacancy chains and equilibration in senior-level labor markets, 1997).
    """
    standing = Standing(matching.round, matching.lottery)
    steps: list[Step] = []
    while offers := _offers(matching, standing, settled, declined):
        step = _best_of_each(matching, offers)[0]
        steps.append(step)
        matching = replace(matching, assigned={**matching.assigned, step.applicant: step.new})
    return matching, tuple(steps)


def _offers(
    matching: Matching,
    standing: Standing,
    settled: Collection[str],
    declined: Collection[tuple[str, str]],
) -> list[Step]:
    """For each supervisor, or project without one, the first in line for a place that is free."""
    round_ = matching.round
    held = Held(round_, standing, matching.assigned)
    first: dict[tuple[str, str], tuple[int, int, Step]] = {}
    for name, received in matching.assigned.items():
        if name in settled:
            continue
        for rank, choice in enumerate(preferred(round_, name, received)):
            project = round_.project[choice]
            place = standing.at(choice, name)
            if (
                place is None
                or choice in matching.closed
                or (name, choice) in declined
                or not held.has_place(project)
                or not (
                    held.supervisor_has_place(project)
                    or held.is_with_supervisor(name, project, place)
                )
            ):
                continue
            of = ("project", choice)
            if project.supervisor is not None:
                of = ("supervisor", project.supervisor)
            offer = (place, rank, Step(name, received, choice))
            if of not in first or offer[:2] < first[of][:2]:
                first[of] = offer
    return [step for _place, _rank, step in sorted(first.values(), key=lambda o: o[:2])]


def applied(matching: Matching, change: Change) -> Matching:
    """MATCHING with CHANGE, not looked at. Raises KeyError for unknown ids."""
    round_ = matching.round
    if isinstance(change, Quota):
        project = replace(round_.project[change.project], quota=change.quota)
        # A smaller quota must not contradict a minimum that once was met.
        project = replace(project, minimum=min(project.minimum, change.quota))
        projects = tuple(project if p.id == project.id else p for p in round_.projects)
        return replace(matching, round=replace(round_, projects=projects))
    if isinstance(change, Limit):
        supervisor = replace(round_.supervisor[change.supervisor], limit=change.limit)
        everybody = tuple(supervisor if s.id == supervisor.id else s for s in round_.supervisors)
        return replace(matching, round=replace(round_, supervisors=everybody))
    applicant = round_.applicant[change.applicant]
    if isinstance(change, Withdrawal):
        matching = replace(matching, round=_without_choices(round_, applicant))
        received = None
    else:
        received = None if change.project is None else round_.project[change.project].id
    return replace(matching, assigned={**matching.assigned, applicant.id: received})


def _without_choices(round_: Round, applicant: Applicant) -> Round:
    left = replace(applicant, choices=(), missing={})
    everybody = tuple(left if a.id == left.id else a for a in round_.applicants)
    return replace(round_, applicants=everybody)


def _is_unfit(matching: Matching, move: Move) -> bool:
    if move.project is None:
        return False
    standing = Standing(matching.round, matching.lottery)
    return (
        move.project in matching.closed
        or move.project not in matching.round.applicant[move.applicant].choices
        or standing.at(move.project, move.applicant) is None
    )


def _over(matching: Matching) -> tuple[str, ...]:
    admitted, supervised = _counts(matching)
    found = [p.id for p in matching.round.projects if admitted[p.id] > p.quota]
    found += [s.id for s in matching.round.supervisors if supervised[s.id] > s.limit]
    return tuple(sorted(found))


def _under(matching: Matching) -> tuple[str, ...]:
    admitted, _supervised = _counts(matching)
    return tuple(
        p.id
        for p in matching.round.projects
        if admitted[p.id] < p.minimum and p.id not in matching.closed
    )


def _counts(matching: Matching) -> tuple[Mapping[str, int], Mapping[str, int]]:
    admitted = Counter(r for r in matching.assigned.values() if r is not None)
    supervised: Counter[str] = Counter()
    for name, count in admitted.items():
        if (supervisor := matching.round.project[name].supervisor) is not None:
            supervised[supervisor] += count
    return admitted, supervised
