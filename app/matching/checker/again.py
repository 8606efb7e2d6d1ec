"""The matching once more, in rounds: all without a place propose at once, then lists are cut."""

from collections import Counter

from app.matching.checker.order import Key, Order
from app.matching.checker.reading import Claim

__all__ = ["again"]


def again(claim: Claim, order: Order) -> tuple[dict[str, str | None], list[str]]:
    """What the rules give: who receives what, and which projects close, in that order."""
    projects = claim.round["projects"]
    closed: list[str] = []
    while True:
        assigned = _rounds(claim, order, set(closed))
        taken = Counter(assigned.values())
        under = [
            (taken[name], -project["minimum"], order.number(name), name)
            for name, project in projects.items()
            if name not in closed and taken[name] < project["minimum"]
        ]
        # A project without anybody can close without another run: nobody has to go elsewhere.
        closed += [entry[-1] for entry in sorted(under) if entry[0] == 0]
        filled = [entry for entry in under if entry[0] > 0]
        if not filled:
            return assigned, closed
        closed.append(min(filled)[-1])


def _rounds(claim: Claim, order: Order, closed: set[str]) -> dict[str, str | None]:
    applicants, projects = claim.round["applicants"], claim.round["projects"]
    wishes: dict[str, list[tuple[str, Key]]] = {}
    for name, applicant in applicants.items():
        wishes[name] = []
        for choice in reversed(applicant["choices"]):
            key = order.key(name, choice)
            if (
                key is not None
                and choice not in closed
                and projects[choice]["takes"] == applicant["kind"]
            ):
                wishes[name].append((choice, key))
    groups: dict[tuple[str, str], _Group] = {}
    of_project = {}
    for name, project in projects.items():
        supervisor = project["supervisor"]
        label = ("project", name) if supervisor is None else ("supervisor", supervisor)
        limit = None if supervisor is None else claim.round["supervisors"][supervisor]["limit"]
        group = groups.setdefault(label, _Group(limit))
        group.quotas[name] = project["quota"]
        of_project[name] = group
    without = list(applicants)
    while without:
        touched: dict[int, _Group] = {}
        for name in without:
            if wishes[name]:
                choice, key = wishes[name].pop()
                group = of_project[choice]
                group.held.append((key, name, choice))
                touched[id(group)] = group
        without = [name for group in touched.values() for name in group.cut()]
    assigned: dict[str, str | None] = dict.fromkeys(applicants)
    for group in groups.values():
        assigned.update({name: choice for _key, name, choice in group.held})
    return assigned


class _Group:
    """The projects of one supervisor, or one project without."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.quotas: dict[str, int] = {}
        self.held: list[tuple[Key, str, str]] = []

    def cut(self) -> list[str]:
        """Keep the first of each project up to its quota, then of all up to the limit."""
        self.held.sort()
        taken: dict[str, int] = {}
        kept: list[tuple[Key, str, str]] = []
        away: list[str] = []
        for entry in self.held:
            choice = entry[2]
            is_full = taken.get(choice, 0) >= self.quotas[choice]
            if is_full or (self.limit is not None and len(kept) >= self.limit):
                away.append(entry[1])
            else:
                taken[choice] = taken.get(choice, 0) + 1
                kept.append(entry)
        self.held = kept
        return away
