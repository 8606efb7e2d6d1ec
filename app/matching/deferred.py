"""Applicant-proposing deferred acceptance with quotas and supervisors' limits.

Gale and Shapley 1962; with limits the student-oriented algorithm for student–project allocation of
Abraham, Irving and Manlove (Two algorithms for the student–project allocation problem, 2007).
Every applicant receives the best project that she has in any stable matching, and gains nothing by
ranking otherwise than she wants. Minimum sizes are met by closing projects: then the result is
stable among those that are open, and no more is claimed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

from app.matching.lottery import Lottery, draw
from app.matching.rounds import Round
from app.matching.standing import Standing

__all__ = ["Matching", "match", "match_with"]


@dataclass(frozen=True)
class Matching:
    """Who received what. ``closed`` are projects under their minimum, the first closed first."""

    round: Round
    lottery: Lottery
    assigned: Mapping[str, str | None]
    closed: tuple[str, ...] = ()

    def admitted(self, project: str) -> list[str]:
        return [a for a, received in self.assigned.items() if received == project]


def match(round_: Round, seed: str) -> Matching:
    """The matching that the rankings and the seed decide. Raises MatchingError for no seed."""
    return match_with(round_, draw(round_, seed))


def match_with(round_: Round, lottery: Lottery) -> Matching:
    """As match, by a lottery that is known.

    While open projects are under their minimum, the one with the fewest admitted closes (of several
    the one with the largest minimum, then the first of the lottery) and everything runs again.
    """
    run = _Run(round_, Standing(round_, lottery))
    run.propose()
    while True:
        empty, under = _under_minimum(round_, lottery, run)
        # Without a project that has turned everybody away, everybody is turned away all the same.
        for name in empty:
            run.close(name)
        if not under:
            return Matching(round_, lottery, run.assigned, tuple(run.closed))
        run.close(under[0])
        run.propose()


def _under_minimum(round_: Round, lottery: Lottery, run: "_Run") -> tuple[list[str], list[str]]:
    """Open projects with too few: those with nobody, and the others; the next to close first."""
    admitted = Counter(run.assigned.values())
    under = sorted(
        (p for p in round_.projects if admitted[p.id] < p.minimum and p.id not in run.closed),
        key=lambda p: (admitted[p.id], -p.minimum, lottery.projects[p.id]),
    )
    empty = [p.id for p in under if not admitted[p.id]]
    return empty, [p.id for p in under[len(empty) :]]


class _Run:
    """Proposals until nobody is free who has somebody to propose to; in any order the same."""

    def __init__(self, round_: Round, standing: Standing) -> None:
        self._round = round_
        # Where she could be taken at all, the most wanted first.
        self._wishes = {
            a.id: [
                (choice, place)
                for choice in a.choices
                if (place := standing.at(choice, a.id)) is not None
            ]
            for a in round_.applicants
        }
        self.closed: dict[str, None] = {}
        self._start()

    def _start(self) -> None:
        self.assigned: dict[str, str | None] = dict.fromkeys(sorted(self._wishes))
        desks = {s.id: _Desk(s.limit) for s in self._round.supervisors}
        self._desks = {
            p.id: (_Desk(p.quota), None if p.supervisor is None else desks[p.supervisor])
            for p in self._round.projects
        }
        self._left = {name: iter(wishes) for name, wishes in self._wishes.items()}
        self._free = list(self.assigned)

    def close(self, project: str) -> None:
        """Take a project away. Propose again afterwards.

        Everybody in it is turned away, which is as if it had never been there; unless its
        supervisor has turned others away, perhaps because of it: then everything begins anew.
        """
        self.closed[project] = None
        desk, supervisor = self._desks[project]
        if not desk.count:
            return
        if supervisor is not None and supervisor.has_turned_away:
            self._start()
            return
        if supervisor is not None:
            supervisor.count -= desk.count
        desk.count = 0
        for name, received in self.assigned.items():
            if received == project:
                self.assigned[name] = None
                self._free.append(name)

    def propose(self) -> None:
        while self._free:
            name = self._free.pop()
            for choice, place in self._left[name]:
                turned_away = name if choice in self.closed else self._admit(name, choice, place)
                if turned_away != name:
                    if turned_away is not None:
                        self._free.append(turned_away)
                    break

    def _admit(self, name: str, choice: str, place: int) -> str | None:
        """Hold an applicant at a project; whoever has no place then."""
        project, supervisor = self._desks[choice]
        self.assigned[name] = choice
        project.admit(place, name, choice)
        if supervisor is not None:
            supervisor.admit(place, name, choice)
        if project.count > project.limit:
            turned_away = project.last(self.assigned)
        elif supervisor is not None and supervisor.count > supervisor.limit:
            turned_away = supervisor.last(self.assigned)
            supervisor.has_turned_away = True
        else:
            return None
        desk, above = self._desks[str(self.assigned[turned_away])]
        desk.count -= 1
        if above is not None:
            above.count -= 1
        self.assigned[turned_away] = None
        return turned_away


class _Desk:
    """Who is held at a project or by a supervisor, the last of them at hand."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.count = 0
        self.has_turned_away = False
        self._heap: list[tuple[int, str, str]] = []

    def admit(self, place: int, applicant: str, project: str) -> None:
        self.count += 1
        heappush(self._heap, (-place, applicant, project))

    def last(self, assigned: Mapping[str, str | None]) -> str:
        """The last of those who are still here: whoever left is only now taken off the heap."""
        while assigned[self._heap[0][1]] != self._heap[0][2]:
            heappop(self._heap)
        return self._heap[0][1]
