"""The warm processes of this grader: started on first need, replaced when they no longer serve."""

from __future__ import annotations

import atexit
import importlib.util
import logging
import os
import threading
import time
from typing import Final

from app.engine import data
from app.engine.executor import Job
from app.engine.results import EngineUnavailable, Environment
from app.engine.zygote import Zygote, ZygoteFailed

__all__ = ["Kind", "all_warm", "get", "kind_for", "missing", "replace", "shut_down", "warm"]

LOG: Final = logging.getLogger(__name__)

Kind = Environment

SCIENTIFIC: Final = (
    "numpy",
    "pandas",
    "scipy",
    "scipy.stats",
    "scipy.optimize",
    "scipy.signal",
    "sklearn",
    "sklearn.linear_model",
    "sklearn.ensemble",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.cluster",
    "sklearn.decomposition",
    "statsmodels.api",
    "statsmodels.formula.api",
    "matplotlib.pyplot",
)
LIBRARIES: Final[dict[Kind, tuple[str, ...]]] = {
    "standard": (),
    "scientific": SCIENTIFIC,
    # Imported and never used before the fork: threads that PyTorch starts are not there after it.
    # The first optimizer imports torch._dynamo, which takes as long as torch itself.
    "deep-learning": (*SCIENTIFIC, "torch", "torch.utils.data", "torch._dynamo"),
}
#: A notebook that names one of these needs the warm libraries.
NAMES: Final = (
    "numpy",
    "pandas",
    "scipy",
    "sklearn",
    "statsmodels",
    "matplotlib",
    "pylab",
    "seaborn",
)
#: A notebook that names this one needs PyTorch, which not every installation has.
DEEP: Final = "torch"
RETRY_SECONDS: Final = 60.0

_warm: dict[Kind, Zygote] = {}
_failed: dict[Kind, float] = {}
_locks: Final[dict[Kind, threading.Lock]] = {kind: threading.Lock() for kind in LIBRARIES}


def kind_for(job: Job) -> Kind | None:
    """Return which zygote suits the job; None when none does.

    The code decides, not the lab's environment: in a process that holds a library already, its
    modules are there without an import, and a notebook that needs none is to see none.
    """
    cells = job.notebook.cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    code += [
        content.decode("utf-8", "replace")
        for path, content in job.files.items()
        if path.endswith(".py")
    ]
    text = "\n".join(code)
    if DEEP in text:
        return None if missing("deep-learning") else "deep-learning"
    return "scientific" if any(name in text for name in NAMES) else "standard"


def missing(environment: Environment) -> str | None:
    """Return what the environment lacks here, as a command that installs it; None when it is whole.

    Only deep learning is optional: PyTorch is as large as everything else together.
    """
    if environment == "deep-learning" and importlib.util.find_spec(DEEP) is None:
        return "make setup EXTRAS=deep-learning"
    return None


def get(kind: Kind, *, with_data: bool = False) -> Zygote | None:
    """Return a warm process of this kind; None when none can be started now (it is logged).

    ``with_data``: one that holds the data sets of today's folder.
    """
    with _locks[kind]:
        found = _warm.get(kind)
        fits = found is not None and (not with_data or found.data == data.folder())
        if found is not None and fits and found.usable():
            return found
        if found is not None:
            del _warm[kind]
            found.retire()
        if time.monotonic() - _failed.get(kind, -RETRY_SECONDS) < RETRY_SECONDS:
            return None
        try:
            _warm[kind] = Zygote(LIBRARIES[kind])
        except (ZygoteFailed, OSError) as error:
            _failed[kind] = time.monotonic()
            LOG.warning("No warm process for %s notebooks: %s", kind, error)
            return None
        return _warm[kind]


def replace(zygote: Zygote) -> None:
    """Take a process that does not serve out of use."""
    zygote.retire()


def warm(environment: Environment | None) -> None:
    """Start the kind that suits the environment, or all: the dear ones in the background.

    Deep learning is started where it is asked for, and not by asking for all. Raises
    EngineUnavailable when the one that is waited for cannot be started.
    """
    if environment is not None and (command := missing(environment)) is not None:
        raise EngineUnavailable(
            f"The libraries of the environment {environment} are not installed. Type: {command}"
        )
    kind: Kind = environment or "standard"
    if get(kind) is None:
        raise EngineUnavailable(
            f"No warm process for {kind} notebooks can be started; the log says why. Each is run in"
            " a kernel of its own, which takes seconds."
        )
    if environment is None:
        threading.Thread(target=get, args=("scientific",), name="zygote-warm", daemon=True).start()


def all_warm() -> list[Zygote]:
    """Return the warm processes that are there now."""
    return list(_warm.values())


def shut_down(*, wait: bool = True) -> None:
    """End all warm processes; the next submission starts what it needs.

    Without ``wait``, one that is only starting is left to end with this process.
    """
    for kind, lock in _locks.items():
        if lock.acquire(blocking=wait):
            try:
                found = _warm.pop(kind, None)
                if found is not None:
                    found.close()
            finally:
                lock.release()


def _forget() -> None:
    for kind in _locks:
        _locks[kind] = threading.Lock()
        found = _warm.pop(kind, None)
        if found is not None:
            found.forget()


atexit.register(shut_down, wait=False)
os.register_at_fork(after_in_child=_forget)
