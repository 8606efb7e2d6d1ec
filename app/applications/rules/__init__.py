"""Applications: their states, eligibility, answering, reading without names. No database."""

from app.applications.rules.answering import (
    FEWEST,
    TOO_LONG,
    Answering,
    Wait,
    answering,
    is_too_long,
)
from app.applications.rules.blind import MASK, blinded, file_name
from app.applications.rules.consent import LOOK, LOOK_LIST, TO_COMPANY
from app.applications.rules.eligibility import Answer, Eligibility, Held, Wanted, eligibility
from app.applications.rules.states import (
    COLUMNS,
    COMPANY_SEES,
    ENDED,
    IN_SELECTION,
    LIVE,
    MAY_APPLY_AGAIN,
    MOVE_NAMES,
    NEXT_STEPS,
    STATE_NAMES,
    TABLE,
    Actor,
    Move,
    ReasonMissing,
    Rule,
    State,
    WrongMove,
    move_to,
    moved,
    moves_of,
)

__all__ = [
    "COLUMNS", "COMPANY_SEES", "ENDED", "FEWEST", "IN_SELECTION", "LIVE", "LOOK", "LOOK_LIST",
    "MASK", "MAY_APPLY_AGAIN", "MOVE_NAMES", "NEXT_STEPS", "STATE_NAMES", "TABLE", "TOO_LONG",
    "TO_COMPANY", "Actor", "Answer", "Answering", "Eligibility", "Held", "Move", "ReasonMissing",
    "Rule", "State", "Wait", "Wanted", "WrongMove", "answering", "blinded", "eligibility",
    "file_name", "is_too_long", "move_to", "moved", "moves_of",
]  # fmt: skip
