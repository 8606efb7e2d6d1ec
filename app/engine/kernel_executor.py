"""Runs a notebook in an IPython kernel inside a sandbox, driven from outside by nbclient.

nbgrader's own ``Execute`` does the driving, so that outputs and time limits mean what they mean
there. Cells are sent one by one: a test does not exist inside before the cells above it have run.

Tests share the student's process here, so every test has a canary beside it.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Final, cast

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.session import Session
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import Execute

from app.engine import canaries, processes
from app.engine.bookkeeping import LOG
from app.engine.enclosure import Enclosure
from app.engine.executor import Job, Run, Stop
from app.engine.results import EngineUnavailable
from jupyter_config import sandbox

__all__ = [
    "KernelExecutor",
    "KernelSession",
    "in_own_thread",
]

START_SECONDS: Final = 60
WATCH_SECONDS: Final = 0.05
MAX_MESSAGE_BYTES: Final = 32 * 2**20
MEGABYTE: Final = 2**20


class KernelExecutor:
    """A kernel per notebook. Satisfies :class:`app.engine.executor.Executor`."""

    def run(self, job: Job) -> Run:
        """Run the job's cells; whatever they do, return within the limits."""
        reason = sandbox.available()
        if reason is not None:
            raise EngineUnavailable(reason)
        steps: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        session = KernelSession(replace(job, on_cell=steps.put))
        return in_own_thread(session.run, steps, job.on_cell)


class _Stopped(Exception):
    """The run was cut from outside: the sandbox is gone, or must go."""


class CountingSession(Session):
    """A session that counts the bytes that arrive, before it reads them."""

    received = 0
    limit = 0

    def deserialize(self, msg_list: list[Any], content: bool = True, copy: bool = True) -> Any:
        self.received += sum(len(part) for part in msg_list[4:])  # after signature and headers
        if self.received > self.limit:
            raise _Stopped("output")
        return super().deserialize(msg_list, content=content, copy=copy)


class Client(AsyncKernelClient):
    """A client of sockets that have names instead of ports."""

    enclosure: Enclosure

    def _make_url(self, channel: str) -> str:
        return self.enclosure.address(channel)

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        made = self.context.socket(zmq.DEALER if channel == "shell" else zmq.SUB)
        made.linger = 0
        made.maxmsgsize = MAX_MESSAGE_BYTES
        if identity:
            made.identity = identity
        made.connect(self._make_url(channel))
        return made

    async def _async_is_alive(self) -> bool:
        return self.enclosure.alive()

    is_alive = _async_is_alive


class _Driver(Execute):
    """nbgrader's Execute, with a kernel that is there already and no widgets.

    A forged widget message could catch the outputs of a later test, errors included.
    """

    def handle_comm_msg(
        self, outs: list[NotebookNode], msg: dict[str, Any], cell_index: int
    ) -> None:
        return None


class _Interrupter:
    """What nbclient needs of a kernel manager."""

    def __init__(self, enclosure: Enclosure) -> None:
        self.enclosure = enclosure

    async def interrupt_kernel(self) -> None:
        self.enclosure.interrupt()


class KernelSession:
    """One notebook's run in an enclosure of the class ``enclosed``."""

    enclosed: type[Enclosure] = Enclosure

    def __init__(self, job: Job) -> None:
        self.job = job
        self.result = Run(notebook=job.notebook)
        self.began = time.monotonic()
        self.stop: Stop | None = None
        stretch = processes.patience()
        self.cell_seconds = job.limits.cell_seconds * stretch
        self.total_seconds = job.limits.total_seconds * stretch

    async def run(self) -> Run:
        began = time.monotonic()
        limits = self.job.limits
        enclosure = await asyncio.to_thread(self.enclosed, self.job.files, limits, self.job.data)
        context = zmq.asyncio.Context()
        session = CountingSession()
        session.key = enclosure.key.encode()
        session.limit = MAX_MESSAGE_BYTES  # the greeting; cells have their own limit
        client = Client(context=context, session=session)
        client.enclosure = enclosure
        client.allow_stdin = False
        cells = asyncio.ensure_future(self._cells(enclosure, client, session))
        watch = asyncio.ensure_future(self._watch(enclosure))
        try:
            await asyncio.wait({cells, watch}, return_when=asyncio.FIRST_COMPLETED)
            if self.stop is None and cells.done():
                self._outcome(cells)
        finally:
            for task in (cells, watch):
                task.cancel()
            await asyncio.gather(cells, watch, return_exceptions=True)
            await asyncio.to_thread(enclosure.close)
            for channel in (client._shell_channel, client._iopub_channel):
                if channel is not None:
                    channel.stop()
            context.destroy(linger=0)
        self.result.stop = self.stop
        self.result.seconds = time.monotonic() - began
        self.result.peak_memory_mb = round(enclosure.peak_memory_mb, 1)
        return self.result

    def _outcome(self, cells: asyncio.Future[None]) -> None:
        """Say why the cells ended before their end, if they did."""
        error = cells.exception()
        if error is None:
            return
        if not self.started and isinstance(error, Exception):
            self.stop = "start"
        elif isinstance(error, _Stopped):
            self.stop = cast(Stop, str(error))
        elif isinstance(error, DeadKernelError):
            self.stop = "died"
        elif isinstance(error, CellTimeoutError):
            self.stop = "cell-timeout" if self.late else "output"
        elif isinstance(error, Exception):
            # What arrives is written by the student's process: it can be anything.
            LOG.warning("A kernel's answer could not be used", exc_info=error)
            self.stop = "protocol"
        else:
            raise error

    async def _watch(self, enclosure: Enclosure) -> None:
        limits = self.job.limits
        while True:
            if not enclosure.alive():
                self.stop = "died" if self.started else "start"
                return
            if self.started and time.monotonic() - self.began > self.total_seconds:
                self.stop = "total-timeout"
                return
            if enclosure.memory_mb() > limits.memory_mb:
                self.stop = "memory"
                return
            await asyncio.sleep(WATCH_SECONDS)

    started = False
    late = False

    async def _cells(self, enclosure: Enclosure, client: Client, session: CountingSession) -> None:
        client.start_channels(stdin=False, hb=False, control=False)
        await self._greet(client)
        enclosure.connected()
        self.started, self.began = True, time.monotonic()  # our own start is not her time
        session.received, session.limit = 0, self.job.limits.output_bytes
        nb = self.job.notebook
        shadow = NotebookNode(nb)
        shadow.cells = [*nb.cells, new_code_cell()]  # the last place is the canaries'
        driver = _Driver(log=LOG)
        driver.nb, driver.km, driver.kc = shadow, _Interrupter(enclosure), client
        driver.reset_execution_trackers()
        driver.timeout_func = lambda cell: self.cell_seconds
        last_test = max(self.job.tests, default=-1)
        for index, cell in enumerate(nb.cells):
            self.result.stopped_at = index
            if index in self.job.tests and not await self._canary(driver, cell.source):
                return
            await self._cell(driver, cell, index)
            self.result.ran.add(index)
            self.job.on_cell(index + 1)
            if index == last_test:
                if not await self._canary(driver, cell.source):
                    return
                if not await self._number_canary(driver):
                    return
        self.result.stopped_at = None

    async def _greet(self, client: Client) -> None:
        """Wait until the kernel answers and its outputs reach us."""
        deadline = time.monotonic() + START_SECONDS
        heard = False
        while not heard:
            asked = client.kernel_info()
            while time.monotonic() < deadline:
                reply = await client.shell_channel.get_msg(timeout=START_SECONDS)
                if reply["parent_header"].get("msg_id") == asked:
                    break
            while await client.iopub_channel.socket.poll(100):
                message = await client.iopub_channel.get_msg(timeout=0)
                if message["parent_header"].get("msg_id") == asked:
                    heard = True
                    if message["content"].get("execution_state") == "idle":
                        break
            if time.monotonic() > deadline:
                raise _Stopped("start")

    async def _cell(self, driver: _Driver, cell: NotebookNode, index: int) -> None:
        began = time.monotonic()
        try:
            await driver.async_execute_cell(cell, index, store_history=True)
        finally:
            self.late = time.monotonic() - began >= self.cell_seconds
        if self.late:
            self.result.interrupted.add(index)

    async def _canary(self, driver: _Driver, test: str) -> bool:
        if canaries.failed(await self._canary_outputs(driver, canaries.failing(test))):
            return True
        self.result.tampered = canaries.NOT_FAILED
        return False

    async def _number_canary(self, driver: _Driver) -> bool:
        nonce = canaries.number()
        if canaries.answered(await self._canary_outputs(driver, nonce), nonce):
            return True
        self.result.tampered = canaries.NOT_THE_VALUE
        return False

    async def _canary_outputs(self, driver: _Driver, source: str) -> list[NotebookNode]:
        cell = new_code_cell(source)
        await self._cell(driver, cell, len(driver.nb.cells) - 1)
        if self.late:  # her threads may hold the interpreter; that is slow and no proof of more
            raise _Stopped("cell-timeout")
        return cast(list[NotebookNode], cell.outputs)


def in_own_thread(
    work: Callable[[], Coroutine[Any, Any, Run]],
    steps: queue.SimpleQueue[int | None],
    on_step: Callable[[int], None],
) -> Run:
    """Run ``work`` in a thread with an event loop of its own; call ``on_step`` in this one.

    An error of ``on_step`` is raised when the work has ended. When this thread is interrupted
    the work is cancelled, which ends its sandbox.
    """
    future: concurrent.futures.Future[Run] = concurrent.futures.Future()
    cancel: list[Callable[[], object]] = []

    async def body() -> Run:
        task = asyncio.ensure_future(work())
        loop = asyncio.get_running_loop()
        cancel.append(lambda: loop.call_soon_threadsafe(task.cancel))
        return await task

    def thread_body() -> None:
        try:
            future.set_result(asyncio.run(body()))
        except BaseException as error:
            future.set_exception(error)
        finally:
            steps.put(None)

    thread = threading.Thread(target=thread_body, name="grading")
    thread.start()
    failure: Exception | None = None
    try:
        while (step := steps.get()) is not None:
            try:
                on_step(step)
            except Exception as error:
                failure = failure or error
    except BaseException:
        for stop in cancel:
            stop()
        raise
    finally:
        thread.join()
    if failure is not None:
        raise failure
    return future.result()
