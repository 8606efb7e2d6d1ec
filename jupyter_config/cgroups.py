"""Control groups (version 2) of people's servers, where systemd gave the unit its own.

With ``Delegate=cpu memory pids`` and ``LABS_CGROUP=delegated`` the processes of the unit step aside
into ``house`` and each person's server gets ``labs/NAME`` beside it, with hard limits that the
kernel keeps. Where it is not so, :func:`beginning` says None, and the other limits hold alone.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from jupyter_config.processes import ServerProcess

__all__ = ["PersonalGroup", "beginning", "own_group"]

MOUNT = Path("/sys/fs/cgroup")
WANTED = ("cpu", "memory", "pids")
PERIOD = 100_000  # microseconds


def own_group(pid: int | str = "self") -> Path | None:
    """Return the folder of a process's control group, or None without version 2."""
    try:
        lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    except OSError:
        return None
    own = next((line[3:] for line in lines if line.startswith("0::")), None)
    folder = None if own is None else MOUNT / own.lstrip("/")
    return folder if folder is not None and (folder / "cgroup.procs").exists() else None


def beginning(own: Path | None) -> Path | None:
    """Make room below the unit's group OWN; return the folder of people's groups.

    The kernel gives controllers only to groups below one that holds no process itself, so
    everything in OWN moves to ``house`` first. A second call changes nothing. None when the group
    was not given to us, or has no controller that we could use.
    """
    if own is None:
        return None
    unit = own.parent if own.name == "house" else own
    try:
        offered = (unit / "cgroup.controllers").read_text().split()
        useful = [name for name in WANTED if name in offered]
        if not useful:
            return None
        house = unit / "house"
        house.mkdir(exist_ok=True)
        for pid in (unit / "cgroup.procs").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                (house / "cgroup.procs").write_text(pid)
        more = " ".join(f"+{name}" for name in useful)
        (unit / "cgroup.subtree_control").write_text(more)
        people = unit / "labs"
        people.mkdir(exist_ok=True)
        (people / "cgroup.subtree_control").write_text(more)
    except OSError:
        return None
    return people


@dataclass(frozen=True)
class PersonalGroup:
    """The group of one person's server, below the folder of :func:`beginning`."""

    folder: Path

    def limit(self, *, memory_bytes: int, processes: int, most_cores: float) -> None:
        """Make the group with its limits; ``most_cores`` 0 for no hard bound on time.

        Between people the kernel shares processor time evenly, however many processes each has.
        """
        self.folder.mkdir(exist_ok=True)
        quota = f"{round(most_cores * PERIOD)} {PERIOD}" if most_cores else f"max {PERIOD}"
        for name, value in (
            ("cpu.weight", "100"),
            ("cpu.max", quota),
            ("memory.max", str(memory_bytes)),
            ("memory.swap.max", "0"),
            ("pids.max", str(processes)),
        ):
            with contextlib.suppress(FileNotFoundError, PermissionError):  # no such controller
                (self.folder / name).write_text(value)

    def take_in(self, process: ServerProcess) -> None:
        """Move all of a server into the group; what it starts afterwards is born there."""
        seen: set[int] = set()
        for _ in range(20):
            fresh = [pid for pid in process.members() if pid not in seen]
            if not fresh:
                return
            for pid in fresh:
                with contextlib.suppress(ProcessLookupError):
                    (self.folder / "cgroup.procs").write_text(str(pid))
            seen.update(fresh)

    def remove(self) -> None:
        """Forget the group of a server that ended."""
        with contextlib.suppress(OSError):
            os.rmdir(self.folder)
