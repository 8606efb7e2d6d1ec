"""The Hub's side of the warm process from which people's servers are forked (:mod:`.warm`).

Bubblewrap builds the person's sandbox exactly as on the cold road, around a program that only
waits; the fork then joins it. So the walls are the same, built by the same lines.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from jupyter_config import sandbox
from jupyter_config.processes import ServerProcess, started_at

__all__ = ["Nursery", "NurseryFailed", "Planting"]

LOG = logging.getLogger(__name__)
PROGRAM = Path(__file__).with_name("warm.py")
START_SECONDS = 60.0
PLANT_SECONDS = 15.0
#: Nothing of the Hub's. A dozen threads with an arena of their own each would hold megabytes that
#: are empty, and what the debugger says when it is imported would be nobody's to read.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
#: How long after a failure the next one is tried; until then servers start cold.
RETRY_SECONDS = 60.0


class NurseryFailed(Exception):
    """No server was forked; it has to be started the cold way."""


@dataclass(frozen=True)
class Planting:
    """One person's server: what it listens on, where it writes, where it finds its package."""

    box: sandbox.Sandbox
    listener: int
    log: int
    package: str


class Nursery:
    """One warm process, replaced when packages change or it dies. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._stamp: tuple[int, ...] = ()
        self._failed = -RETRY_SECONDS

    def prepare(self) -> None:
        """Start the warm process in the background, so that the first person need not wait."""
        threading.Thread(target=self._try_to_start, name="nursery", daemon=True).start()

    def _try_to_start(self) -> None:
        with contextlib.suppress(NurseryFailed):
            self._usable()

    def plant(self, planting: Planting) -> tuple[subprocess.Popen[bytes], ServerProcess]:
        """Fork a server into a sandbox of its own; it runs when this returns.

        Returns the bubblewrap outside and the record of both. Raises NurseryFailed.
        """
        control = self._usable()
        keeper, lifeline, heard = _hold(planting.box)
        try:
            process = _standing(keeper, lifeline, heard)
            server = _planted(control, process.init, planting, lifeline)
            started = started_at(server)
            if started is None:
                raise NurseryFailed("The server ended at once; its log says why.")
            return keeper, process.with_server(server, started)
        except BaseException as error:
            sandbox.kill(keeper.pid)
            keeper.wait()
            if isinstance(error, OSError):
                raise NurseryFailed(str(error)) from error
            raise
        finally:
            os.close(lifeline)
            os.close(heard)

    def close(self) -> None:
        """End the warm process; the servers that came from it go on."""
        with self._lock:
            self._end()

    # The warm process

    def _usable(self) -> socket.socket:
        """Return the line to a warm process of today's packages. Raises NurseryFailed."""
        with self._lock:
            alive = self._process is not None and self._process.poll() is None
            if alive and self._control is not None and self._stamp == stamp():
                return self._control
            if self._process is not None:
                LOG.warning("The warm process of lab servers is replaced")
            self._end()
            if time.monotonic() - self._failed < RETRY_SECONDS:
                raise NurseryFailed("It failed a moment ago.")
            try:
                return self._start()
            except (OSError, NurseryFailed) as error:
                self._failed = time.monotonic()
                self._end()
                raise NurseryFailed(str(error)) from error

    def _start(self) -> socket.socket:
        self._stamp = stamp()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, tempfile.TemporaryFile() as said:
            program = _interpreter()
            try:
                self._process = subprocess.Popen(
                    [sys.executable, str(PROGRAM), str(theirs.fileno())],
                    executable=f"/proc/self/fd/{program}",
                    pass_fds=(theirs.fileno(), program),
                    env=ENVIRONMENT,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    start_new_session=True,
                )
            finally:
                os.close(program)
            theirs.close()  # so that its end is heard
            self._control.settimeout(START_SECONDS)
            try:
                greeting = self._control.recv(100)
            except OSError:
                greeting = b""
            if greeting != b"ready":
                said.seek(0)
                reason = said.read().decode(errors="replace").strip().rpartition("\n")[2]
                raise NurseryFailed(f"The warm process of lab servers did not start: {reason}")
        self._control.settimeout(5)
        return self._control

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._control = None


def stamp() -> tuple[int, ...]:
    """Return what changes when packages or the warm program do."""
    places = [PROGRAM, *(Path(place) for place in sys.path if place.endswith("-packages"))]
    found = []
    for place in places:
        with contextlib.suppress(OSError):
            found.append(place.stat().st_mtime_ns)
    return tuple(found)


def _interpreter() -> int:
    """Return this interpreter as a sealed file in memory.

    A fork keeps the file that it was started from open as ``/proc/self/exe``, by the way that led
    there: outside of her sandbox, where the file may be writable.
    """
    import fcntl

    fd = os.memfd_create("python", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with open(sys.executable, "rb") as file:
        while part := file.read(1 << 20):
            view = memoryview(part)
            while view:
                view = view[os.write(fd, view) :]
    sealed = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, sealed)
    return fd


# One server


def _hold(box: sandbox.Sandbox) -> tuple[subprocess.Popen[bytes], int, int]:
    """Build the sandbox around a program that says back what it hears and ends with who speaks.

    Returns bubblewrap, the end to speak into and the end to hear from.
    """
    hear, speak = os.pipe2(os.O_CLOEXEC)
    heard, said = os.pipe2(os.O_CLOEXEC)
    try:
        keeper = box.popen(
            ["/usr/bin/cat"],
            stdin=hear,
            stdout=said,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except BaseException:
        os.close(speak)
        os.close(heard)
        raise
    finally:
        os.close(hear)
        os.close(said)
    return keeper, speak, heard


def _standing(keeper: subprocess.Popen[bytes], lifeline: int, heard: int) -> ServerProcess:
    """Return the record of the sandbox once all of it is built and what is inside has been given
    up. Raises NurseryFailed."""
    os.write(lifeline, b".")
    if not select.select([heard], [], [], PLANT_SECONDS)[0] or os.read(heard, 1) != b".":
        raise NurseryFailed("The sandbox did not come up.")
    process = ServerProcess.of(keeper.pid)
    if process is None:
        raise NurseryFailed("The sandbox ended at once.")
    return process


def _planted(control: socket.socket, init: int, planting: Planting, lifeline: int) -> int:
    """Have the server forked and return its pid here. Raises NurseryFailed, OSError."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    box = planting.box
    request = {
        "user_namespace": os.geteuid() != 0,
        "uid": box.uid,
        "gid": box.gid,
        "env": box.environment(),
        "cwd": box.cwd or box.home,
        "limits": box.limits.by_name(),
        "package": planting.package,
    }
    with ours:
        with theirs:
            socket.send_fds(control, [b"f"], [theirs.fileno()])
        first = os.pidfd_open(init)
        try:
            fds = [first, planting.listener, planting.log, lifeline]
            socket.send_fds(ours, [json.dumps(request).encode()], fds)
        finally:
            os.close(first)
        ours.settimeout(PLANT_SECONDS)
        pid = None
        arrived = False
        while pid is None or not arrived:
            message = ours.recv(600)
            if message == b"here":
                arrived = True
            elif message.isdigit():
                pid = int(message)
            else:
                if pid is not None:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                raise NurseryFailed(message.decode(errors="replace") or "The fork ended.")
        return pid
