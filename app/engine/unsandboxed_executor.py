"""Runs a notebook in a kernel that is a plain child process: the weaker mode.

For machines where no sandbox can be made and whose operator accepts that. The child has limits on
its memory, processor time and file sizes, a folder of its own and none of this process's variables;
everything else that its user may read, change or reach over the network is within its reach.
Nothing is judged apart here.
"""

from __future__ import annotations

import contextlib
import math
import os
import queue
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.engine import processes
from app.engine.enclosure import (
    ADDRESS_SPACE_EXTRA_MB,
    LAUNCHER,
    MEGABYTE,
    Enclosure,
    environment,
    memory_file,
)
from app.engine.executor import Job, Run
from app.engine.kernel_executor import (
    KernelSession,
    in_own_thread,
)
from app.engine.results import Limits

__all__ = ["UnsandboxedExecutor"]

#: Children inherit it, so that those who leave the session are found again.
MARK: Final = "BANYAN_UNCONFINED"
PATIENCE_SECONDS: Final = 5.0


class UnsandboxedExecutor:
    """A kernel per notebook, unconfined. Satisfies :class:`app.engine.executor.Executor`."""

    def run(self, job: Job) -> Run:
        """Run the job's cells; return within the limits."""
        steps: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        session = _PlainSession(replace(job, on_cell=steps.put, judging=None))
        return in_own_thread(session.run, steps, job.on_cell)


class _PlainEnclosure(Enclosure):
    """A running kernel with limits and a folder of its own, and no walls."""

    def _start(
        self, files: Mapping[str, bytes], limits: Limits, sets: tuple[str, ...]
    ) -> subprocess.Popen[bytes]:
        self.mark = secrets.token_hex(16)
        self.uid = processes.fresh_id() if os.geteuid() == 0 and _reachable() else None
        self.home = Path(tempfile.mkdtemp(prefix="bu-"))
        try:
            if self.uid is not None:
                os.chown(self.home, self.uid, self.uid)
            with contextlib.ExitStack() as closing:
                home = str(self.home)
                handed, setup = self.hand_over(closing, files, home, f"{home}/work")
                launcher = memory_file(closing, LAUNCHER.read_bytes())
                return subprocess.Popen(
                    [
                        *self._walls(limits),
                        sys.executable,
                        "-I",
                        f"/proc/self/fd/{launcher}",
                        str(setup),
                    ],
                    cwd=self.home,
                    env={
                        **environment(),
                        "HOME": str(self.home),
                        "TMPDIR": str(self.home),
                        "LANG": "C.UTF-8",
                        MARK: self.mark,
                    },
                    pass_fds=(*handed, launcher),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
        except BaseException:
            shutil.rmtree(self.home, ignore_errors=True)
            raise

    def _walls(self, limits: Limits) -> list[str]:
        """Return the commands before the interpreter: whatever is there of them on this machine."""
        parts: list[str] = []
        if (nice := shutil.which("nice")) is not None:
            parts += [nice, "-n10"]
        if (prlimit := shutil.which("prlimit")) is not None:
            space = (limits.memory_mb + ADDRESS_SPACE_EXTRA_MB) * MEGABYTE
            parts += [
                prlimit,
                "--core=0",
                f"--as={space}",
                f"--fsize={limits.disk_mb * MEGABYTE}",
                f"--cpu={math.ceil(limits.total_seconds)}",
                "--nofile=1024",
            ]
            if self.uid is not None:  # processes are counted by user
                parts.append(f"--nproc={limits.processes}")
            parts.append("--")
        if (setpriv := shutil.which("setpriv")) is not None:
            parts += [setpriv, "--no-new-privs"]
            if os.geteuid() == 0:
                parts += ["--inh-caps=-all", "--bounding-set=-all"]
            if self.uid is not None:
                parts += [f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups"]
            parts.append("--")
        return parts

    def interrupt(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGINT)

    def memory_mb(self) -> float:
        peak = int(self.peak_memory_mb * MEGABYTE)
        used = processes.memory_bytes(self.process.pid, peak=peak) / MEGABYTE
        self.peak_memory_mb = max(self.peak_memory_mb, used)
        return used

    def close(self) -> None:
        """End the kernel and every process that it started and that can be found."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := self._left()) and time.monotonic() < deadline:
            for pid in found:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            self.process.poll()
            time.sleep(0.005)
        self.process.kill()
        self.process.wait(timeout=30)
        for folder in (self.folder, self.home):
            shutil.rmtree(folder, ignore_errors=True)

    def _left(self) -> list[int]:
        """Return the living processes of the kernel's session, user or mark."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                state, _parent, _group, session = (
                    (entry / "stat").read_text().rpartition(")")[2].split()[:4]
                )
                ours = int(session) == self.process.pid or (
                    self.uid is not None and entry.stat().st_uid == self.uid
                )
                if not ours:
                    ours = f"{MARK}={self.mark}".encode() in (entry / "environ").read_bytes()
            except (OSError, ValueError):
                continue
            if ours and state not in "ZX":
                found.append(int(entry.name))
        return found


class _PlainSession(KernelSession):
    """One notebook's run in a plain enclosure."""

    enclosed = _PlainEnclosure


def _reachable() -> bool:
    """Say whether another user can start this interpreter."""
    places = [Path(sys.executable).absolute(), Path(sys.executable).resolve()]
    return all(part.stat().st_mode & 0o001 for place in places for part in (place, *place.parents))
