"""What the host sees of a sandbox's processes, and how busy the machine is."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

__all__ = ["children", "fresh_id", "memory_bytes", "patience", "private_bytes"]

MOST_PATIENCE: Final = 4.0


def patience() -> float:
    """How much longer than usual things take on this machine now: 1 to MOST_PATIENCE.

    Time limits are wall clock, as nbgrader's are. On a machine with more to do than cores, honest
    work would run out of time that it never got.
    """
    return min(MOST_PATIENCE, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


def fresh_id() -> int:
    """Return a user id that no account and no other grading has."""
    return 1_000_000_000 + secrets.randbelow(1_000_000_000)


def memory_bytes(first: int, *, peak: int = 0, alone: int = 1, shared: int = 0) -> int:
    """Return the memory that ``first`` and its descendants use now, shared parts once.

    ``shared`` is what ``first`` held from the beginning together with others; it is not counted.

    The exact figure is dearer to read, so it is read only for more than ``alone`` processes that
    seem to use more than ``peak``.
    """
    pids = _descendants(first)
    used = max(0, sum(_resident(pid) for pid in pids) - shared)
    if len(pids) > alone and used > peak:
        # Forked processes share most of their pages.
        used = sum(_proportional(pid) for pid in pids)
    return used


def private_bytes(pid: int) -> int:
    """Return the memory that a process shares with nobody; 0 when it is gone."""
    with contextlib.suppress(OSError, ValueError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))
    return 0


def children(pid: int) -> list[int]:
    """Return the process's own children."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _descendants(pid: int) -> list[int]:
    found, waiting = [pid], [pid]
    while waiting:
        below = children(waiting.pop())
        found += below
        waiting += below
    return found


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _proportional(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        return 0
    return 0
