"""Runs inside the sandbox, in the student's process: answers what the judge asks about her work.

Nothing here has to be trusted: the judge takes what comes for values, never for verdicts.
This file is handed in as text; the engine never imports it.
"""

import contextlib
import importlib
import io
import os
import pickle
import socket
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import codec
import seeds
from codec import Decoder, Encoder, Malformed, Node
from files import Files
from peer import FUNCTIONS, Peer

MAX_TRACE = 6_000
#: What her code may show while a test calls it; a value is shown by the test's own cell alone.
SHOWN = frozenset({"stream", "display_data", "update_display_data", "error"})
#: Classes whose name says all.
CLASSES = {
    kind for kind in (int, float, complex, str, bool, bytes, bytearray, list, tuple, dict, set)
} | {frozenset, object, type(None), range}


class Remote(Peer):
    """The student's end."""

    trusting = True

    def __init__(self, line: socket.socket, shell: Any, channel: Any) -> None:
        super().__init__(line)
        self.shell = shell
        self.channel = channel
        self.files: Files | None = None
        self.looked_up: dict[str, int] = {}
        self.said: list[Any] = []

    def attend(self) -> None:
        """Serve one request of the judge: it stands in the line."""
        request = self.receive()
        if request.get("op") not in ("call", "next", "get", "is", "names", "list"):
            return  # the answer to a question that was given up
        with self.overheard():
            self.serve(request)

    @contextlib.contextmanager
    def overheard(self) -> Iterator[None]:
        """Collect what the cells' streams show, for the judge to say in its own cell."""
        before, self.channel.heard = self.channel.heard, self.hear
        try:
            yield
        finally:
            self.channel.heard = before

    def hear(self, message: dict[str, Any]) -> None:
        if message["kind"] in SHOWN:
            self.said.append([message["kind"], message["content"]])

    def enclose(self, message: dict[str, Any]) -> None:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        message["said"], self.said = self.said, []
        names = self.shell.user_ns
        message["stale"] = [
            name for name, ident in self.looked_up.items() if id(names.get(name)) != ident
        ]
        for name in message["stale"]:
            del self.looked_up[name]
        if self.files is not None:
            message["files"] = self.files.changed()

    def unpack(self, message: dict[str, Any]) -> None:
        if "seeds" in message:
            seeds.begin(message["seeds"])
        if "files" in message:
            if self.files is None:
                self.files = Files([os.getcwd(), "/tmp"], set())  # noqa: S108
            self.files.take(message["files"])

    def answer(self, op: str, request: dict[str, Any]) -> dict[str, Any]:
        names = self.shell.user_ns
        if op == "list":
            return self.reply("return", sorted(str(name) for name in names))
        if op == "names":
            self.define(request)
            return {"op": "return", "root": None}
        name = request["name"]
        if name not in names:
            return {"op": "absent"}
        if op == "get":
            value = names[name]
            if isinstance(value, FUNCTIONS):
                self.looked_up[name] = id(value)
            return self.reply("return", value)
        expected: Any = importlib.import_module(request["module"])
        if request["attribute"] is not None:
            expected = getattr(expected, request["attribute"])
        self.looked_up[name] = id(names[name])
        return self.reply("return", names[name] is expected)

    def define(self, request: dict[str, Any]) -> None:
        """Give the student's cells the names that the lab's own tests define for them."""
        decoder = Decoder(request["nodes"], self.adopt)
        for name, kind, content in request["names"]:
            if kind == "source":
                exec(compile(content, "<test>", "exec"), self.shell.user_ns)  # noqa: S102
            elif kind == "module":
                self.shell.user_ns[name] = importlib.import_module(content)
            else:
                self.shell.user_ns[name] = decoder.value(content)

    def export_more(self, value: Any, encoder: Encoder) -> Node | None:
        if isinstance(value, type) and (
            value in CLASSES or issubclass(value, BaseException) or value.__module__ == "numpy"
        ):
            return ["class", value.__module__, value.__qualname__]
        return None

    def adopt_more(self, node: Node, decoder: Decoder) -> Any:
        if node[0] == "global":
            found: Any = importlib.import_module(node[1])
            for part in node[2].split("."):
                found = getattr(found, part)
            return found
        if node[0] == "pickled":  # from the judge, who may do anything here
            return pickle.load(io.BytesIO(codec.unpacked(node[1])))  # noqa: S301
        raise Malformed

    def trace(self, error: BaseException) -> str:
        """Return the traceback of her own code."""
        found = error.__traceback__
        while found is not None and found.tb_frame.f_globals.get("__name__") == "peer":
            found = found.tb_next
        with contextlib.suppress(Exception):
            whole = traceback.TracebackException(type(error), error, found, capture_locals=False)
            cells = getattr(self.shell.compile, "_filename_map", {})
            for frame in whole.stack:
                if frame.filename in cells:
                    frame.filename = f"cell {cells[frame.filename]}"
            return "".join(whole.format(chain=False))[-MAX_TRACE:]
        return ""
