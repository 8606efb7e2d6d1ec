"""Warm processes: one per set of libraries, from which every notebook's process is forked.

A zygote is a clean Python that has imported its libraries once, in a sandbox without network,
secrets or anything that can be written, and that never sees a submission. Each fork of it gets
namespaces, limits, folders and a user of its own before it reads a byte of one.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from app.engine import data, processes, warmth
from app.engine.enclosure import ADDRESS_SPACE_EXTRA_MB, FOLDER, HOME, MEGABYTE, environment
from app.engine.results import Limits
from jupyter_config import sandbox

__all__ = ["Child", "Role", "Zygote", "ZygoteFailed"]

INSIDE: Final = Path(__file__).parent / "inside"
PROGRAMS: Final = (
    *("zygote.py", "session.py", "dormant.py"),
    *("codec.py", "plain.py", "tables.py", "errors.py", "peer.py", "files.py"),
    *("seeds.py", "remote.py", "judge.py"),
)
Role = Literal["notebook", "judge"]
#: Packages with parts that must not be there before they are imported.
DORMANT: Final = ("matplotlib", "statsmodels")
START_SECONDS: Final = 90
FORK_SECONDS: Final = 20.0
#: How many notebooks of one zygote run at once; each has a user of its own.
PLACES: Final = 64


class ZygoteFailed(Exception):
    """The zygote did not start, or did not fork."""


@dataclass
class Child:
    """A notebook's process: its socket, what it writes to descriptors 1 and 2, and itself."""

    zygote: Zygote
    uid: int
    link: socket.socket
    out: int
    err: int
    process: int
    pid: int

    def interrupt(self) -> None:
        """Send it what Ctrl-C sends."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.process, signal.SIGINT)

    def close(self) -> None:
        """End everything inside and wait until nothing of it is left."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.process, signal.SIGKILL)
        # It is process 1 of its namespace: the kernel reports its end after everybody else's.
        gone = select.poll()
        gone.register(self.process, select.POLLIN)
        dead = bool(gone.poll(30_000))
        for fd in (self.out, self.err, self.process):
            os.close(fd)
        self.link.close()
        self.zygote.release(self.uid if dead else None)


class Zygote:
    """One warm process. Safe to use from several threads."""

    def __init__(self, libraries: tuple[str, ...]) -> None:
        """Start it and wait until it is warm. Raises ZygoteFailed."""
        self.stamp = stamp()
        self.data = data.folder()
        self.running = 0
        self.retired = False
        first = processes.fresh_id()
        self.people = range(first, first + PLACES)
        self.uids = list(self.people)
        self.change = threading.Condition()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        started: list[subprocess.Popen[bytes] | BaseException] = []
        up = threading.Event()

        def keep() -> None:
            # The kernel ends the sandbox with the thread that started it, so that one stays.
            try:
                process = _start(libraries, first, theirs.fileno(), self.data)
            except BaseException as error:
                started.append(error)
                up.set()
                return
            finally:
                theirs.close()
            started.append(process)
            up.set()
            process.wait()

        self.keeper = threading.Thread(target=keep, name="zygote-keeper", daemon=True)
        self.keeper.start()
        up.wait()
        if isinstance(started[0], BaseException):
            self.control.close()
            raise ZygoteFailed(str(started[0])) from started[0]
        self.process = started[0]
        self.control.settimeout(START_SECONDS)
        try:
            greeting = self.control.recv(100)
        except OSError:
            greeting = b""
        if greeting != b"ready":
            self.close()
            raise ZygoteFailed("The warm process did not become ready.")
        self.control.settimeout(10)

    def usable(self) -> bool:
        """Say whether it lives and has today's libraries."""
        return not self.retired and self.process.poll() is None and self.stamp == stamp()

    def died(self) -> bool:
        """Say whether it is dead, when a notebook's process died without being told to."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=0.2)
        return self.process.returncode is not None

    def fork(
        self,
        limits: Limits,
        *,
        role: Role = "notebook",
        line: socket.socket | None = None,
        sets: tuple[str, ...] = (),
    ) -> Child:
        """Start a process for a notebook or its judge. Raises ZygoteFailed.

        ``line`` is this one's end of a socket that joins the two; ``sets`` are the data sets that
        it sees.
        """
        with self.change:
            while not self.uids:
                self.change.wait()
            uid = self.uids.pop()
            self.running += 1
        with contextlib.ExitStack() as undo:
            undo.callback(self.release, uid)
            ours, theirs = socket.socketpair()
            undo.callback(ours.close)
            out, out_end = os.pipe2(os.O_CLOEXEC)
            undo.callback(os.close, out)
            err, err_end = os.pipe2(os.O_CLOEXEC)
            undo.callback(os.close, err)
            try:
                socket.send_fds(
                    self.control,
                    [json.dumps({**_setup(limits, uid, sets), "role": role}).encode()],
                    [theirs.fileno(), out_end, err_end, *([line.fileno()] if line else [])],
                )
            except OSError as error:
                raise ZygoteFailed(f"The warm process does not answer: {error}") from error
            finally:
                theirs.close()
                os.close(out_end)
                os.close(err_end)
            ours.settimeout(FORK_SECONDS)
            try:
                _, fds, _, _ = socket.recv_fds(ours, 1, 1)
            except OSError as error:
                raise ZygoteFailed(f"The warm process did not fork: {error}") from error
            if not fds:
                raise ZygoteFailed("The warm process did not fork.")
            undo.pop_all()
        return Child(self, uid, ours, out, err, fds[0], _pid_of(fds[0]))

    def release(self, uid: int | None) -> None:
        """A notebook's process has ended; None when its user may still be somebody."""
        with self.change:
            self.running -= 1
            if uid is not None:
                self.uids.append(uid)
            self.change.notify()
            idle = self.retired and self.running == 0
        if idle:
            self.close()

    def retire(self) -> None:
        """Fork no more; end when the last notebook has."""
        with self.change:
            self.retired = True
            idle = self.running == 0
        if idle:
            self.close()

    def close(self) -> None:
        """End it and every notebook's process of it, and wait for that."""
        self.retired = True
        self.control.close()
        sandbox.kill(self.process.pid)
        self.keeper.join(timeout=10)

    def forget(self) -> None:
        """In a forked copy of the grader: the zygote belongs to the original."""
        self.control.close()
        self.process.returncode = 0  # it is nobody's child here, so nobody waits for it


def stamp() -> tuple[int, ...]:
    """Return what changes when packages are installed or removed."""
    found = []
    for place in sys.path:
        if place.endswith("-packages"):
            with contextlib.suppress(OSError):
                found.append(os.stat(place).st_mtime_ns)
    return tuple(found)


def _start(
    libraries: tuple[str, ...], uid: int, control: int, sets: Path | None
) -> subprocess.Popen[bytes]:
    fonts = warmth.cache_files(*(name.encode() for name in libraries))
    box = sandbox.Sandbox(
        # Each fork covers this with a folder that holds the sets of its lab alone.
        read_only=(*sandbox.python_paths(), *([(sets, data.PLACE)] if sets else [])),
        tmpfs=(
            (HOME, MEGABYTE),
            ("/tmp", MEGABYTE),  # noqa: S108  # the sandbox's own
            *([] if sets else [(data.PLACE, MEGABYTE)]),
        ),
        files={
            **{f"/run/banyan/{name}": (INSIDE / name).read_bytes() for name in PROGRAMS},
            **{f"{HOME}/{path}": content for path, content in fonts.items()},
        },
        uid=uid,
        gid=uid,
        user_name="student",
        home=HOME,
        hostname="grading",
        nest=PLACES,  # the warm process itself forbids further user namespaces
        env={
            **environment(),
            "USER": "student",
            "LOGNAME": "student",
            "PYTHONDONTWRITEBYTECODE": "1",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        },
        inherit_fds=(control,),
    )
    dormant = [name for name in DORMANT if any(part.startswith(name) for part in libraries)]
    plan = json.dumps(
        {
            "control": control,
            "libraries": libraries,
            "dormant": dormant,
            "skip": [],
            "programs": [name.removesuffix(".py") for name in PROGRAMS],
        }
    )
    return box.popen(
        [sys.executable, "-I", "/run/banyan/zygote.py", plan],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A worker that is told to stop finishes what it has begun: Ctrl-C is for it alone.
        start_new_session=True,
    )


def _setup(limits: Limits, uid: int, sets: tuple[str, ...]) -> dict[str, Any]:
    return {
        "uid": uid if _as_root() else None,  # a normal user has nobody else to become
        "home": HOME,
        "folder": FOLDER,
        "kept": [
            *(str(path) for path in sandbox.python_paths()),
            *(f"{data.PLACE}/{name}" for name in sets),
        ],
        "sealed": [data.PLACE],
        "writable": {
            HOME: limits.disk_mb * MEGABYTE,
            "/tmp": limits.disk_mb * MEGABYTE,  # noqa: S108  # the sandbox's own
            "/dev/shm": sandbox.SHM_BYTES,  # noqa: S108
            data.PLACE: MEGABYTE,
        },
        "limits": {
            "RLIMIT_CORE": 0,
            "RLIMIT_AS": (limits.memory_mb + ADDRESS_SPACE_EXTRA_MB) * MEGABYTE,
            "RLIMIT_NPROC": limits.processes,
            "RLIMIT_FSIZE": limits.disk_mb * MEGABYTE,
            "RLIMIT_CPU": math.ceil(limits.total_seconds),
            "RLIMIT_NOFILE": 1024,
        },
    }


def _as_root() -> bool:
    return os.geteuid() == 0


def _pid_of(descriptor: int) -> int:
    for line in Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    raise ZygoteFailed("A process's descriptor does not say whose it is.")
