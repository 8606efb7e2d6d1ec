"""One notebook process seen from the grader: what is sent to it and what comes of it.

Nothing here blocks, and nothing that arrives is trusted: frames are JSON of bounded size, and all
of it together has a limit.
"""

from __future__ import annotations

import json
import os
import select
import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

from app.engine.zygote import Child

__all__ = ["Overflow", "ProtocolError", "Side"]

HEAD: Final = struct.Struct(">I")
MAX_FRAME_BYTES: Final = 32 * 2**20


class Overflow(Exception):
    """The process wrote more than it may."""


class ProtocolError(Exception):
    """What arrived is no frame."""


class Side:
    """A process's socket and what it writes to its descriptors 1 and 2.

    ``room`` is how many bytes it may still write, of frames and text together.
    """

    def __init__(self, child: Child, poll: select.poll, room: int) -> None:
        self.child, self.poll, self.room = child, poll, room
        self.arriving = bytearray()
        self.leaving = bytearray()
        self.open = {child.out, child.err}
        self.ended = False
        self.link = child.link.fileno()
        child.link.setblocking(False)
        for fd in self.open:
            os.set_blocking(fd, False)
        for source in (self.link, child.out, child.err, child.process):
            poll.register(source, select.POLLIN)

    def send(self, content: Any) -> None:
        raw = json.dumps(content).encode()
        self.leaving += HEAD.pack(len(raw)) + raw
        self.push()

    def send_files(self, files: Mapping[str, bytes]) -> None:
        raw = json.dumps([(path, len(content)) for path, content in files.items()]).encode()
        self.leaving += HEAD.pack(len(raw)) + raw + b"".join(files.values())
        self.push()

    def push(self) -> None:
        """Send what fits."""
        try:
            while self.leaving:
                sent = self.child.link.send(memoryview(self.leaving)[: 1 << 20])
                del self.leaving[:sent]
        except BlockingIOError:
            pass
        except OSError:  # it is gone; its descriptor says so
            self.leaving.clear()
        wanted = select.POLLIN | (select.POLLOUT if self.leaving else 0)
        if not self.ended:
            self.poll.modify(self.link, wanted)

    def take(
        self, ready: Mapping[int, int], on_text: Callable[[str, str], None]
    ) -> list[dict[str, Any]]:
        """Return the frames that have arrived. Raises Overflow, ProtocolError, EOFError.

        ``on_text`` gets what was written to a descriptor: its stream's name and the text.
        """
        if ready.get(self.link, 0) & select.POLLOUT:
            self.push()
        arrived = b""
        if ready.get(self.link, 0) & ~select.POLLOUT:
            arrived, ended = self._read(self.child.link.recv)
            if ended and not arrived:
                raise EOFError
        # What was written before a frame was sent is in its pipe by now.
        for name, fd in (("stdout", self.child.out), ("stderr", self.child.err)):
            if fd in self.open and (arrived or fd in ready):
                text, closed = self._read(lambda size, fd=fd: os.read(fd, size))  # type: ignore[misc]
                if closed:
                    self.open.remove(fd)
                    self.poll.unregister(fd)
                if text:
                    on_text(name, text.decode("utf-8", "replace"))
        if not arrived and self.child.process in ready:
            raise EOFError
        self.arriving += arrived
        return self._frames()

    def drain(self, on_text: Callable[[str, str], None]) -> None:
        """Take what was written to the descriptors, and leave the frames."""
        fds = dict.fromkeys(self.open, select.POLLIN)
        self.take(fds, on_text)

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
            self.room -= len(part)
            if self.room < 0:
                raise Overflow
        return b"".join(parts), ended

    def _frames(self) -> list[dict[str, Any]]:
        frames = []
        while len(self.arriving) >= HEAD.size:
            (size,) = HEAD.unpack_from(self.arriving)
            if size > MAX_FRAME_BYTES:
                raise ProtocolError("too large")
            if len(self.arriving) < HEAD.size + size:
                break
            raw = bytes(self.arriving[HEAD.size : HEAD.size + size])
            del self.arriving[: HEAD.size + size]
            try:
                frame = json.loads(raw)
            except (ValueError, RecursionError) as error:
                raise ProtocolError("no JSON") from error
            if not isinstance(frame, dict):
                raise ProtocolError("no frame")
            frames.append(frame)
        return frames
