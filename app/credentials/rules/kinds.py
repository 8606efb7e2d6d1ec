"""What can be achieved, what is issued for it, and what may have become of it."""

from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = [
    "KIND_NAMES", "PROGRAMME", "REASON_NAMES", "STATE_NAMES", "AchievementKind", "CredentialKind",
    "Reason", "State",
]  # fmt: skip

PROGRAMME = "programme"
"""The slug of the programme's own issuer. Schools cannot have it."""


class AchievementKind(StrEnum):
    SKILL = "skill"
    COURSE = "course"
    CLUSTER = "cluster"
    PROJECT = "project"
    MENTORING = "mentoring"


class CredentialKind(StrEnum):
    BADGE = "badge"
    """An Open Badges 3.0 achievement credential."""
    CLR = "clr"
    """A Comprehensive Learner Record 2.0: all of a cluster in one."""


class Reason(StrEnum):
    """Why a credential is not valid any more."""

    REPLACED = "replaced"
    """A newer one took its place: a corrected grade, a new key, a name that she wants in it."""
    WITHDRAWN = "withdrawn"
    """What it rested on does not hold any more."""
    MISTAKE = "mistake"
    MISCONDUCT = "misconduct"
    KEY_LOST = "key_lost"
    """The key that signed it is not in the issuer's hands alone."""
    DECLINED = "declined"
    """Whom it was for does not want it."""
    ERASED = "erased"
    """Whom it was for had her data erased."""


class State(StrEnum):
    """Of an award, as its holder sees it."""

    WAITING = "waiting"
    ISSUED = "issued"
    REVOKED = "revoked"
    DECLINED = "declined"


KIND_NAMES: dict[AchievementKind, LazyText] = {
    AchievementKind.SKILL: _l("Skill"),
    AchievementKind.COURSE: _l("Course"),
    AchievementKind.CLUSTER: _l("Course cluster"),
    AchievementKind.PROJECT: _l("Project"),
    AchievementKind.MENTORING: _l("Mentoring"),
}
REASON_NAMES: dict[Reason, LazyText] = {
    Reason.REPLACED: _l("A newer credential took its place"),
    Reason.WITHDRAWN: _l("What it rested on does not hold any more"),
    Reason.MISTAKE: _l("It was issued by mistake"),
    Reason.MISCONDUCT: _l("Breach of academic integrity"),
    Reason.KEY_LOST: _l("The key that signed it was compromised"),
    Reason.DECLINED: _l("Its holder declined it"),
    Reason.ERASED: _l("Its holder had her data erased"),
}
STATE_NAMES: dict[State, LazyText] = {
    State.WAITING: _l("Is being signed"),
    State.ISSUED: _l("Valid"),
    State.REVOKED: _l("Revoked"),
    State.DECLINED: _l("Declined"),
}
