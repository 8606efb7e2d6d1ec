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
from dataclasses import asdict, dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class ServerProcess:
    """One sandboxed lab server: bubblewrap's pid on the host and when that process began."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> ServerProcess | None:
        """Return the record of a process that runs now, or None when it is gone."""
        started = started_at(pid)
        return None if started is None else cls(pid, started)

    @classmethod
    def load(cls, path: Path) -> ServerProcess | None:
        """Return what :meth:`save` wrote, or None when the file is missing or damaged."""
        try:
            data = json.loads(path.read_text())
            return cls(int(data["pid"]), int(data["started"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, path: Path) -> None:
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(self)))
        part.replace(path)

    def alive(self) -> bool:
        """A pid that was given to another process since then is not this server."""
        return started_at(self.pid) == self.started

    def members(self) -> list[int]:
        """Return the host pids inside the sandbox, its process 1 first."""
        found: list[int] = []
        waiting = [sandbox.namespace_init(self.pid)] if self.alive() else []
        while waiting:
            pid = waiting.pop(0)
            if pid is None:
                continue
            found.append(pid)
            for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
                with contextlib.suppress(OSError):
                    waiting += [int(child) for child in tasks.read_text().split()]
        return found

    def ask_to_stop(self) -> None:
        """Tell the server to save what it holds and end; it ends its kernels too."""
        members = self.members()
        if len(members) > 1:
            with contextlib.suppress(ProcessLookupError):
                os.kill(members[1], signal.SIGTERM)

    def kill(self) -> None:
        """End the sandbox and everything in it at once."""
        if self.alive():
            sandbox.kill(self.pid)


def stop_all(folder: Path, *, patience_seconds: float = 4.0) -> int:
    """Stop every lab server recorded in ``folder``; return how many were running."""
    found = {path: ServerProcess.load(path) for path in sorted(folder.glob("*.json"))}
    running = [process for process in found.values() if process is not None and process.alive()]
    for process in running:
        process.ask_to_stop()
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline and any(process.alive() for process in running):
        time.sleep(0.05)
    for process in running:
        process.kill()
    for path in found:
        path.unlink(missing_ok=True)
    return len(running)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "stop":
        sys.exit("usage: python -m jupyter_config.processes stop FOLDER")
    stop_all(Path(sys.argv[2]))
