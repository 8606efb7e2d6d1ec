"""Runs a notebook in a fork of a warm process: no start, no kernel, no thread on this side.

Cells are sent one by one over the fork's own socket: a test does not exist inside before the cells
above it have run. What comes back is data of bounded size, and never a verdict.
"""

from __future__ import annotations

import json
import logging
import os
import select
import struct
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from nbformat import NotebookNode

from app.engine import canaries, processes, zygotes
from app.engine.executor import Executor, Job, Run, Stop
from app.engine.kernel_executor import KernelExecutor
from app.engine.replies import Outputs, timed_out
from app.engine.results import EngineUnavailable
from app.engine.zygote import Child, ZygoteFailed
from jupyter_config import sandbox

__all__ = ["ZygoteExecutor"]

LOG: Final = logging.getLogger(__name__)
COVERED: Final = "/tmp"  # noqa: S108 (a name inside the sandbox)
HEAD: Final = struct.Struct(">I")
START_SECONDS: Final = 60
WATCH_SECONDS: Final = 0.05
#: How long a cell has to end after it was interrupted; nbclient waits as long.
GRACE_SECONDS: Final = 4.0
MAX_FRAME_BYTES: Final = 32 * 2**20
MEGABYTE: Final = 2**20
SKIP: Final = "skip-execution"


def forks_keep_their_libraries(paths: Iterable[Path] | None = None) -> bool:
    """Say whether PATHS (default: what the interpreter needs) stay visible in a fork.

    Each fork covers the folder of temporary files with one of its own: an interpreter that is
    installed below it could no longer import anything that is not loaded yet.
    """
    return not any(
        path.is_relative_to(COVERED)
        for path in (sandbox.python_paths() if paths is None else paths)
    )


class ZygoteExecutor:
    """A fork per notebook. What no zygote covers is run by ``fallback``."""

    def __init__(self, fallback: Executor | None = None) -> None:
        self.fallback = fallback or KernelExecutor()

    def run(self, job: Job) -> Run:
        """Run the job's cells; whatever they do, return within the limits."""
        reason = sandbox.available()
        if reason is not None:
            raise EngineUnavailable(reason)
        kind = zygotes.kind_for(job) if forks_keep_their_libraries() else None
        for _ in range(2):  # a zygote may die between two jobs
            zygote = zygotes.get(kind) if kind is not None else None
            if zygote is None:
                break
            try:
                child = zygote.fork(job.limits)
            except ZygoteFailed as error:
                LOG.warning("A warm process is replaced: %s", error)
                zygotes.replace(zygote)
                continue
            run = _Session(job, child).run()
            if run.stop == "died" and zygote.died():
                LOG.warning("A warm process died with a notebook, which is run again")
                continue
            if run.stop != "start":
                return run
            LOG.warning("A notebook did not start in a fork of the warm process")
            break
        return self.fallback.run(job)


class _Stopped(Exception):
    """The run is cut: the sandbox is gone, or must go."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop)
        self.stop = stop


class _Session:
    """One notebook's run, in the caller's thread."""

    def __init__(self, job: Job, child: Child) -> None:
        self.job, self.child = job, child
        self.result = Run(notebook=job.notebook)
        stretch = processes.patience()
        self.cell_seconds = job.limits.cell_seconds * stretch
        self.total_seconds = job.limits.total_seconds * stretch
        self.began = time.monotonic()
        self.started = False
        self.looked = self.began
        self.received = 0
        self.peak = 0
        self.arriving = bytearray()
        self.leaving = bytearray()
        self.poll = select.poll()
        self.open = {child.out, child.err}
        self.outputs = Outputs()
        self.token = ""
        self.reply: dict[str, Any] | None = None

    def run(self) -> Run:
        began = time.monotonic()
        child = self.child
        child.link.setblocking(False)
        for fd in (child.out, child.err):
            os.set_blocking(fd, False)
        for source in (child.link.fileno(), child.out, child.err, child.process):
            self.poll.register(source, select.POLLIN)
        try:
            self._cells()
        except _Stopped as stopped:
            self.result.stop = stopped.stop if self.started else "start"
        finally:
            self._look(final=True)
            child.close()
        self.result.seconds = time.monotonic() - began
        self.result.peak_memory_mb = round(self.peak / MEGABYTE, 1)
        return self.result

    def _cells(self) -> None:
        self._send_files()
        self._run("", self.began + START_SECONDS)  # an empty cell says that all is in place
        self.started, self.began = True, time.monotonic()  # our own start is not her time
        self.received = 0
        last_test = max(self.job.tests, default=-1)
        for index, cell in enumerate(self.job.notebook.cells):
            self.result.stopped_at = index
            if index in self.job.tests and not self._failing_canary(cell.source):
                return
            runs = cell.cell_type == "code" and cell.source.strip()
            if runs and SKIP not in cell.metadata.get("tags", []):
                self._cell(cell, index)
            self.result.ran.add(index)
            self.job.on_cell(index + 1)
            if index == last_test and not (
                self._failing_canary(cell.source) and self._number_canary()
            ):
                return
        self.result.stopped_at = None

    def _cell(self, cell: NotebookNode, index: int) -> None:
        cell.outputs = []
        if self._run_for(cell.source, cell.outputs):
            self.result.interrupted.add(index)
        cell.execution_count = (self.reply or {}).get("count")

    def _failing_canary(self, test: str) -> bool:
        if canaries.failed(self._canary(canaries.failing(test))):
            return True
        self.result.tampered = canaries.NOT_FAILED
        return False

    def _number_canary(self) -> bool:
        nonce = canaries.number()
        if canaries.answered(self._canary(nonce), nonce):
            return True
        self.result.tampered = canaries.NOT_THE_VALUE
        return False

    def _canary(self, source: str) -> list[NotebookNode]:
        outputs: list[NotebookNode] = []
        if self._run_for(source, outputs):  # slow, and no proof of more
            raise _Stopped("cell-timeout")
        return outputs

    def _run_for(self, source: str, outputs: list[NotebookNode]) -> bool:
        """Run a cell into ``outputs``; say whether it went beyond its time, as nbclient does."""
        self.outputs.begin(outputs)
        began = time.monotonic()
        if not self._run(source, began + self.cell_seconds):
            self.child.interrupt()
            self.outputs.end(timed_out())
            if not self._await(time.monotonic() + GRACE_SECONDS):
                raise _Stopped("cell-timeout")
            self.outputs.end(timed_out())
            return True
        self.outputs.end(self.reply or {})
        return time.monotonic() - began >= self.cell_seconds

    def _run(self, source: str, until: float) -> bool:
        self.token = os.urandom(12).hex()
        self.reply = None
        raw = json.dumps({"run": self.token, "source": source}).encode()
        self._send(HEAD.pack(len(raw)) + raw)
        return self._await(until)

    def _send_files(self) -> None:
        files = self.job.files
        raw = json.dumps([(path, len(content)) for path, content in files.items()]).encode()
        self._send(HEAD.pack(len(raw)) + raw + b"".join(files.values()))

    def _send(self, raw: bytes) -> None:
        self.leaving += raw
        self._push()

    def _push(self) -> None:
        try:
            while self.leaving:
                sent = self.child.link.send(memoryview(self.leaving)[: 1 << 20])
                del self.leaving[:sent]
        except BlockingIOError:
            pass
        except OSError:  # it is gone; its descriptor says so
            self.leaving.clear()
        wanted = select.POLLIN | (select.POLLOUT if self.leaving else 0)
        self.poll.modify(self.child.link.fileno(), wanted)

    def _await(self, until: float) -> bool:
        """Take what comes until the cell has answered; False when ``until`` is over first."""
        while self.reply is None:
            now = time.monotonic()
            if self.started and now - self.began > self.total_seconds:
                raise _Stopped("total-timeout")
            if now >= until:
                return False
            if now - self.looked >= WATCH_SECONDS:
                self._look()
            wait = max(0.0, min(until, self.looked + WATCH_SECONDS) - now)
            ready = dict(self.poll.poll(wait * 1000 + 1))
            link = self.child.link.fileno()
            if ready.get(link, 0) & select.POLLOUT:
                self._push()
            # What was written before a frame was sent is in its pipe by now.
            arrived = b""
            if ready.get(link, 0) & ~select.POLLOUT:
                arrived, ended = self._read(self.child.link.recv)
                if ended and not arrived:
                    raise _Stopped("died")
            for name, fd in (("stdout", self.child.out), ("stderr", self.child.err)):
                if arrived or fd in ready:
                    self._drain(name, fd)
            self._frames(arrived)
            if self.reply is None and self.child.process in ready and not arrived:
                raise _Stopped("died")
        return True

    def _drain(self, name: str, fd: int) -> None:
        if fd not in self.open:
            return
        text, ended = self._read(lambda size: os.read(fd, size))
        if ended:
            self.open.remove(fd)
            self.poll.unregister(fd)
        if text:
            self.outputs.stream(name, text.decode("utf-8", "replace"))

    def _read(self, read: Callable[[int], bytes]) -> tuple[bytes, bool]:
        """Return what is there now, and whether the other side has closed."""
        parts = []
        ended = False
        while not ended:
            try:
                part = read(1 << 18)
            except BlockingIOError:
                break
            except OSError:
                part = b""
            ended = not part
            parts.append(part)
            self.received += len(part)
            if self.received > (self.job.limits.output_bytes if self.started else MEGABYTE):
                raise _Stopped("output")
        return b"".join(parts), ended

    def _frames(self, arrived: bytes) -> None:
        self.arriving += arrived
        while len(self.arriving) >= HEAD.size:
            (size,) = HEAD.unpack_from(self.arriving)
            if size > MAX_FRAME_BYTES:
                raise _Stopped("protocol")
            if len(self.arriving) < HEAD.size + size:
                return
            raw = bytes(self.arriving[HEAD.size : HEAD.size + size])
            del self.arriving[: HEAD.size + size]
            try:
                frame = json.loads(raw)
                kind, content = frame["kind"], frame["content"]
                ours = frame["token"] == self.token
                if ours and kind == "done" and self.reply is None:
                    self.reply = dict(content)
                elif ours and self.reply is None:
                    self.outputs.take(str(kind), dict(content))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                LOG.warning("A process's answer could not be used: %s", error)
                raise _Stopped("protocol") from error

    def _look(self, *, final: bool = False) -> None:
        self.looked = time.monotonic()
        used = processes.memory_bytes(self.child.pid, peak=self.peak)
        self.peak = max(self.peak, used)
        if used > self.job.limits.memory_mb * MEGABYTE and not final:
            raise _Stopped("memory")
