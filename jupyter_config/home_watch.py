"""A bound for people's homes, kept from outside their sandboxes.

The lab server itself refuses to save into a full home, in words (``lab_extension/room.py``). What a
notebook or a terminal writes does not ask it: so the Hub measures homes, and once one is above its
bound everything in the sandbox but the server may only write very small files. Deleting works, and
makes room again. What goes on filling the home all the same is ended.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from jupyter_config.measures import Usage, usage
from jupyter_config.processes import ServerProcess, started_at

__all__ = ["HomeWatch", "Seen"]

#: The largest file while a home is full: enough for a line in some program's notes.
SMALL_FILE = 64 * 1024
#: What a held home may grow between two looks before those who write are ended.
STILL_GROWING_BYTES = 4 * 1024 * 1024
STILL_GROWING_FILES = 500
#: Looking takes at most this part of the time; large homes are looked at more seldom.
PART_OF_THE_TIME = 0.05


@dataclass(frozen=True)
class Seen:
    """A look at a home. ``ended`` are the processes that went on filling it."""

    usage: Usage
    is_full: bool
    ended: tuple[int, ...] = ()


class HomeWatch:
    """One person's home and what is allowed in it; 0 for no bound."""

    def __init__(self, home: Path, *, most_bytes: int, most_files: int, file_bytes: int) -> None:
        self.home = home
        self.most_bytes = most_bytes
        self.most_files = most_files
        self.file_bytes = file_bytes
        """The largest file while there is room."""
        self.is_full = False
        self._last: Usage | None = None
        self._next = 0.0

    def look(self, process: ServerProcess, now: float | None = None) -> Seen | None:
        """Measure, hold back or let go; None when it is not yet time for another look.

        Blocking: the whole home is counted. Run it in a thread.
        """
        began = time.monotonic()
        if (now if now is not None else began) < self._next:
            return None
        most = self.most_files * 2 if self.most_files else 0
        found = usage(self.home, most_files=most)
        took = time.monotonic() - began
        self._next = (now if now is not None else began) + took / PART_OF_THE_TIME
        was_full, last = self.is_full, self._last
        self.is_full = self._above(found, held=was_full)
        # What was written until they were held is not held against them.
        self._last = found if was_full or not self.is_full else None
        ended: tuple[int, ...] = ()
        if self.is_full:
            if was_full and last is not None and _grew(last, found):
                ended = tuple(_end(_held(process)))
            _allow(_held(process), SMALL_FILE)
        elif was_full or last is None:  # perhaps it was held before the Hub was restarted
            _allow(process.members(), self.file_bytes)
        return Seen(found, self.is_full, ended)

    def _above(self, found: Usage, *, held: bool) -> bool:
        # Once held, a little more than nothing has to be free again.
        part = 0.98 if held else 1.0
        too_large = self.most_bytes > 0 and found.disk_bytes > self.most_bytes * part
        return too_large or 0 < self.most_files < found.file_count / part


def _grew(before: Usage, now: Usage) -> bool:
    return (
        now.disk_bytes - before.disk_bytes > STILL_GROWING_BYTES
        or now.file_count - before.file_count > STILL_GROWING_FILES
    )


def _held(process: ServerProcess) -> list[int]:
    """Kernels, terminals and what they started: not process 1, the server, nor what waits to
    become a kernel, which has to begin with writing. Those began with the server."""
    with_the_server = process.server_started + 5 * os.sysconf("SC_CLK_TCK")
    held = []
    for pid in process.members()[2:]:
        began = started_at(pid)
        waits = _name(pid) in ("seed", "cat") and began is not None and began < with_the_server
        if not waits:
            held.append(pid)
    return held


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _allow(pids: list[int], most_bytes: int) -> None:
    """Let each write files up to this size.

    The soft limit only, which every Hub may set and take back: she can raise it herself, and who
    then goes on is ended.
    """
    for pid in pids:
        try:
            hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most_bytes, hard))
        except PermissionError:  # root in a container may do less than the person herself
            _allow_as_its_user(pid, most_bytes)
        except (OSError, ValueError):
            continue  # it ended meanwhile


def _allow_as_its_user(pid: int, most_bytes: int) -> None:
    with contextlib.suppress(OSError):
        status = os.stat(f"/proc/{pid}")
        subprocess.run(
            ["/usr/bin/prlimit", "--pid", str(pid), f"--fsize={most_bytes}:"],
            user=status.st_uid,
            group=status.st_gid,
            extra_groups=[],
            env={},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )


def _end(pids: list[int]) -> list[int]:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return pids
