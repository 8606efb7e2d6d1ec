"""Writing: what graded work proves, who vouches for it, what is repeated under supervision."""

from app.evidence.operations.ledger import Work, withdraw
from app.evidence.operations.mapping import AlreadyMapped, MappingWrong, end_mapping, map_item
from app.evidence.operations.recording import record
from app.evidence.operations.repeats import (
    NothingHandedIn,
    RepeatOver,
    WrongTime,
    attest_repeat,
    cancel_repeat,
    order_repeat,
)
from app.evidence.operations.stamps import stamp
from app.evidence.operations.syncing import sync_released, sync_submissions
from app.evidence.operations.vouching import (
    NothingToConfirm,
    OwnWork,
    confirm,
    take_back,
)

__all__ = [
    "AlreadyMapped", "MappingWrong", "NothingHandedIn", "NothingToConfirm", "OwnWork",
    "RepeatOver", "Work", "WrongTime", "attest_repeat", "cancel_repeat", "confirm", "end_mapping",
    "map_item", "order_repeat", "record", "stamp", "sync_released", "sync_submissions",
    "take_back", "withdraw",
]  # fmt: skip
