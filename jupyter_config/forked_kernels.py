"""Python kernels as forks of the *seed* beside a lab server, which has imported them already.

A kernel that the seed cannot give, for whatever reason, is started as it always was.
"""

from __future__ import annotations

import array
import contextlib
import json
import os
import select
import signal
import socket
import sys
import threading
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

__all__ = ["ForkedKernel", "ForkedProvisioner", "Seed", "take_from"]

NAME = "banyan-seed"
LAUNCHER = ["-m", "ipykernel_launcher"]
ANSWER_SECONDS = 10.0
SEED: Seed | None = None


class SeedFailed(Exception):
    """The seed gave no kernel."""


class ForkedKernel:
    """What :class:`subprocess.Popen` is to a started kernel, for a forked one.

    It is a child of the seed, which buries it; its exit status is not known here.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, descriptor: int) -> None:
        self.pid = pid
        self._descriptor: int | None = descriptor

    def poll(self) -> int | None:
        """Return None while it runs, then 1."""
        if self._descriptor is None:
            return 1
        ended = select.poll()
        ended.register(self._descriptor, select.POLLIN)
        if not ended.poll(0):
            return None
        os.close(self._descriptor)
        self._descriptor = None
        return 1

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises TimeoutError."""
        if self._descriptor is not None:
            ended = select.poll()
            ended.register(self._descriptor, select.POLLIN)
            if not ended.poll(None if timeout is None else timeout * 1000):
                raise TimeoutError(f"The kernel did not end within {timeout} s.")
        return self.poll() or 1

    def send_signal(self, number: int) -> None:
        if self.poll() is None and self._descriptor is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Seed:
    """The line to the process that becomes a kernel. One kernel at a time."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._line.settimeout(ANSWER_SECONDS)
        self._lock = threading.Lock()
        #: What a kernel would have imported on its own, by top-level name.
        self.modules = frozenset(name.partition(".")[0] for name in sys.modules)

    def suits(self, command: list[str], folder: Path) -> bool:
        """Say whether a fork would be the kernel that ``command`` starts in ``folder``.

        Not when a module of the person's own there has the name of one that is imported already:
        hers must win, as it does in a kernel that is started.
        """
        if command[0] != sys.executable or command[1:3] != LAUNCHER:
            return False
        try:
            names = {entry.name.removesuffix(".py") for entry in folder.iterdir()}
        except OSError:
            return False
        return not names & (self.modules - sys.stdlib_module_names)

    def fork(self, command: list[str], env: dict[str, str], folder: Path) -> ForkedKernel:
        """Return a kernel of the arguments of ``command``. Raises SeedFailed."""
        argv = ["ipykernel_launcher.py", *command[3:]]
        request = json.dumps({"argv": argv, "env": env, "cwd": str(folder)}).encode()
        said = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [1, 2]))]
        with self._lock:
            try:
                self._line.sendmsg([request], said)
                answer, fds, _, _ = socket.recv_fds(self._line, 100, 1)
            except OSError as error:
                # An answer that comes too late would be taken for the next kernel's.
                self._line.close()
                raise SeedFailed(str(error)) from error
        if not fds:
            self._line.close()
            raise SeedFailed("it ended")
        os.set_inheritable(fds[0], False)
        return ForkedKernel(int(answer), fds[0])


class ForkedProvisioner(LocalProvisioner):
    """Python kernels from the seed; every other kernel as :class:`LocalProvisioner` starts it."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        folder = Path(kwargs.get("cwd") or Path.cwd())
        if SEED is None or not SEED.suits(cmd, folder):
            return await super().launch_kernel(cmd, **kwargs)
        try:
            kernel = SEED.fork(cmd, kwargs.get("env") or dict(os.environ), folder)
        except SeedFailed as error:
            self.log.warning("No warm kernel, so one is started: %s", error)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = kernel  # type: ignore[assignment]  # as good as a Popen
        self.pid = self.pgid = kernel.pid  # it leads a session of its own
        self.cwd = folder
        return self.connection_info


def take_from(line: socket.socket) -> None:
    """Let this server's kernels be forked from the seed at the other end of ``line``."""
    global SEED
    SEED = Seed(line)
    factory = KernelProvisionerFactory.instance()
    place = f"{ForkedProvisioner.__module__}:ForkedProvisioner"
    factory.provisioners[NAME] = EntryPoint(NAME, place, KernelProvisionerFactory.GROUP_NAME)
    factory.default_provisioner_name = NAME
