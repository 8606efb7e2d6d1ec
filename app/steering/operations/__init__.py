"""Writing at the desk: whose something is, by when, messages to many."""

from app.steering.operations.messages import (
    NobodyThere,
    NotWhole,
    SetHasChanged,
    send,
    tell_some,
)
from app.steering.operations.sharing import (
    NotAnOfficer,
    TakenMeanwhile,
    give,
    move_due,
    take,
)

__all__ = [
    "NobodyThere",
    "NotAnOfficer",
    "NotWhole",
    "SetHasChanged",
    "TakenMeanwhile",
    "give",
    "move_due",
    "send",
    "take",
    "tell_some",
]
