"""What a local server takes of the machine: bounded at its start, watched after it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_config.cgroups import PersonalGroup
from jupyter_config.home_watch import HomeWatch
from jupyter_config.limits import LocalLimits
from jupyter_config.processes import ServerProcess
from jupyter_config.shares import CpuWatch, cores_of, settle, usable_cores

__all__ = ["Caretaker"]

MEGABYTE = 1024 * 1024
#: The Hub polls more often than this while it stops a server.
LOOK_SECONDS = 8.0


@dataclass
class Caretaker:
    """Processor time and disk of the person NAME. Memory is the spawner's own."""

    name: str
    home: Path
    limits: LocalLimits
    file_bytes: int
    log: Any
    _cpu: CpuWatch = field(init=False)
    _home: HomeWatch = field(init=False)
    _looking: asyncio.Task[None] | None = None
    _looked_at: float = 0.0

    def __post_init__(self) -> None:
        self._cpu = CpuWatch(cores=self.limits.cores, nice=self.limits.nice)
        self._home = HomeWatch(
            self.home,
            most_bytes=self.limits.home_mb * MEGABYTE,
            most_files=self.limits.home_files,
            file_bytes=self.file_bytes,
        )

    @property
    def group(self) -> PersonalGroup | None:
        people = self.limits.groups
        return PersonalGroup(people / self.name) if people is not None else None

    def begin(self, process: ServerProcess, *, memory_bytes: int, processes: int) -> None:
        """Bound a server that has just begun, as well as this machine can do it."""
        cores = cores_of(self.name, self.limits.most_cores, usable_cores())
        settle(process, cores=cores, nice=self.limits.nice)
        group = self.group
        if group is None:
            return
        try:
            group.limit(
                memory_bytes=memory_bytes, processes=processes, most_cores=self.limits.most_cores
            )
            group.take_in(process)
        except OSError as error:
            self.log.warning("No control group for %s: %s", self.name, error)

    def look_after(self, process: ServerProcess) -> None:
        """Look in a thread, because counting files takes a while; unless it is too early."""
        now = time.monotonic()
        busy = self._looking is not None and not self._looking.done()
        if busy or now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        self._looking = asyncio.create_task(asyncio.to_thread(self._look, process))

    def end(self) -> None:
        """Forget a server that is gone."""
        if (group := self.group) is not None:
            group.remove()

    def _look(self, process: ServerProcess) -> None:
        if self.group is None:  # there the kernel weighs people against each other
            self._cpu.look(process)
        was_full = self._home.is_full
        seen = self._home.look(process)
        if seen is None:
            return
        if seen.is_full and not was_full:
            self.log.warning(
                "%s's home is full: %s MB, %s files",
                self.name,
                seen.usage.disk_bytes // MEGABYTE,
                seen.usage.file_count,
            )
        if seen.ended:
            self.log.warning("%s went on filling it: ended %s", self.name, seen.ended)
