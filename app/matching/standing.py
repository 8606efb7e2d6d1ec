"""Who stands before whom: the order in which a project, and its supervisor, would take applicants.

An applicant's standing at a project is one number, smaller is better. Its larger part is her place
on the list that counts, its smaller part her place in the lottery, so that nobody ties.

A supervisor who ranks has one list for all projects, and an applicant stands equal at all of them
(SPA-S). Where each project ranks for itself, the supervisor compares the places that applicants
have at theirs: a list over pairs of applicant and project, which contradicts no project's own.
"""

from collections.abc import Mapping

from app.matching.lottery import Lottery
from app.matching.rounds import Ranking, Round

__all__ = ["Standing"]


class Standing:
    """Standings of a round by its lottery: computed once, and read by everything that matches."""

    def __init__(self, round_: Round, lottery: Lottery) -> None:
        self._lottery = lottery.applicants
        self._count = max(1, len(lottery.applicants))
        lists: dict[str, Mapping[str, int]] = {
            s.id: self._places(s.ranking) for s in round_.supervisors if s.ranking is not None
        }
        self._lists = {
            p.id: lists[str(p.supervisor)] if p.ranking is None else self._places(p.ranking)
            for p in round_.projects
        }
        self._missing = {a.id: a.missing for a in round_.applicants if a.missing}

    def at(self, project: str, applicant: str) -> int | None:
        """The applicant's standing; None if the project could not take her at all."""
        if applicant in self._missing and project in self._missing[applicant]:
            return None
        return self._lists[project].get(applicant)

    def is_ranked(self, project: str, applicant: str) -> bool:
        return applicant in self._lists[project]

    def place(self, standing: int) -> int:
        """Without the lottery: equal for those whom the list does not tell apart."""
        return standing // self._count

    def _places(self, ranking: Ranking) -> Mapping[str, int]:
        """Twice the mean place of each tier, from 0: ties neither raise nor lower anybody."""
        found: dict[str, int] = {}
        for tier in ranking:
            place = 2 * len(found) + len(tier) - 1
            found.update({name: place * self._count + self._lottery[name] for name in tier})
        return found
