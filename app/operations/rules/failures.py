"""Why a server did not start: causes, told by the traces that they leave."""

import enum
import re
import secrets

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without the letters and digits that are mistaken for each other."""


class Cause(enum.Enum):
    MEMORY = "memory"
    DISK = "disk"
    TIMEOUT = "timeout"
    SANDBOX = "sandbox"
    IMAGE = "image"
    QUOTA = "quota"
    MAINTENANCE = "maintenance"
    HUB = "hub"
    UNKNOWN = "unknown"


CAUSE_NAMES = {
    Cause.MEMORY: _l("No memory left"),
    Cause.DISK: _l("Disk full"),
    Cause.TIMEOUT: _l("Not up in time"),
    Cause.SANDBOX: _l("No sandbox"),
    Cause.IMAGE: _l("Image missing"),
    Cause.QUOTA: _l("Quota reached"),
    Cause.MAINTENANCE: _l("Maintenance"),
    Cause.HUB: _l("The Hub did not answer"),
    Cause.UNKNOWN: _l("Unknown"),
}

TRACES = (
    (Cause.DISK, r"no space left|disk quota exceeded|enospc|ephemeral-storage"),
    (Cause.MEMORY, r"cannot allocate memory|memoryerror|oomkilled|out of memory|enomem"
                   r"|insufficient memory"),
    (Cause.IMAGE, r"imagepullbackoff|errimagepull|no such image|manifest unknown|pull access denied"
                  r"|image.{0,80}not found"),
    (Cause.SANDBOX, r"bwrap|bubblewrap|sandbox did not come up|namespaces? (?:not|failed)"
                    r"|unshare failed"),
    (Cause.QUOTA, r"quota|exceeded quota|too many servers|spawnexception: limit"),
    (Cause.TIMEOUT, r"timeouterror|timed? ?out|not respond|in \d+ seconds"),
)  # fmt: skip
"""In the order in which they are looked for: a full disk also makes a start time out."""

HAPPENED: dict[Cause, LazyText] = {
    Cause.MEMORY: _l("Your lab could not start: the machine has no memory left."),
    Cause.DISK: _l("Your lab could not start: there is no room left for files."),
    Cause.TIMEOUT: _l("Your lab was not ready in time."),
    Cause.SANDBOX: _l("Your lab could not start: its protected space could not be made."),
    Cause.IMAGE: _l("Your lab could not start: its environment is not installed."),
    Cause.QUOTA: _l("Your lab could not start: all places are taken."),
    Cause.MAINTENANCE: _l("Labs are closed for maintenance."),
    Cause.HUB: _l("The lab service is not answering."),
    Cause.UNKNOWN: _l("Your lab could not start."),
}

ADVICE: dict[Cause, LazyText] = {
    Cause.MEMORY: _l(
        "Your files are safe. Try again in some minutes, when others have finished. If it lasts, "
        "ask for help."
    ),
    Cause.DISK: _l(
        "Your files are safe. You cannot mend this yourself: ask for help, and hand in from this "
        "computer if your deadline is near."
    ),
    Cause.TIMEOUT: _l(
        "Your files are safe. The machine was busy: start again, it is usually quicker then."
    ),
    Cause.SANDBOX: _l(
        "Your files are safe. You cannot mend this yourself: the operators have been told. You can "
        "hand in from this computer."
    ),
    Cause.IMAGE: _l(
        "Your files are safe. You cannot mend this yourself: the operators have been told. Tell "
        "your instructor which lab it was."
    ),
    Cause.QUOTA: _l("Your files are safe. Try again in some minutes, when others have finished."),
    Cause.MAINTENANCE: _l("Your files are safe. Try again when the maintenance is over."),
    Cause.HUB: _l("Your files are safe; please try again in a minute."),
    Cause.UNKNOWN: _l(
        "Your files are safe. Start again; if it fails twice, ask for help with the number below."
    ),
}


def classify(*texts: str) -> Cause:
    """The cause that the Hub's message and the end of the server's log tell of."""
    said = "\n".join(texts).lower()
    for cause, trace in TRACES:
        if re.search(trace, said):
            return cause
    return Cause.UNKNOWN


def advice_on(cause: Cause) -> tuple[str, str]:
    """(what happened, what to do) for the person who wanted to work, in her language."""
    return str(HAPPENED[cause]), str(ADVICE[cause])


def new_reference() -> str:
    """A number to read out on the telephone: ``L-7K3Q9B``, of a thousand million."""
    return "L-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))
