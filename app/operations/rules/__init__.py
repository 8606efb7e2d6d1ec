"""How servers end, why starts fail, when maintenance is."""

from app.operations.rules.failures import CAUSE_NAMES, Cause, advice_on, classify, new_reference
from app.operations.rules.runs import ENDING_NAMES, STATE_NAMES, Ending, RunState, in_megabytes
from app.operations.rules.times import BadTime, parse_instant

__all__ = [
    "CAUSE_NAMES",
    "ENDING_NAMES",
    "STATE_NAMES",
    "BadTime",
    "Cause",
    "Ending",
    "RunState",
    "advice_on",
    "classify",
    "in_megabytes",
    "new_reference",
    "parse_instant",
]
