"""Runs inside the sandbox: where random numbers begin, as the test set it.

Only the judge tells: what a test draws is not for the student's process to choose.
This file is handed in as text; the engine never imports it.
"""

import base64
import functools
import random
import sys
from collections.abc import Callable
from typing import Any

SETTERS = {
    "random": ("seed", "setstate"),
    "numpy.random": ("seed", "set_state"),
    "torch": ("manual_seed", "set_rng_state", "seed"),
}


def watch(on_set: Callable[[], None]) -> None:
    """Call ``on_set`` whenever code of this process sets where random numbers begin."""
    for module, names in SETTERS.items():
        for name in names if module in sys.modules else ():
            plain = getattr(sys.modules[module], name)

            def told(*args: Any, plain: Any = plain, **kwargs: Any) -> Any:
                on_set()
                return plain(*args, **kwargs)

            setattr(sys.modules[module], name, functools.update_wrapper(told, plain))


def state() -> dict[str, Any]:
    """Return where the random numbers of this process stand, as JSON."""
    version, numbers, gauss = random.getstate()
    found: dict[str, Any] = {"python": [version, list(numbers), gauss]}
    if "numpy.random" in sys.modules:
        _, keys, *rest = sys.modules["numpy.random"].get_state()
        found["numpy"] = [base64.b64encode(keys.tobytes()).decode(), *rest]
    if "torch" in sys.modules:
        raw = sys.modules["torch"].get_rng_state().numpy().tobytes()
        found["torch"] = base64.b64encode(raw).decode()
    return found


def begin(told: dict[str, Any]) -> None:
    """Let this process's random numbers go on from there."""
    version, numbers, gauss = told["python"]
    random.setstate((version, tuple(numbers), gauss))
    if "numpy" in told and "numpy.random" in sys.modules:
        numpy = sys.modules["numpy"]
        keys, *rest = told["numpy"]
        words = numpy.frombuffer(base64.b64decode(keys), dtype="uint32")
        sys.modules["numpy.random"].set_state(("MT19937", words, *rest))
    if "torch" in told and "torch" in sys.modules:
        torch = sys.modules["torch"]
        raw = bytearray(base64.b64decode(told["torch"]))
        torch.set_rng_state(torch.frombuffer(raw, dtype=torch.uint8))
