"""A server from its start to its end."""

import enum

from app.kernel.i18n import lazy_gettext as _l

MEGABYTE = 1024 * 1024


class Ending(enum.Enum):
    """How a server ended."""

    GONE = "gone"
    """Put away because nobody used it, or by its owner."""
    STOPPED = "stopped"
    DRAINED = "drained"
    FAILED = "failed"
    """It never came up."""


class RunState(enum.Enum):
    """What a server does now."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


STATE_NAMES = {
    RunState.STARTING: _l("Starts"),
    RunState.READY: _l("Running"),
    RunState.STOPPING: _l("Stops"),
}

ENDING_NAMES = {
    Ending.GONE: _l("Put away while unused"),
    Ending.STOPPED: _l("Stopped by an operator"),
    Ending.DRAINED: _l("Put away for maintenance"),
    Ending.FAILED: _l("Did not start"),
}


def in_megabytes(size: int | None) -> int | None:
    """SIZE bytes in megabytes, rounded up, so that nothing is shown as nothing."""
    return None if size is None else -(-size // MEGABYTE)
