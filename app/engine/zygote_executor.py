"""Runs a notebook in a fork of a warm process: no start, no kernel, no thread on this side.

Cells are sent one by one over the fork's own socket: a test does not exist inside before the cells
above it have run. What comes back is data of bounded size, and never a verdict. Tests that are
judged separately are sent to a second fork, the judge, and never to the notebook's own.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import socket
import time
from typing import Any, Final

from nbformat import NotebookNode

from app.engine import canaries, processes, zygotes
from app.engine.executor import Executor, Job, Run, Stop, TestPlan
from app.engine.kernel_executor import KernelExecutor
from app.engine.replies import Outputs, timed_out
from app.engine.results import EngineUnavailable
from app.engine.wire import Overflow, ProtocolError, Side
from app.engine.zygote import Child, Zygote, ZygoteFailed
from jupyter_config import sandbox

__all__ = ["ZygoteExecutor"]

LOG: Final = logging.getLogger(__name__)
START_SECONDS: Final = 60
WATCH_SECONDS: Final = 0.05
#: How long a cell has to end after it was interrupted; nbclient waits as long.
GRACE_SECONDS: Final = 4.0
MEGABYTE: Final = 2**20
SKIP: Final = "skip-execution"


class ZygoteExecutor:
    """A fork per notebook. What no zygote covers is run by ``fallback``."""

    def __init__(self, fallback: Executor | None = None) -> None:
        self.fallback = fallback or KernelExecutor()

    def run(self, job: Job) -> Run:
        """Run the job's cells; whatever they do, return within the limits."""
        reason = sandbox.available()
        if reason is not None:
            raise EngineUnavailable(reason)
        kind = zygotes.kind_for(job)
        for _ in range(2):  # a zygote may die between two jobs
            zygote = zygotes.get(kind, with_data=bool(job.data)) if kind is not None else None
            if zygote is None:
                break
            try:
                child, judge = _fork(zygote, job)
            except ZygoteFailed as error:
                LOG.warning("A warm process is replaced: %s", error)
                zygotes.replace(zygote)
                continue
            run = _Session(job, child, judge).run()
            if run.stop == "died" and zygote.died():
                LOG.warning("A warm process died with a notebook, which is run again")
                continue
            if run.stop != "start":
                return run
            LOG.warning("A notebook did not start in a fork of the warm process")
            break
        return self.fallback.run(job)


def _fork(zygote: Zygote, job: Job) -> tuple[Child, Child | None]:
    """Start the notebook's process, and its judge if it needs one. Raises ZygoteFailed."""
    if job.judging is None:
        return zygote.fork(job.limits, sets=job.data), None
    ours, theirs = socket.socketpair()
    with ours, theirs, contextlib.ExitStack() as undo:
        child = zygote.fork(job.limits, line=theirs, sets=job.data)
        undo.callback(child.close)
        judge = zygote.fork(job.limits, role="judge", line=ours, sets=job.data)
        undo.pop_all()
    return child, judge


class _Stopped(Exception):
    """The run is cut: the sandbox is gone, or must go."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop)
        self.stop = stop


class _Session:
    """One notebook's run, in the caller's thread."""

    def __init__(self, job: Job, child: Child, judge: Child | None) -> None:
        self.job = job
        self.result = Run(notebook=job.notebook)
        stretch = processes.patience()
        self.cell_seconds = job.limits.cell_seconds * stretch
        self.total_seconds = job.limits.total_seconds * stretch
        self.began = time.monotonic()
        self.started = False
        self.looked = self.began
        self.peak = 0
        self.shared: dict[Side, int] = {}
        self.poll = select.poll()
        self.notebook = Side(child, self.poll, MEGABYTE)
        self.judge = Side(judge, self.poll, MEGABYTE) if judge is not None else None
        self.sides = [side for side in (self.notebook, self.judge) if side is not None]
        self.outputs = Outputs()
        self.active = self.notebook
        self.token = ""
        self.count = 1
        self.reply: dict[str, Any] | None = None

    def run(self) -> Run:
        began = time.monotonic()
        try:
            self._cells()
        except _Stopped as stopped:
            self.result.stop = stopped.stop if self.started else "start"
        finally:
            self._look(final=True)
            self._add_changed_pages()
            for side in self.sides:
                side.child.close()
        self.result.seconds = time.monotonic() - began
        self.result.peak_memory_mb = round(self.peak / MEGABYTE, 1)
        return self.result

    def _cells(self) -> None:
        self._start()
        job = self.job
        shared = job.tests - (job.judging.tests.keys() if job.judging else set())
        last_test = max(shared, default=-1)
        for index, cell in enumerate(job.notebook.cells):
            self.result.stopped_at = index
            if index in shared and (self.result.tampered or not self._failing_canary(cell.source)):
                if self.judge is None:
                    return
                continue  # the judge's own tests are out of reach all the same
            runs = cell.cell_type == "code" and cell.source.strip()
            if runs and SKIP not in cell.metadata.get("tags", []):
                self._cell(cell, index)
            self.result.ran.add(index)
            job.on_cell(index + 1)
            if (
                index == last_test
                and not (self._failing_canary(cell.source) and self._number_canary())
                and self.judge is None
            ):
                return
        self.result.stopped_at = None

    def _start(self) -> None:
        """Send the files; an empty cell says that all is in place."""
        until = self.began + START_SECONDS
        self.notebook.send_files(self.job.files)
        if self.judge is not None and self.job.judging is not None:
            self.judge.send_files(self.job.judging.files)
        for side in self.sides:
            plan = TestPlan() if side is self.judge else None
            self._run(side, "", until, plan)
        self.shared = {
            side: processes.memory_bytes(side.child.pid) for side in self.sides
        }  # what it holds of the warm process is nobody's
        self.peak = 0
        self.started, self.began = True, time.monotonic()  # our own start is not her time
        for side in self.sides:
            side.room = self.job.limits.output_bytes

    def _cell(self, cell: NotebookNode, index: int) -> None:
        judging = self.job.judging
        plan = judging.tests.get(index) if judging else None
        cell.outputs = []
        side = self.notebook if plan is None or self.judge is None else self.judge
        if side is self.judge:
            self.result.separate.add(index)
        if self._run_for(cell.source, cell.outputs, side, plan):
            self.result.interrupted.add(index)
        reply = self.reply or {}
        if isinstance(reply.get("count"), int) or reply.get("count") is None:
            cell.execution_count = reply.get("count")
        self.count += 1
        if side is self.judge:
            self._note(reply, index)
        elif judging and index in judging.prepared:
            source, plan = judging.prepared[index]
            self._run_for(source, [], self.judge, plan)

    def _note(self, reply: dict[str, Any], index: int) -> None:
        """Keep what the judge says beside the cell's outputs."""
        for name, kept in (("crossing", self.result.crossings), ("trace", self.result.traces)):
            if reply.get(name):
                kept[index] = str(reply[name])
        if index in self.result.interrupted:
            # Her function may be running on: only a process that answers can be used further.
            self._settle(self.notebook)

    def _settle(self, side: Side) -> None:
        self.outputs.begin([])
        if not self._run(side, "", time.monotonic() + GRACE_SECONDS, None):
            raise _Stopped("cell-timeout")

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
        if self._run_for(source, outputs, self.notebook, None):  # slow, and no proof of more
            raise _Stopped("cell-timeout")
        return outputs

    def _run_for(
        self, source: str, outputs: list[NotebookNode], side: Side | None, plan: TestPlan | None
    ) -> bool:
        """Run a cell into ``outputs``; say whether it went beyond its time, as nbclient does."""
        assert side is not None
        self.outputs.begin(outputs)
        began = time.monotonic()
        if not self._run(side, source, began + self.cell_seconds, plan):
            for other in self.sides:
                if other is side or side is self.judge:
                    other.child.interrupt()
            self.outputs.end(timed_out())
            if not self._await(time.monotonic() + GRACE_SECONDS):
                raise _Stopped("cell-timeout")
            self.outputs.end(timed_out())
            return True
        self.outputs.end(self.reply or {})
        return time.monotonic() - began >= self.cell_seconds

    def _run(self, side: Side, source: str, until: float, plan: TestPlan | None) -> bool:
        self.active = side
        self.token = os.urandom(12).hex()
        self.reply = None
        request: dict[str, Any] = {"run": self.token, "source": source}
        if self.judge is not None:  # two shells count as one
            request["count"] = self.count
        if plan is not None:
            request["plan"] = {
                "imports": {name: list(place) for name, place in plan.imports.items()},
                "own": sorted(plan.own),
                "theirs": sorted(plan.theirs),
                "wanted": sorted(plan.wanted),
                "files": plan.files,
                "seeds": plan.seeds,
            }
        side.send(request)
        return self._await(until)

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
            for side in self.sides:
                self._take(side, ready)
        return True

    def _take(self, side: Side, ready: dict[int, int]) -> None:
        try:
            # What her functions print while a test calls them belongs to the test's cell.
            if side is self.active is self.judge:
                self.notebook.drain(self.outputs.stream)
            frames = side.take(ready, self.outputs.stream)
        except EOFError:
            raise _Stopped("died") from None
        except Overflow:
            raise _Stopped("output") from None
        except ProtocolError as error:
            LOG.warning("A process's answer could not be used: %s", error)
            raise _Stopped("protocol") from error
        for frame in frames:
            self._frame(frame, side)

    def _frame(self, frame: dict[str, Any], side: Side) -> None:
        try:
            kind, content = frame["kind"], frame["content"]
            if frame["token"] != self.token or side is not self.active or self.reply is not None:
                return
            if kind == "done":
                self.reply = dict(content)
            else:
                self.outputs.take(str(kind), dict(content))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            LOG.warning("A process's answer could not be used: %s", error)
            raise _Stopped("protocol") from error

    def _add_changed_pages(self) -> None:
        """Count what it changed of what it shared with the warm process, as far as it lives yet."""
        child = self.notebook.child
        shared = self.shared.get(self.notebook, 0)
        beyond = processes.memory_bytes(child.pid, peak=self.peak, shared=shared)
        self.peak += max(0, processes.private_bytes(child.pid) - beyond)

    def _look(self, *, final: bool = False) -> None:
        self.looked = time.monotonic()
        for side in self.sides:
            shared = self.shared.get(side, 0)
            used = processes.memory_bytes(side.child.pid, peak=self.peak, shared=shared)
            if side is self.notebook:
                self.peak = max(self.peak, used)
            if used > self.job.limits.memory_mb * MEGABYTE and not final:
                raise _Stopped("memory")
