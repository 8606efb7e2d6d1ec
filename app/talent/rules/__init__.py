"""Searching, being found, being asked and being recommended to, without a database."""

from app.talent.rules.consent import TALENT_CONTACT
from app.talent.rules.profile import (
    LANGUAGES,
    MOST_FILES,
    MOST_LINKS,
    MOST_STATEMENT,
    ContactState,
    contact_state,
)
from app.talent.rules.recommending import Fact, FactKind, Recommended, Suits, Wants, recommend
from app.talent.rules.searching import Query, Shown, WantedSkill, fits, in_order

__all__ = [
    "LANGUAGES", "MOST_FILES", "MOST_LINKS", "MOST_STATEMENT", "TALENT_CONTACT", "ContactState",
    "Fact", "FactKind", "Query", "Recommended", "Shown", "Suits", "WantedSkill", "Wants",
    "contact_state", "fits", "in_order", "recommend",
]  # fmt: skip
