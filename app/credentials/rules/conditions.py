"""When an achievement is reached: conditions as data, and how they are read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.credentials.rules.kinds import AchievementKind

__all__ = [
    "VOUCHING", "Condition", "RuleProblem", "condition_of", "default_conditions",
    "holds_for_course", "holds_for_skill",
]  # fmt: skip

VOUCHING = ("autograded", "confirmed", "supervised")
"""Who vouches for a skill, from the least to the most."""


class RuleProblem(ValueError):
    """A condition that cannot be meant."""


@dataclass(frozen=True)
class Condition:
    """What is asked for an achievement of a kind. Fields that say nothing of the kind are None."""

    kind: AchievementKind
    least_percent: Decimal | None = None
    """Course: the final grade is at least this; None: it is passed."""
    needs_every_item: bool = True
    """Course: every lesson, lab and quiz is done."""
    least_level: int = 1
    """Skill: shown at this level or above."""
    vouching: str = "autograded"
    """Skill: vouched for at least so."""

    def as_json(self) -> dict[str, Any]:
        if self.kind is AchievementKind.COURSE:
            least = None if self.least_percent is None else str(self.least_percent)
            return {"least_percent": least, "needs_every_item": self.needs_every_item}
        if self.kind is AchievementKind.SKILL:
            return {"least_level": self.least_level, "vouching": self.vouching}
        return {}


def condition_of(kind: AchievementKind, document: Mapping[str, Any]) -> Condition:
    """Read a condition of KIND from its JSON. Raises RuleProblem."""
    least = document.get("least_percent")
    percent = None if least in (None, "") else Decimal(str(least))
    level = int(document.get("least_level", 1))
    vouching = str(document.get("vouching", "autograded"))
    if percent is not None and not 0 <= percent <= 100:
        raise RuleProblem("a percentage is from 0 to 100")
    if not 1 <= level <= 9:
        raise RuleProblem("a level is from 1 to 9")
    if vouching not in VOUCHING:
        raise RuleProblem(f"nobody vouches as {vouching!r}")
    needs = bool(document.get("needs_every_item", True))
    return Condition(kind, percent, needs, level, vouching)


def default_conditions() -> dict[AchievementKind, Condition]:
    """What holds where nobody has said otherwise. Projects and mentoring are awarded by people."""
    kinds = (AchievementKind.SKILL, AchievementKind.COURSE, AchievementKind.CLUSTER)
    return {kind: Condition(kind) for kind in kinds}


def holds_for_course(
    condition: Condition, *, percent: Decimal | None, is_passed: bool | None, is_completed: bool
) -> bool:
    """Whether a released final grade (PERCENT 0-100, None while incomplete) is enough."""
    if percent is None or (condition.needs_every_item and not is_completed):
        return False
    if condition.least_percent is not None:
        return percent >= condition.least_percent
    return bool(is_passed)


def holds_for_skill(condition: Condition, *, level: int, vouching: str) -> bool:
    """Whether a skill shown at LEVEL and vouched for so is enough."""
    return level >= condition.least_level and VOUCHING.index(vouching) >= VOUCHING.index(
        condition.vouching
    )
