"""Blocking pairs, as Abraham, Irving and Manlove (2007) define them for projects and supervisors.

The applicant prefers the project to what she has, it could take her, and either

- the project and its supervisor have a place free; or
- the project has a place free and its supervisor none, and she is with that supervisor already, or
  stands before the last of those who are; or
- the project has no place free, and she stands before the last of those in it.

Where a supervisor does not rank, "with that supervisor already" asks in addition that she does not
stand worse at this project than at hers.
"""

from collections.abc import Iterator, Mapping

from app.matching.rounds import Project, Round
from app.matching.standing import Standing

__all__ = ["Held", "blocking_pairs", "preferred"]


class Held:
    """Where everybody is now: counts, and the last of each project and supervisor."""

    def __init__(
        self, round_: Round, standing: Standing, assigned: Mapping[str, str | None]
    ) -> None:
        self.standing = standing
        self.assigned = assigned
        self.count: dict[str, int] = {}
        self.last: dict[str, int] = {}
        self.with_supervisor: dict[str, int] = {}
        self.last_of_supervisor: dict[str, int] = {}
        self._round = round_
        for name, received in assigned.items():
            if received is not None:
                supervisor = round_.project[received].supervisor
                # By hand somebody may be where no list has her: behind everybody.
                place = standing.at(received, name)
                behind = _LAST if place is None else place
                _count(self.count, self.last, received, behind)
                if supervisor is not None:
                    _count(self.with_supervisor, self.last_of_supervisor, supervisor, behind)

    def has_place(self, project: Project) -> bool:
        return self.count.get(project.id, 0) < project.quota

    def supervisor_has_place(self, project: Project) -> bool:
        if project.supervisor is None:
            return True
        limit = self._round.supervisor[project.supervisor].limit
        return self.with_supervisor.get(project.supervisor, 0) < limit

    def blocks(self, applicant: str, project: Project) -> bool:
        """Whether the two would rather have each other. She must prefer the project."""
        place = self.standing.at(project.id, applicant)
        if place is None:
            return False
        if not self.has_place(project):
            return place < self.last.get(project.id, -1)
        if self.supervisor_has_place(project):
            return True
        return self.is_with_supervisor(applicant, project, place) or (
            place < self.last_of_supervisor.get(str(project.supervisor), -1)
        )

    def is_with_supervisor(self, applicant: str, project: Project, place: int) -> bool:
        """Whether she would only move within what her supervisor has, and not to a worse place."""
        received = self.assigned[applicant]
        if received is None or self._round.project[received].supervisor != project.supervisor:
            return False
        now = self.standing.at(received, applicant)
        return now is None or place <= now


_LAST = 1 << 62


def _count(count: dict[str, int], last: dict[str, int], name: str, place: int) -> None:
    count[name] = count.get(name, 0) + 1
    last[name] = max(last.get(name, -1), place)


def preferred(round_: Round, applicant: str, received: str | None) -> Iterator[str]:
    """Her choices above what she received, the best first; all if she received nothing of hers."""
    for choice in round_.applicant[applicant].choices:
        if choice == received:
            return
        yield choice


def blocking_pairs(
    round_: Round,
    standing: Standing,
    assigned: Mapping[str, str | None],
    closed: tuple[str, ...] = (),
) -> list[tuple[str, str]]:
    """Applicants and open projects that would rather have each other; sorted."""
    held = Held(round_, standing, assigned)
    return sorted(
        (name, choice)
        for name, received in assigned.items()
        for choice in preferred(round_, name, received)
        if choice not in closed and held.blocks(name, round_.project[choice])
    )
