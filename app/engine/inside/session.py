"""Runs inside the sandbox: one notebook's IPython shell, driven over one socket, without a kernel.

The shell, its display hook and its publisher are ipykernel's own; only the session beneath them
writes to the grader's socket instead of ZeroMQ, so that outputs are what a kernel would send.
This file is handed in as text; the engine never imports it, and nothing of the engine exists here.

A frame is four bytes of length and that much JSON. ``{"run": token, "source": text}`` comes in;
``{"token", "kind", "content"}`` goes out, the last one of a cell with the kind ``done``.
"""

import asyncio
import builtins
import contextlib
import getpass
import inspect
import io
import json
import os
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from types import CodeType, FrameType, SimpleNamespace, TracebackType
from typing import Any, NoReturn

from codec import Malformed
from ipykernel.compiler import XCachingCompiler
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import _asyncio_runner
from judge import Judge
from jupyter_client.session import Session
from peer import Gone
from remote import Remote
from traitlets.config import Config

HEAD = struct.Struct(">I")
#: Where ipykernel's compiler says that cells are.
CELL_FILES = f"{tempfile.gettempdir()}/ipykernel_"
BUFFER_CHARACTERS = 32_000
BUFFER_SECONDS = 0.2


class Channel(Session):
    """What ipykernel's parts send through."""

    link: socket.socket | None = None
    process = 0
    #: Who takes the frames instead of the grader, while the judge calls the notebook's functions.
    heard: Callable[[dict[str, Any]], None] | None = None
    lock = threading.RLock()

    def send(  # type: ignore[override]
        self,
        stream: object,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: object = None,
        **rest: object,
    ) -> None:
        if isinstance(msg_or_type, dict):
            kind, content = msg_or_type["msg_type"], msg_or_type["content"]
            parent = msg_or_type["parent_header"]
        else:
            kind = msg_or_type
            parent = (parent or {}).get("header", parent or {})
        self.frame({"token": parent.get("msg_id"), "kind": kind, "content": content})

    def frame(self, message: dict[str, Any]) -> None:
        """Send a frame as a whole: an interrupt waits, and a forked copy stays silent."""
        if self.link is None or os.getpid() != self.process:
            return
        if self.heard is not None:
            self.heard(message)
            return
        raw = json.dumps(message, default=repr).encode()
        with self.lock:
            try:
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
                self.link.sendall(HEAD.pack(len(raw)) + raw)
            finally:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


class Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr``: text for the cell that runs now."""

    encoding = "UTF-8"
    errors = "strict"

    def __init__(self, name: str, channel: Channel, number: int) -> None:
        self.name, self.channel, self.number = name, channel, number
        self.parts: list[str] = []
        self.size, self.since = 0, 0.0
        self.other = self
        self.parent: dict[str, Any] = {}
        self.lock = threading.RLock()

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.number

    def set_parent(self, parent: dict[str, Any]) -> None:
        self.parent = parent

    def write(self, string: str) -> int:
        if not isinstance(string, str):
            raise TypeError(f"write() argument must be str, not {type(string)}")
        if os.getpid() != self.channel.process:
            os.write(self.number, string.encode("utf-8", "backslashreplace"))
            return len(string)
        if self.other.parts:
            self.other.flush()
        with self.lock:
            if not self.parts:
                self.since = time.monotonic()
            self.parts.append(string)
            self.size += len(string)
            full = self.size > BUFFER_CHARACTERS or time.monotonic() - self.since > BUFFER_SECONDS
        if full:
            self.flush()
        return len(string)

    def writelines(self, lines: Iterable[Any]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        with self.lock:
            text, self.parts, self.size = "".join(self.parts), [], 0
            if text:
                content = {"name": self.name, "text": text}
                self.channel.send(None, "stream", content, parent=self.parent)


def _no_input(prompt: object = "", *rest: object, **more: object) -> str:
    raise StdinNotImplementedError(
        "raw_input was called, but this frontend does not support input requests."
    )


def _find_modules_faster() -> None:
    """Spare ``inspect`` the search of all modules for a cell's file, which is in none.

    Tracebacks ask for it, and thousands of modules make the answer (None) dear.
    """
    search = inspect.getmodule

    def getmodule(object: Any, _filename: str | None = None) -> Any:
        if isinstance(object, TracebackType):
            object = object.tb_frame
        code = object.f_code if isinstance(object, FrameType) else object
        if isinstance(code, CodeType) and code.co_filename.startswith(CELL_FILES):
            return None
        return search(object, _filename)

    inspect.getmodule = getmodule


class Notebook:
    """A shell and its streams: made before the fork, used after it."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.hist_file = ":memory:"
        # Colours cost nine tenths of a traceback, and nobody sees them.
        config.InteractiveShell.colors = "nocolor"
        self.channel = Channel()
        kernel = SimpleNamespace(eventloop=None, shell=None)
        shell: Any = ZMQInteractiveShell.instance(
            config=config, kernel=kernel, compiler_class=XCachingCompiler
        )
        self.shell = shell
        # IPython formats every traceback once more for its history, which nobody reads here.
        shell._format_exception_for_storage = lambda error, *rest, **more: {
            "ename": type(error).__name__,
            "evalue": "",
            "traceback": [],
        }
        shell.displayhook.session = self.channel
        shell.displayhook.topic = b"execute_result"
        shell.display_pub.session = self.channel
        self.out = Stream("stdout", self.channel, 1)
        self.err = Stream("stderr", self.channel, 2)
        self.out.other, self.err.other = self.err, self.out
        with contextlib.suppress(Exception):
            shell.extension_manager.load_extension("storemagic")
        self.ready = asyncio.Event()  # belongs to no loop before somebody waits
        self.waiting = bytearray()
        self.requests: list[dict[str, Any]] = []
        self.judge: Judge | None = None

    def install(self) -> None:
        """Make this the process's session."""
        sys.stdout, sys.stderr = self.out, self.err
        builtins.input = _no_input
        getpass.getpass = _no_input
        self.channel.process = os.getpid()

    def serve(self, link: socket.socket, line: socket.socket | None, role: str) -> NoReturn:
        """Run cells until the grader goes; never returns. ``line`` leads to the other process."""
        self.install()
        self.channel.link = link
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.add_reader(link.fileno(), self._arrived, link)
        if line is not None and role == "judge":
            self.judge = Judge(line, self.shell, self.channel)
            self.judge.install()
        elif line is not None:
            remote = Remote(line, self.shell, self.channel)
            loop.add_reader(line.fileno(), self._asked, loop, remote)
        while True:
            # An interrupt that comes between two cells is for nobody.
            with contextlib.suppress(KeyboardInterrupt):
                loop.run_until_complete(self._cells())

    @staticmethod
    def receive(link: socket.socket, size: int) -> bytes:
        """Read exactly ``size`` bytes."""
        parts = bytearray()
        while len(parts) < size:
            part = link.recv(min(size - len(parts), 1 << 20))
            if not part:
                os._exit(0)
            parts += part
        return bytes(parts)

    def _arrived(self, link: socket.socket) -> None:
        raw = link.recv(1 << 20)
        if not raw:
            os._exit(0)
        self.waiting += raw
        while len(self.waiting) >= HEAD.size:
            (size,) = HEAD.unpack_from(self.waiting)
            if len(self.waiting) < HEAD.size + size:
                break
            self.requests.append(json.loads(bytes(self.waiting[HEAD.size : HEAD.size + size])))
            del self.waiting[: HEAD.size + size]
        if self.requests:
            self.ready.set()

    def _asked(self, loop: asyncio.AbstractEventLoop, remote: Remote) -> None:
        try:
            remote.attend()
        except (Gone, Malformed):
            loop.remove_reader(remote.line.fileno())

    async def _cells(self) -> None:
        while True:
            while not self.requests:
                self.ready.clear()
                await self.ready.wait()
            request = self.requests.pop(0)
            if "count" in request:
                self.shell.execution_count = request["count"]
            if self.judge is not None:
                self.judge.begin(request["plan"], request["run"], request["source"])
            reply = await self.run(request["run"], request["source"])
            if self.judge is not None:
                self.judge.end()
            if os.getpid() != self.channel.process:  # a copy that her cell forked
                os._exit(0)
            self.channel.frame({"token": request["run"], "kind": "done", "content": reply})

    async def run(self, token: str, source: str) -> dict[str, Any]:
        """Run a cell as ipykernel's ``do_execute`` does, and return its reply."""
        shell = self.shell
        shell.set_parent({"header": {"msg_id": token}})
        self.out.set_parent({"msg_id": token})
        self.err.set_parent({"msg_id": token})
        count = shell.execution_count
        result = await self._run(shell, source)
        for stream in (sys.stdout, sys.stderr, self.out, self.err):
            with contextlib.suppress(Exception):
                stream.flush()
        error = result.error_before_exec or result.error_in_exec
        shell.payload_manager.clear_payload()
        reply = {"count": count, "status": "ok"}
        if not result.success or getattr(shell, "_last_traceback_during_displayhook", False):
            reply.update(
                status="error",
                ename=type(error).__name__,
                evalue=str(error),
                traceback=shell._last_traceback or [],
            )
            if self.judge is not None:
                reply.update(self.judge.verdict(error))
        return reply

    async def _run(self, shell: Any, source: str) -> Any:
        raised: Any = None
        try:
            plain = shell.transform_cell(source)
        except Exception:
            plain, raised = source, sys.exc_info()
        if shell.loop_runner is not _asyncio_runner or not shell.should_run_async(
            source, transformed_cell=plain, preprocessing_exc_tuple=raised
        ):
            return shell.run_cell(source, store_history=True)
        running = asyncio.ensure_future(
            shell.run_cell_async(
                source,
                store_history=True,
                transformed_cell=plain,
                preprocessing_exc_tuple=raised,
            )
        )
        before = signal.signal(signal.SIGINT, lambda *_: running.cancel())
        result = None
        try:
            result = await running
        finally:
            signal.signal(signal.SIGINT, before)
            shell.events.trigger("post_execute")
            shell.events.trigger("post_run_cell", result)
        return result


WARM = (
    "warm = [n * n for n in range(3)]\nprint(warm)",
    "assert False, 'warm'\nassert warm == [0]",
    "warm",
    "import asyncio\nawait asyncio.sleep(0)",
    "def warm(:",
)


def warm_up() -> None:
    """Let everything that a first cell would wait for happen in a shell that is thrown away."""
    _find_modules_faster()
    kept = sys.stdout, sys.stderr, builtins.input, getpass.getpass, sys.modules["__main__"]
    hook = sys.displayhook, sys.excepthook
    notebook = Notebook()
    notebook.install()
    loop = asyncio.new_event_loop()
    for cell in WARM:
        loop.run_until_complete(notebook.run("warm", cell))
    loop.close()
    asyncio.set_event_loop(None)
    sys.stdout, sys.stderr, builtins.input, getpass.getpass, sys.modules["__main__"] = kept
    sys.displayhook, sys.excepthook = hook
    ZMQInteractiveShell.clear_instance()
