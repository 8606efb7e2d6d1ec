"""The lines that a benchmark prints."""

import atexit
import json
import math
import os
import statistics
import sys
from collections.abc import Sequence
from typing import Any, TextIO

_lines: TextIO = sys.stdout


def keep_standard_output_for_lines() -> None:
    """From now on only lines reach standard output; whatever else is printed goes to stderr."""
    global _lines
    sys.stdout.flush()
    _lines = os.fdopen(os.dup(1), "w")
    atexit.register(_lines.close)
    os.dup2(2, 1)


def line(bench: str, value: float, unit: str, **more: Any) -> None:
    """Print the figure VALUE of BENCH in UNIT, with what explains it and the machine's state."""
    fields = {"bench": bench, "value": value, "unit": unit, **more, **machine()}
    print(json.dumps({name: _rounded(field) for name, field in fields.items()}), file=_lines)
    _lines.flush()


def spread(bench: str, seconds: Sequence[float], **more: Any) -> None:
    """Print how long something took: ``value`` is the 95th percentile."""
    p95 = percentile(seconds, 95)
    line(bench, p95, "s", p50=statistics.median(seconds), p95=p95, count=len(seconds), **more)


def say(text: str) -> None:
    """Tell whoever watches; not part of the figures."""
    print(text, file=sys.stderr, flush=True)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of VALUES that PERCENT of them do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


def machine() -> dict[str, Any]:
    """Cores that this process may use, and how many processes wanted to run in the last minute."""
    return {"cores": len(os.sched_getaffinity(0)), "load": os.getloadavg()[0]}


def _rounded(field: Any) -> Any:
    return float(f"{field:.4g}") if isinstance(field, float) else field
