"""Why somebody did not receive a choice: a fact about her and the lists, without anybody's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.matching.blocking import Held, preferred
from app.matching.deferred import Matching
from app.matching.rounds import Project
from app.matching.standing import Standing

__all__ = ["Explained", "Reason", "explain", "explain_all"]


class Reason(StrEnum):
    FULL = "full"
    """Everybody admitted is ranked above her."""
    SUPERVISOR_LIMIT = "supervisor-limit"
    """The supervisor has no place left, and everybody with the supervisor is ranked above her."""
    LOTTERY = "lottery"
    """The last who was admitted is ranked as high as she, and was drawn before her."""
    NOT_ELIGIBLE = "not-eligible"
    """She has not shown the skills that are needed."""
    NOT_RANKED = "not-ranked"
    """The project did not put her on its list."""
    CLOSED = "closed"
    """The project did not reach its minimum."""
    CHANGED = "changed"
    """It would take her now: since the result a place was given by hand, or has become free."""


@dataclass(frozen=True)
class Explained:
    """One choice above what she received. Lottery numbers are places in the draw, from 1."""

    choice: str
    reason: Reason
    missing: tuple[str, ...] = ()
    drawn: int | None = None
    """Her place in the lottery, where that decided."""


def explain(matching: Matching, applicant: str) -> tuple[Explained, ...]:
    """Her choices above what she received, the best first, each with its reason."""
    return explain_all(matching, (applicant,))[applicant]


def explain_all(
    matching: Matching, applicants: Sequence[str] | None = None
) -> dict[str, tuple[Explained, ...]]:
    """The reasons of everybody, or of some."""
    round_ = matching.round
    standing = Standing(round_, matching.lottery)
    held = Held(round_, standing, matching.assigned)
    names = matching.assigned if applicants is None else applicants
    return {
        name: tuple(
            _explain(matching, held, name, round_.project[choice])
            for choice in preferred(round_, name, matching.assigned[name])
        )
        for name in names
    }


def _explain(matching: Matching, held: Held, name: str, project: Project) -> Explained:
    standing = held.standing
    missing = matching.round.applicant[name].missing.get(project.id)
    if missing is not None:
        return Explained(project.id, Reason.NOT_ELIGIBLE, missing=tuple(missing))
    place = standing.at(project.id, name)
    if place is None:
        return Explained(project.id, Reason.NOT_RANKED)
    if project.id in matching.closed:
        return Explained(project.id, Reason.CLOSED)
    if held.blocks(name, project):
        return Explained(project.id, Reason.CHANGED)
    if not held.has_place(project):
        reason, last = Reason.FULL, held.last.get(project.id, -1)
    else:
        reason = Reason.SUPERVISOR_LIMIT
        last = held.last_of_supervisor.get(str(project.supervisor), -1)
    if last >= 0 and standing.place(last) == standing.place(place):
        return Explained(project.id, Reason.LOTTERY, drawn=matching.lottery.applicants[name] + 1)
    return Explained(project.id, reason)
