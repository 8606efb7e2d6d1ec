"""What lab servers on this machine use now: read-only, from their process records and /proc."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from jupyter_config.processes import ServerProcess

__all__ = ["Measure", "Usage", "disk_bytes", "measure_all", "usage"]

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measure:
    """One server with all that runs in it. ``memory_bytes`` is its proportional set size: pages
    that several processes share count for each by its part."""

    memory_bytes: int
    cpu_seconds: float
    process_count: int


def measure_all(folder: Path) -> dict[str, Measure]:
    """Measure every running server recorded in ``folder``, by its owner's name."""
    found: dict[str, Measure] = {}
    for path in sorted(folder.glob("*.json")):
        process = ServerProcess.load(path)
        if process is not None and process.alive():
            found[path.stem] = _measure(process.members())
    return found


@dataclass(frozen=True)
class Usage:
    """What a folder holds: blocks in bytes, and how many files and folders."""

    disk_bytes: int
    file_count: int


def usage(folder: Path, *, most_files: int = 0) -> Usage:
    """Count what the files below ``folder`` occupy; stop above ``most_files``, unless that is 0.

    A file with several names counts once; links are not followed.
    """
    total = 0
    seen: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting and not 0 < most_files < len(seen):
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif (status.st_dev, status.st_ino) in seen:
                        continue
                    seen.add((status.st_dev, status.st_ino))
                    total += status.st_blocks * 512
        except OSError:
            continue  # it went away meanwhile, or is not ours to look into
    return Usage(total, len(seen))


def disk_bytes(folder: Path, *, most_files: int = 200_000) -> int | None:
    """Return what the files below ``folder`` occupy, or None when there are too many to count."""
    found = usage(folder, most_files=most_files)
    return None if found.file_count > most_files else found.disk_bytes


def _measure(pids: list[int]) -> Measure:
    memory, ticks, count = 0, 0, 0
    for pid in pids:
        used = _proportional_bytes(pid)
        if used is None:
            continue  # it ended while we looked
        memory += used
        ticks += _cpu_ticks(pid)
        count += 1
    return Measure(memory, ticks / _TICKS, count)


def _proportional_bytes(pid: int) -> int | None:
    try:
        with open(f"/proc/{pid}/smaps_rollup") as lines:
            for line in lines:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        return None
    return 0


def _cpu_ticks(pid: int) -> int:
    """User and system time of a process and of the children that it has waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11:15])
