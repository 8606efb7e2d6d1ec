"""What can hold for the use of AI tools in a piece of work, and what is said about it: pure."""

from dataclasses import dataclass
from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText

__all__ = ["AI_USE_NAMES", "MOST_DECLARED", "MOST_WORDS", "AiRule", "AiUse", "Declared"]

MOST_DECLARED = 1000
"""Characters of each part of a declaration."""
MOST_WORDS = 2000
"""Characters of a rule in own words, in each language."""


class AiUse(StrEnum):
    """The rule of a lab or a quiz; without one nothing is said about it."""

    NONE = "none"
    DECLARED = "declared"
    FREE = "free"
    OWN = "own"
    """Words of the instructor's own."""


AI_USE_NAMES: dict[AiUse, LazyText] = {
    AiUse.NONE: _l("No use of AI tools"),
    AiUse.DECLARED: _l("AI tools are allowed and declared"),
    AiUse.FREE: _l("AI tools are allowed freely"),
    AiUse.OWN: _l("A rule in own words"),
}


@dataclass(frozen=True)
class AiRule:
    """What is to hold. ``words`` belong to a rule in own words, in every language."""

    use: AiUse | None = None
    words: LocalizedText | None = None
    asks_declaration: bool = False


@dataclass(frozen=True)
class Declared:
    """What somebody says: whether AI tools were used, which ones, and for what."""

    used: bool
    tools: str = ""
    purpose: str = ""
