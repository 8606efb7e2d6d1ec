"""One submission's sandbox: its start, its watch and its end.

Everything that a notebook's code starts lives in one process namespace. Killing that namespace's
first process ends all of it, and the kernel waits for the last one before it says so.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.engine import data, processes
from app.engine.results import Limits
from jupyter_config import sandbox

__all__ = [
    "ADDRESS_SPACE_EXTRA_MB",
    "CHANNELS",
    "FOLDER",
    "HOME",
    "LAUNCHER",
    "MEGABYTE",
    "Enclosure",
    "environment",
    "memory_file",
]

CHANNELS: Final = ("shell", "iopub")
HOME: Final = "/home/student"
FOLDER: Final = f"{HOME}/work"
LAUNCHER: Final = Path(__file__).parent / "inside" / "launch.py"
MEGABYTE: Final = 2**20
# Libraries reserve far more addresses than they use (a thread's stack alone is 8 MB), so the
# address space is a coarse net; the watch over the memory in use is the limit that people set.
ADDRESS_SPACE_EXTRA_MB: Final = 3072


class Enclosure:
    """A running kernel in a sandbox of its own. ``key`` signs its messages."""

    def __init__(
        self, files: Mapping[str, bytes], limits: Limits, sets: tuple[str, ...] = ()
    ) -> None:
        """Start it. ``files`` are paths below the home folder, ``sets`` data sets, both checked."""
        self.key = secrets.token_hex(16)
        self.peak_memory_mb = 0.0
        # Short, because a socket's path has at most 107 bytes; private, so that only we connect.
        self.folder = Path(tempfile.mkdtemp(prefix="bg-"))
        try:
            self.process = self._start(files, limits, sets)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def address(self, channel: str) -> str:
        return f"ipc://{self.folder}/{channel}"

    def _start(
        self, files: Mapping[str, bytes], limits: Limits, sets: tuple[str, ...]
    ) -> subprocess.Popen[bytes]:
        with contextlib.ExitStack() as closing:
            handed, setup = self.hand_over(closing, files, HOME, FOLDER)
            box = sandbox.Sandbox(
                read_only=(*sandbox.python_paths(), *data.mounts(sets)),
                tmpfs=(
                    (HOME, limits.disk_mb * MEGABYTE),
                    ("/tmp", limits.disk_mb * MEGABYTE),  # noqa: S108  # the sandbox's own
                ),
                files={"/run/banyan/launch.py": LAUNCHER.read_bytes()},
                # As root there is no user namespace, and limits count by user: one user each.
                uid=processes.fresh_id(),
                gid=processes.fresh_id(),
                user_name="student",
                home=HOME,
                hostname="grading",
                env=environment(),
                limits=sandbox.Rlimits(
                    address_space_bytes=(limits.memory_mb + ADDRESS_SPACE_EXTRA_MB) * MEGABYTE,
                    processes=limits.processes,
                    file_bytes=limits.disk_mb * MEGABYTE,
                    cpu_seconds=math.ceil(limits.total_seconds),
                    open_files=1024,
                ),
                inherit_fds=handed,
            )
            return box.popen(
                # Who watches must always get the processor before who is watched.
                [
                    "/usr/bin/nice",
                    "-n10",
                    sys.executable,
                    "-I",
                    "/run/banyan/launch.py",
                    str(setup),
                ],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def hand_over(
        self, closing: contextlib.ExitStack, files: Mapping[str, bytes], home: str, folder: str
    ) -> tuple[tuple[int, ...], int]:
        """Return the descriptors that the launcher gets, and the one that tells it of the others.

        They are open until ``closing`` closes them.
        """
        listening: dict[str, int] = {}
        for channel in CHANNELS:
            server = closing.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(str(self.folder / channel))
            server.listen(8)
            listening[channel] = server.fileno()
        archive = memory_file(closing, archive_of(files))
        told = {
            "key": self.key,
            "sockets": listening,
            "files": archive,
            "home": home,
            "folder": folder,
        }
        setup = memory_file(closing, json.dumps(told).encode())
        return (*listening.values(), archive, setup), setup

    def connected(self) -> None:
        """Remove the sockets' names: nobody else is to connect, and a killed grader leaves none."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def alive(self) -> bool:
        return self.process.poll() is None

    def interrupt(self) -> None:
        """Send the kernel what Ctrl-C sends."""
        init = sandbox.namespace_init(self.process.pid)
        kernel = processes.children(init)[:1] if init is not None else []
        for pid in kernel:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)

    def memory_mb(self) -> float:
        """Return the memory that all of the sandbox's processes use now, shared parts once."""
        init = sandbox.namespace_init(self.process.pid)
        if init is None:
            return 0.0
        peak = int(self.peak_memory_mb * MEGABYTE)
        used = processes.memory_bytes(init, peak=peak, alone=2) / MEGABYTE
        self.peak_memory_mb = max(self.peak_memory_mb, used)
        return used

    def close(self) -> None:
        """End everything inside and wait until nothing of it is left."""
        init = sandbox.namespace_init(self.process.pid)
        if init is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(init, signal.SIGKILL)
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            sandbox.kill(self.process.pid)
            self.process.wait(timeout=30)
        if init is not None:
            _wait_gone(init)
        shutil.rmtree(self.folder, ignore_errors=True)


def environment() -> dict[str, str]:
    """Return the variables of a notebook's process beside HOME and LANG."""
    threads = {
        name: "1"
        for name in (
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "MKL_NUM_THREADS",
            "NUMEXPR_NUM_THREADS",
        )
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    return {"PATH": path, "NBGRADER_EXECUTION": "autograde", **threads}


def archive_of(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode, entry.mtime = len(content), 0o644, int(time.time())
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def memory_file(closing: contextlib.ExitStack, content: bytes) -> int:
    stream = closing.enter_context(os.fdopen(os.memfd_create("grading", 0), "wb", buffering=0))
    view = memoryview(content)
    while view:
        view = view[stream.write(view) or 0 :]
    stream.seek(0)
    return stream.fileno()


def _wait_gone(pid: int) -> None:
    """Wait until the namespace's first process, and with it the namespace, is gone."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return
        if state == "Z":  # everything below it is gone; its parent has yet to look
            return
        time.sleep(0.005)
