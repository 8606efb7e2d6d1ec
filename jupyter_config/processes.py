"""Processes that outlive the one who started them: known by pid and start time, not by pid alone.

``python -m jupyter_config.processes stop FOLDER`` ends every lab server recorded in FOLDER; the
supervisor calls it when the whole house goes down, because servers survive a restart of the Hub.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_config import sandbox

__all__ = ["ServerProcess", "stop_all"]


def started_at(pid: int) -> int | None:
    """Return when the process began, in clock ticks since boot, or None when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process without mapped files; 0 when it is gone.

    Memory that forks of one process still share counts for each of them.
    """
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def held_bytes(pid: int) -> int:
    """Return a process's own memory and its part of what it shares; 0 when it is gone.

    The kernel walks all its pages for this, so ask :func:`resident_bytes` first.
    """
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    lines = (line.split() for line in rollup.splitlines())
    return sum(int(words[1]) * 1024 for words in lines if words[0] == "Pss_Anon:")


@dataclass(frozen=True)
class ServerProcess:
    """One sandboxed lab server, by host pid and start time.

    ``pid`` is the bubblewrap that waits for the server outside. ``init`` is process 1 inside: it
    stays behind when the server ends before what was started from it, and takes all of it along.
    ``server`` is a server that was forked into the sandbox, and so is nobody's child there; 0 for
    one that bubblewrap started.
    """

    pid: int
    started: int
    init: int
    init_started: int
    server: int = 0
    server_started: int = 0

    @classmethod
    def of(cls, pid: int) -> ServerProcess | None:
        """Return the record of a sandbox that runs, or None when it is gone or not yet there."""
        init = sandbox.namespace_init(pid)
        started = started_at(pid)
        init_started = None if init is None else started_at(init)
        if init is None or started is None or init_started is None:
            return None
        return cls(pid, started, init, init_started)

    def with_server(self, server: int, started: int) -> ServerProcess:
        """Return the record of this sandbox with a server that was forked into it."""
        return replace(self, server=server, server_started=started)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ServerProcess | None:
        """Return the record that :meth:`as_dict` gave, or None for anything else."""
        try:
            needed = (int(data[name]) for name in ("pid", "started", "init", "init_started"))
            forked = (int(data.get(name, 0)) for name in ("server", "server_started"))
            return cls(*needed, *forked)
        except (KeyError, TypeError, ValueError):
            return None

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def load(cls, path: Path) -> ServerProcess | None:
        """Return what :meth:`save` wrote, or None when the file is missing or damaged."""
        try:
            return cls.from_dict(json.loads(path.read_text()))
        except (OSError, ValueError):
            return None

    def save(self, path: Path) -> None:
        part = path.with_suffix(".part")
        part.write_text(json.dumps(self.as_dict()))
        part.replace(path)

    def alive(self) -> bool:
        """A pid that was given to another process since then is not this server."""
        return started_at(self.pid) == self.started

    def members(self) -> list[int]:
        """Return the host pids inside the sandbox: process 1, the server, then all others."""
        found: list[int] = []
        waiting = [self.init] if started_at(self.init) == self.init_started else []
        if waiting and self.server and started_at(self.server) == self.server_started:
            waiting.append(self.server)
        while waiting:
            pid = waiting.pop(0)
            found.append(pid)
            for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
                with contextlib.suppress(OSError):
                    waiting += [int(child) for child in tasks.read_text().split()]
        # A process whose parent ends while it is looked at may be seen twice.
        return list(dict.fromkeys(found))

    def ask_to_stop(self) -> None:
        """Tell the server to save what it holds and end; it ends its kernels too."""
        members = self.members()
        if self.alive() and len(members) > 1:
            with contextlib.suppress(ProcessLookupError):
                os.kill(members[1], signal.SIGTERM)

    def end_largest_above(self, limit_bytes: int) -> int | None:
        """End the largest process inside when all together hold more than ``limit_bytes``.

        Process 1 and the server itself are spared, so that JupyterLab can say that the kernel
        ended; unless the server alone holds that much, when everything ends. Returns the pid that
        was ended, or None.
        """
        members = self.members()
        if sum(map(resident_bytes, members)) <= limit_bytes:
            return None
        held = {pid: held_bytes(pid) for pid in members}
        if sum(held.values()) <= limit_bytes:
            return None
        spared = members[:2]
        if sum(held[pid] for pid in spared) > limit_bytes:
            self.kill()
            return spared[-1]
        largest = max(members[2:], key=held.__getitem__)
        with contextlib.suppress(ProcessLookupError):
            os.kill(largest, signal.SIGKILL)
        return largest

    def kill(self) -> None:
        """End the sandbox and everything in it at once, leftovers of an ended server too."""
        if started_at(self.init) == self.init_started:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.init, signal.SIGKILL)


def stop_all(folder: Path, *, patience_seconds: float = 4.0) -> int:
    """Stop every lab server recorded in ``folder``; return how many were running."""
    paths = sorted(folder.glob("*.json"))
    known = [process for path in paths if (process := ServerProcess.load(path)) is not None]
    running = [process for process in known if process.alive()]
    for process in running:
        process.ask_to_stop()
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline and any(process.alive() for process in running):
        time.sleep(0.05)
    for process in known:
        process.kill()
    for path in paths:
        path.unlink(missing_ok=True)
    return len(running)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "stop":
        sys.exit("usage: python -m jupyter_config.processes stop FOLDER")
    stop_all(Path(sys.argv[2]))
