"""What holds now: the result with everything that has happened since, in order. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app import matching
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["CHANGE_NAMES", "Change", "ChangeKind", "checked_json", "drawn", "held_now"]


class ChangeKind(StrEnum):
    MOVE = "move"
    """By hand: a place is given, or with no project taken away."""
    LEFT = "left"
    """She declined, or did not answer in time."""
    STEP = "step"
    """A place that became free was offered to the first in line."""
    QUOTA = "quota"
    LIMIT = "limit"


CHANGE_NAMES: dict[ChangeKind, LazyText] = {
    ChangeKind.MOVE: _l("Changed by hand"),
    ChangeKind.LEFT: _l("Left the round"),
    ChangeKind.STEP: _l("Moved up"),
    ChangeKind.QUOTA: _l("Another quota"),
    ChangeKind.LIMIT: _l("Another limit of a supervisor"),
}


@dataclass(frozen=True)
class Change:
    """One line of what happened, by keys."""

    kind: ChangeKind
    applicant: str | None = None
    project: str | None = None
    supervisor: str | None = None
    count: int | None = None

    @property
    def for_matching(self) -> matching.Change:
        """Raises ValueError when it does not say whom or what it changes."""
        match self:
            case Change(ChangeKind.MOVE | ChangeKind.STEP, str(applicant), project):
                return matching.Move(applicant, project)
            case Change(ChangeKind.LEFT, str(applicant)):
                return matching.Withdrawal(applicant)
            case Change(ChangeKind.QUOTA, _, str(project), _, int(count)):
                return matching.Quota(project, count)
            case Change(ChangeKind.LIMIT, _, _, str(supervisor), int(count)):
                return matching.Limit(supervisor, count)
        raise ValueError(f"{self} says too little")


def drawn(
    round_: matching.Round, seed: str, assigned: Mapping[str, str | None], closed: Iterable[str]
) -> matching.Matching:
    """The matching as it came out; nothing is computed again but the lottery."""
    return matching.Matching(round_, matching.draw(round_, seed), dict(assigned), tuple(closed))


def held_now(result: matching.Matching, changes: Iterable[Change]) -> matching.Matching:
    """RESULT after CHANGES, the oldest first."""
    assigned = dict(result.assigned)
    for change in changes:
        one = change.for_matching
        if isinstance(one, matching.Move):
            assigned[one.applicant] = one.project
        else:
            result = matching.applied(replace(result, assigned=assigned), one)
            assigned = dict(result.assigned)
    return replace(result, assigned=assigned)


def checked_json(checked: matching.Checked) -> dict[str, Any]:
    """What CHECKED found, as it is kept with the change."""
    return {
        "pairs": len(checked.pairs),
        "new_pairs": [list(pair) for pair in checked.new_pairs],
        "over": list(checked.over),
        "under": list(checked.under),
        "unfit": checked.unfit,
    }
