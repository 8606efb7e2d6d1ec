"""Reading: servers, maintenance, quotas."""

from app.operations.queries.drains import (
    announced_drain,
    current_drain,
    drain_words,
    last_drains,
    notices_for,
    taipei_time,
)
from app.operations.queries.servers import (
    SERVER_SORTS,
    Shown,
    Totals,
    failures,
    last_failure_of,
    live_run_of,
    live_runs,
    operators,
    run_live,
    servers,
    shown_run,
    totals,
)

__all__ = [
    "SERVER_SORTS",
    "Shown",
    "Totals",
    "announced_drain",
    "current_drain",
    "drain_words",
    "failures",
    "last_drains",
    "last_failure_of",
    "live_run_of",
    "live_runs",
    "notices_for",
    "operators",
    "run_live",
    "servers",
    "shown_run",
    "taipei_time",
    "totals",
]
