"""Processor time among people on one machine, where no control group can be had.

Every lab stands behind the site (``nice``), on a part of the cores. Whoever takes more than her
share for a while goes behind all others, process by process; nobody is slower for it while the
machine has time to spare. Linux weighs sessions before it weighs processes (``autogroup``), so both
are set.

A normal user's Hub cannot take a ``nice`` back: what it held back stays behind until it ends.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from jupyter_config.processes import ServerProcess

__all__ = ["BEHIND", "CpuWatch", "cores_of", "cpu_seconds", "settle", "usable_cores"]

BEHIND = 19
#: A process that took more than this part of a core is busy; so is, where many spin, whoever took
#: at least half of what all took on average.
BUSY = 0.1
_TICKS = os.sysconf("SC_CLK_TCK")


def cores_of(name: str, most: int, given: Iterable[int]) -> frozenset[int]:
    """Return the cores that the person NAME works on: ``most`` neighbours of those ``given``.

    The same ones each time, and spread over people; all of them for 0.
    """
    cores = sorted(given)
    if not 0 < most < len(cores):
        return frozenset(cores)
    first = sum(name.encode()) % len(cores)
    return frozenset((cores + cores)[first : first + most])


def usable_cores() -> set[int]:
    """Return the cores that this process may use, and give to others."""
    return os.sched_getaffinity(0)


def settle(process: ServerProcess, *, cores: frozenset[int], nice: int) -> None:
    """Put all of a server onto ``cores``, and so far behind the site; what it starts inherits."""
    seen: set[int] = set()
    for _ in range(20):
        fresh = [pid for pid in process.members() if pid not in seen]
        if not fresh:
            return
        for pid in fresh:
            for thread in _threads(pid):
                with contextlib.suppress(OSError):
                    os.sched_setaffinity(thread, cores)
            put_behind(pid, nice)
        seen.update(fresh)


def put_behind(pid: int, nice: int) -> None:
    """Give a process with all its threads, and the session that it leads, this ``nice``."""
    for thread in _threads(pid):
        with contextlib.suppress(OSError):
            if os.getpriority(os.PRIO_PROCESS, thread) != nice:
                os.setpriority(os.PRIO_PROCESS, thread, nice)
    with contextlib.suppress(OSError):
        if os.getsid(pid) == pid:
            Path(f"/proc/{pid}/autogroup").write_text(str(nice))


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and of its children that ended; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / _TICKS


class CpuWatch:
    """What one person's processes took between two looks, and who of them is held back."""

    def __init__(self, *, cores: float, nice: int) -> None:
        self.cores = cores
        self.nice = nice
        self.held: set[int] = set()
        self._seen: dict[int, float] = {}
        self._at: float | None = None

    def look(self, process: ServerProcess, now: float | None = None) -> float | None:
        """Return how many cores she took since the last look, and put things right.

        None at the first look. Above ``cores`` her busy processes go behind everybody; below half
        of it they come back, where this process may do that.
        """
        now = time.monotonic() if now is None else now
        before, at = self._seen, self._at
        members = process.members()
        self._seen, self._at = {pid: cpu_seconds(pid) for pid in members}, now
        self.held &= set(members)
        if at is None or now <= at:
            return None
        # What began since then took all its time since then.
        taken = {
            pid: max(0.0, used - before.get(pid, 0.0)) / (now - at)
            for pid, used in self._seen.items()
        }
        total = sum(taken.values())
        if total > self.cores:
            # Not process 1 nor the server: her page answers, and what it asks for is what waits.
            enough = min(BUSY, total / len(members) / 2)
            busy = {pid for pid in members[2:] if taken[pid] > enough}
            for pid in busy:
                put_behind(pid, BEHIND)
            self.held |= busy
        elif self.held and total < self.cores / 2:
            for pid in self.held:
                put_behind(pid, self.nice)
            self.held.clear()
        return total


def _threads(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        yield from [int(name) for name in os.listdir(f"/proc/{pid}/task")]
