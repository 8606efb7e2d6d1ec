"""Who stands before whom, computed from the proof alone."""

import hashlib

from app.matching.checker.reading import Claim

__all__ = ["Key", "Order"]

Key = tuple[int, str]
"""Place on the list that counts, then the number drawn; the smaller stands first."""
_BEHIND: Key = (1 << 40, "")


class Order:
    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._numbers = {name: self.number(name) for name in claim.round["applicants"]}
        self._not_eligible = {
            name: set(applicant["not_eligible"])
            for name, applicant in claim.round["applicants"].items()
        }
        led = {
            name: _places(supervisor["ranking"] or [])
            for name, supervisor in claim.round["supervisors"].items()
        }
        self._places = {
            name: led[project["supervisor"]]
            if project["ranking"] is None
            else _places(project["ranking"])
            for name, project in claim.round["projects"].items()
        }

    def number(self, name: str) -> str:
        """What the lottery drew for an id."""
        text = f"{self._claim.seed}:{self._claim.digest}:{name}"
        return hashlib.sha256(text.encode()).hexdigest()

    def key(self, applicant: str, project: str) -> Key | None:
        """None: the project cannot take her."""
        if project in self._not_eligible[applicant]:
            return None
        place = self._places[project].get(applicant)
        return None if place is None else (place, self._numbers[applicant])

    def worst(self, applicant: str, project: str) -> Key:
        """As key; whoever should not be there stands behind everybody."""
        key = self.key(applicant, project)
        return _BEHIND if key is None else key


def _places(ranking: list[list[str]]) -> dict[str, int]:
    places: dict[str, int] = {}
    above = 0
    for tier in ranking:
        # Twice the mean of the places from above to above + size - 1.
        mean = sum(range(above, above + len(tier))) * 2 // len(tier)
        places.update(dict.fromkeys(tier, mean))
        above += len(tier)
    return places
