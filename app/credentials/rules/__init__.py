"""Achievements, their rules, documents and pictures: no database, no clock, no HTTP."""

from app.credentials.rules.conditions import (
    Condition,
    RuleProblem,
    condition_of,
    default_conditions,
    holds_for_course,
    holds_for_skill,
)
from app.credentials.rules.kinds import (
    KIND_NAMES,
    PROGRAMME,
    REASON_NAMES,
    STATE_NAMES,
    AchievementKind,
    CredentialKind,
    Reason,
    State,
)

__all__ = [
    "KIND_NAMES", "PROGRAMME", "REASON_NAMES", "STATE_NAMES", "AchievementKind", "Condition",
    "CredentialKind", "Reason", "RuleProblem", "State", "condition_of", "default_conditions",
    "holds_for_course", "holds_for_skill",
]  # fmt: skip
