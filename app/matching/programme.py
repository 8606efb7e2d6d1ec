"""The integer programme of team formation, for scipy.optimize.milp (HiGHS).

One variable of 0 or 1 for each student and topic that she chose, one for each topic that may run.
Rows: a student is in at most one team; a team that runs has its sizes; nobody is in a topic that
does not run (row by row, which proves optima much sooner than the sizes alone); some member holds
each required skill.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from app.matching.teams import Member, Topic

__all__ = ["Programme", "Solved"]

_LEAST_SECONDS = 0.1


@dataclass(frozen=True)
class Solved:
    value: float
    bound: float
    """No solution is better than this."""
    assigned: Mapping[str, str | None]


class Programme:
    def __init__(self, members: "Sequence[Member]", topics: "Sequence[Topic]") -> None:
        self._members = [m.id for m in members]
        self._topics = [t.id for t in topics]
        self._must_run = [t.must_run for t in topics]
        column_of_topic = {t.id: number for number, t in enumerate(topics)}
        self._pairs = [
            (member, column_of_topic[choice], rank)
            for member, m in enumerate(members)
            for rank, choice in enumerate(m.choices, 1)
            if choice in column_of_topic
        ]
        self._ranks = np.array([rank for _member, _topic, rank in self._pairs], dtype=float)
        self._width = len(self._pairs) + len(topics)
        self._rows(members, topics)

    def most_placed(self, until: float, worst: int | None = None) -> Solved | None:
        """As many as possible, with no choice beyond WORST; None if topics that must run cannot."""
        costs = np.concatenate([-np.ones(len(self._pairs)), np.zeros(len(self._topics))])
        solved = self._solve(costs, until, worst=worst)
        return None if solved is None else Solved(-solved.value, -solved.bound, solved.assigned)

    def most_running(self, until: float) -> list[str]:
        """Of the topics that must run, those that do not when as many of them run as can."""
        costs = np.concatenate([np.zeros(len(self._pairs)), -np.array(self._must_run, dtype=float)])
        solved = self._solve(costs, until, must_run=False)
        assert solved is not None
        running = set(solved.assigned.values())
        return [
            name
            for name, must in zip(self._topics, self._must_run, strict=True)
            if must and name not in running
        ]

    def best_worst(self, placed: int, most: Solved, until: float) -> tuple[Solved, bool]:
        """The smallest worst choice with which PLACED students are still placed, by halving.

        Returns it as a value with an assignment, and whether a smaller one is proven impossible.
        """
        best, high = most.assigned, self._worst_of(most.assigned)
        low, is_proven = (1 if placed else 0), True
        while low < high:
            middle = (low + high) // 2
            try:
                solved = self.most_placed(until, worst=middle)
            except TimeoutError:
                return Solved(high, low, best), False
            if solved is not None and round(solved.value) >= placed:
                best = solved.assigned
                high = min(middle, self._worst_of(best))
            else:
                # What was not found within the time may exist all the same.
                is_proven &= solved is None or solved.bound < placed - 0.5
                low = middle + 1
        return Solved(high, high, best), is_proven

    def least_squares(self, placed: int, worst: int, until: float) -> Solved | None:
        """The smallest sum of squared choices with PLACED students; None without time for it."""
        costs = np.concatenate([self._ranks**2, np.zeros(len(self._topics))])
        try:
            return self._solve(costs, until, worst=worst, placed=placed)
        except TimeoutError:
            return None

    def _worst_of(self, assigned: Mapping[str, str | None]) -> int:
        return max(
            (
                rank
                for member, topic, rank in self._pairs
                if assigned[self._members[member]] == self._topics[topic]
            ),
            default=0,
        )

    def _rows(self, members: "Sequence[Member]", topics: "Sequence[Topic]") -> None:
        rows: list[tuple[dict[int, float], float, float]] = []
        of_member: list[dict[int, float]] = [{} for _ in members]
        of_topic: list[dict[int, float]] = [{} for _ in topics]
        for column, (member, topic, _rank) in enumerate(self._pairs):
            of_member[member][column] = 1.0
            of_topic[topic][column] = 1.0
            rows.append(({column: 1.0, self._runs(topic): -1.0}, -np.inf, 0.0))
        rows += [(row, -np.inf, 1.0) for row in of_member if row]
        for number, t in enumerate(topics):
            row = of_topic[number]
            rows.append(({**row, self._runs(number): -float(t.smallest)}, 0.0, np.inf))
            rows.append(({**row, self._runs(number): -float(t.largest)}, -np.inf, 0.0))
            for skill in sorted(set(t.skills)):
                holders = {c: 1.0 for c in row if skill in members[self._pairs[c][0]].skills}
                rows.append(({**holders, self._runs(number): -1.0}, 0.0, np.inf))
        lengths = np.cumsum([0, *(len(row) for row, _low, _high in rows)])
        columns = [column for row, _low, _high in rows for column in row]
        values = [value for row, _low, _high in rows for value in row.values()]
        self._matrix = csr_array((values, columns, lengths), shape=(len(rows), self._width))
        self._low = np.array([low for _row, low, _high in rows])
        self._high = np.array([high for _row, _low, high in rows])

    def _runs(self, topic: int) -> int:
        return len(self._pairs) + topic

    def _solve(
        self,
        costs: Any,
        until: float,
        *,
        worst: int | None = None,
        placed: int | None = None,
        must_run: bool = True,
    ) -> Solved | None:
        """None if nothing satisfies the rows. Raises TimeoutError if the time brought nothing."""
        if not self._width:
            return Solved(0.0, 0.0, dict.fromkeys(self._members)) if not placed else None
        left = until - time.monotonic()
        if left < _LEAST_SECONDS:
            raise TimeoutError("No time is left for the integer programme.")
        upper = np.ones(self._width)
        if worst is not None:
            upper[: len(self._pairs)] = self._ranks <= worst
        lower = np.zeros(self._width)
        if must_run:
            lower[len(self._pairs) :] = self._must_run
        constraints = [LinearConstraint(self._matrix, self._low, self._high)]
        if placed is not None:
            everybody = np.concatenate([np.ones(len(self._pairs)), np.zeros(len(self._topics))])
            constraints.append(LinearConstraint(everybody, placed, placed))
        solution = milp(
            costs,
            integrality=np.ones(self._width),
            bounds=Bounds(lower, upper),
            constraints=constraints,
            options={"time_limit": left, "mip_rel_gap": 0.0},
        )
        if solution.status == 2:
            return None
        if solution.x is None:
            raise TimeoutError("The integer programme found no teams in its time.")
        assigned: dict[str, str | None] = dict.fromkeys(self._members)
        for column in np.flatnonzero(solution.x[: len(self._pairs)] > 0.5):
            member, topic, _rank = self._pairs[column]
            assigned[self._members[member]] = self._topics[topic]
        return Solved(float(solution.fun), float(solution.mip_dual_bound), assigned)
