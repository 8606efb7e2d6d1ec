"""Saying what one looks for, being found or not, asking and answering, saving searches."""

from app.talent.operations.asking import (
    AskedAlready,
    ConsentMissing,
    accept,
    ask,
    decline,
    end_unanswered,
)
from app.talent.operations.profile import (
    NotAStudent,
    ProfileWords,
    TooMany,
    be_found,
    block,
    change_profile,
    hide,
    unblock,
)
from app.talent.operations.saving import end_search, save_search, tell_of_new, tell_of_one

__all__ = [
    "AskedAlready",
    "ConsentMissing",
    "NotAStudent",
    "ProfileWords",
    "TooMany",
    "accept",
    "ask",
    "be_found",
    "block",
    "change_profile",
    "decline",
    "end_search",
    "end_unanswered",
    "hide",
    "save_search",
    "tell_of_new",
    "tell_of_one",
    "unblock",
]
