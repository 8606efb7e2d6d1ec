"""Rounds without a database: states, dates, seals, lists, closed rankings, changes."""

from app.rounds.rules.changes import CHANGE_NAMES, Change, ChangeKind, checked_json, drawn, held_now
from app.rounds.rules.closed import dump, dump_teams, load, load_teams, teams_digest
from app.rounds.rules.lists import NoNumber, SamePlace, in_order, numbered, places, tiers
from app.rounds.rules.sealing import Broken, draw_sealed, unseal
from app.rounds.rules.states import (
    OFFER_NAMES,
    OFFER_STEPS,
    STATE_NAMES,
    STEPS,
    By,
    Kind,
    OfferState,
    State,
    Way,
    Windows,
    due,
    may_step,
    offer_may,
)

__all__ = [
    "CHANGE_NAMES", "OFFER_NAMES", "OFFER_STEPS", "STATE_NAMES", "STEPS", "Broken", "By", "Change",
    "ChangeKind", "Kind", "NoNumber", "OfferState", "SamePlace", "State", "Way", "Windows",
    "checked_json", "draw_sealed", "drawn", "due", "dump", "dump_teams", "held_now", "in_order",
    "load", "load_teams", "may_step", "numbered", "offer_may", "places", "teams_digest", "tiers",
    "unseal",
]  # fmt: skip
