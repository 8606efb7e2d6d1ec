"""Writing: servers begin, are measured, stopped and put away; maintenance begins and ends."""

from app.operations.operations.drains import (
    AlreadyOpen,
    DrainThere,
    StepsOutOfOrder,
    announce_drain,
    open_again,
    put_away,
)
from app.operations.operations.lines import (
    AnotherLabOpen,
    ask_place,
    join_line,
    leave_line,
    serve_lines,
)
from app.operations.operations.looking import look
from app.operations.operations.quotas import (
    HoursUsed,
    NoSuchTarget,
    QuotaReached,
    remove_quota,
    set_quota,
)
from app.operations.operations.restarting import (
    AnotherServer,
    call_off_restart,
    open_lab,
    order_restart,
    restart,
)
from app.operations.operations.runs import (
    LabsClosed,
    admit,
    admit_at_the_hub,
    fail_start,
    note_state,
)
from app.operations.operations.stopping import (
    GRACE_SECONDS,
    call_off_stop,
    carry_out_stop,
    order_stop,
)

__all__ = [
    "GRACE_SECONDS",
    "AlreadyOpen",
    "AnotherLabOpen",
    "AnotherServer",
    "DrainThere",
    "HoursUsed",
    "LabsClosed",
    "NoSuchTarget",
    "QuotaReached",
    "StepsOutOfOrder",
    "admit",
    "admit_at_the_hub",
    "announce_drain",
    "ask_place",
    "call_off_restart",
    "call_off_stop",
    "carry_out_stop",
    "fail_start",
    "join_line",
    "leave_line",
    "look",
    "note_state",
    "open_again",
    "open_lab",
    "order_restart",
    "order_stop",
    "put_away",
    "remove_quota",
    "restart",
    "serve_lines",
    "set_quota",
]
