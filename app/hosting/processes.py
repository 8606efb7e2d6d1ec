"""One supervised program: started, watched, stopped, and never outliving its supervisor."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil

__all__ = ["Part", "Running", "adopt_orphans", "end_descendants", "open_log", "reap_orphans"]

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LOG_BYTES = 5_000_000

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Part:
    """A program of the house and what its supervisor must know of it."""

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    answers: Callable[[], bool]
    """Asked several times a second while it starts; True when it serves."""
    required: bool = True
    """Without a required part the house does not open; the others may come later."""
    settle_seconds: float = 0.0
    """It must have lived this long to count as started."""
    patience_seconds: float = 60.0
    stop_seconds: float = 10.0
    before_stop: Callable[[], None] | None = None
    """A polite request that comes before SIGTERM; it may raise."""
    after_restart: Callable[[], None] | None = None
    """Called when it serves again after it had died; it may raise."""


class Running:
    """A started part. ``log`` receives what it prints."""

    def __init__(self, part: Part, logs: Path) -> None:
        self.part = part
        self.log = logs / f"{part.name}.log"
        self.started = time.monotonic()
        supervisor = os.getpid()

        def die_with_the_supervisor() -> None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != supervisor:  # it died in between
                os._exit(1)

        with open_log(self.log) as output:
            # Safe here: the supervisor has a single thread. A session of its own keeps the
            # terminal's Ctrl-C away, so that the parts stop in order.
            self.process = subprocess.Popen(
                part.command,
                cwd=part.folder,
                env=dict(part.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_the_supervisor,
            )

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def last_words(self, lines: int = 15) -> str:
        """The end of its log."""
        with suppress(FileNotFoundError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""

    def stop(self) -> None:
        """Ask, then tell, then end it with everything that it started."""
        descendants = _descendants(self.process.pid)
        if self.is_alive and self.part.before_stop is not None:
            with suppress(Exception):
                self.part.before_stop()
                self._wait(self.part.stop_seconds)
        if self.is_alive:
            with suppress(ProcessLookupError):
                self.process.terminate()
            self._wait(self.part.stop_seconds)
        if self.is_alive:
            self.process.kill()
            self.process.wait()
        _kill(descendants)

    def _wait(self, seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)


def open_log(path: Path) -> BinaryIO:
    """Open a log to append to, setting it aside (``.1``) first when it has grown over 5 MB."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_suffix(path.suffix + ".1"))
    return path.open("ab")


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose parent dies.

    People's servers survive a restart of the Hub; this way they are still ours to end.
    """
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(own: set[int]) -> None:
    """Collect adopted processes that ended; ``own`` are the ids that have an owner here.

    The Hub asks by process id whether a server lives: one that nobody collects would seem to.
    """
    with suppress(ChildProcessError):
        for child in psutil.Process().children():
            with suppress(psutil.NoSuchProcess):
                if child.pid not in own and child.status() == psutil.STATUS_ZOMBIE:
                    os.waitpid(child.pid, os.WNOHANG)


def end_descendants(keep: psutil.Process | None = None) -> list[str]:
    """End all that is left below this process, except ``keep`` and what is below it.

    Returns the names of what had to be ended.
    """
    spared = {keep.pid} | {child.pid for child in _descendants(keep.pid)} if keep else set()
    left = [process for process in _descendants(os.getpid()) if process.pid not in spared]
    names = []
    for process in left:
        with suppress(psutil.NoSuchProcess):
            names.append(process.name())
    _kill(left)
    reap_orphans(spared)
    return names


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # psutil compares creation times: no stranger is hit
            process.kill()
    psutil.wait_procs(processes, timeout=3)
