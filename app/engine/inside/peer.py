"""Runs inside the sandbox: one end of the line between a notebook's process and its judge.

Both ends speak the same words. A request (``call``, ``next``, ``get``, ``is``, ``names``) waits
for its answer (``return``, ``raise``, ``stop``, ``absent``, ``cannot``); while it waits, the other
side may ask back, for the functions that it was given. Values cross by :mod:`codec`: copied, with
changes made in place told to whoever owns the original.

A message is four bytes of length and that much JSON. This file is handed in as text; the engine
never imports it.
"""

import contextlib
import functools
import inspect
import json
import select
import signal
import socket
import struct
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import codec
import errors
from codec import CannotCross, Decoder, Encoder, Malformed, Missing, Node

HEAD = struct.Struct(">I")
MAX_MESSAGE = 24 * 2**20
MAX_RECEIVED = 256 * 2**20
MAX_WAITING = 60
MAX_DOC = 10_000
REQUESTS = frozenset({"call", "next", "get", "is", "names", "list"})
FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.MethodDescriptorType,
    functools.partial,
    type(functools.lru_cache(lambda: None)),
)


class Gone(Exception):
    """The other process does not answer any more."""


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let an interrupt wait until a message is whole."""
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


class Peer:
    """One end. ``trusting``: this side may load what the other names (never true of a judge)."""

    trusting = False

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.waiting = 0
        self.number = 0
        self.received = 0
        self.exports: list[Any] = []
        self.places: dict[int, int] = {}
        self.stubs: dict[int, Any] = {}
        self.refs: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()

    # What subclasses add.

    def enclose(self, message: dict[str, Any]) -> None:
        """Add to a message what else the other side has to know now."""

    def unpack(self, message: dict[str, Any]) -> None:
        """Take from a message what :meth:`enclose` of the other side added."""

    def answer(self, op: str, request: dict[str, Any]) -> dict[str, Any]:
        """Answer a request that is not about an exported object."""
        raise Malformed

    def export_more(self, value: Any, encoder: Encoder) -> Node | None:
        return None

    def adopt_more(self, node: Node, decoder: Decoder) -> Any:
        raise Malformed

    # Messages.

    def send(self, message: dict[str, Any]) -> None:
        self.enclose(message)
        raw = json.dumps(message, separators=(",", ":")).encode()
        if len(raw) > MAX_MESSAGE:
            raise CannotCross("(more than 24 MB)")
        with undisturbed():
            try:
                self.line.sendall(HEAD.pack(len(raw)) + raw)
            except OSError as error:
                raise Gone from error

    def receive(self) -> dict[str, Any]:
        """Return the next message. Raises Gone, Malformed."""
        with contextlib.suppress(ValueError, OSError):  # closed, as the next line will say
            select.select([self.line], [], [])  # an interrupt comes here, never within a message
        with undisturbed():
            (size,) = HEAD.unpack(self.take(HEAD.size))
            self.received += size
            if size > MAX_MESSAGE or self.received > MAX_RECEIVED:
                self.line.close()
                raise Malformed
            raw = self.take(size)
        try:
            message = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise Malformed from error
        if not isinstance(message, dict):
            raise Malformed
        self.unpack(message)
        return message

    def take(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            try:
                part = self.line.recv(min(size - len(parts), 1 << 20))
            except OSError as error:
                raise Gone from error
            if not part:
                raise Gone
            parts += part
        return bytes(parts)

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request and return its answer, serving the other side's requests meanwhile."""
        __tracebackhide__ = True
        if self.waiting >= MAX_WAITING:
            raise RecursionError("maximum recursion depth exceeded")
        self.number += 1
        number = self.number
        self.waiting += 1
        try:
            self.send({**request, "id": number})
            while True:
                message = self.receive()
                if message.get("op") in REQUESTS:
                    self.serve(message)
                elif message.get("id") == number:
                    return message
        finally:
            self.waiting -= 1

    def serve(self, request: dict[str, Any]) -> None:
        """Answer one request; whatever happens, with something."""
        number = request.get("id")
        try:
            answer = self.answered(request)
        except CannotCross as error:
            answer = {"op": "cannot", "kind": error.kind}
        except (Malformed, KeyError, TypeError, IndexError, AttributeError):
            answer = {"op": "cannot", "kind": "?"}
        try:
            self.send({**answer, "id": number})
        except CannotCross as error:
            self.send({"op": "cannot", "kind": error.kind, "id": number})

    def answered(self, request: dict[str, Any]) -> dict[str, Any]:
        op = request["op"]
        if op not in ("call", "next"):
            return self.answer(op, request)
        decoder = Decoder(request.get("nodes", []), self.adopt)
        target = self.exports[codec.whole(request["ref"])]
        args = decoder.values(request.get("args", []))
        kwargs = {
            codec.text(name): decoder.value(slot)
            for name, slot in dict(request.get("kwargs", {})).items()
        }
        try:
            result = next(target) if op == "next" else target(*args, **kwargs)
        except StopIteration as error:
            if op == "next":
                return self.reply("stop", error.value, decoder)
            return self.failure(error, decoder)
        except BaseException as error:
            return self.failure(error, decoder)
        return self.reply("return", result, decoder)

    def reply(self, op: str, result: Any, decoder: Decoder | None = None) -> dict[str, Any]:
        """Return the answer that carries ``result``, and what changed of the request's values."""
        objects = decoder.objects if decoder is not None else []
        known = {id(o): [-place - 1] for place, o in enumerate(objects) if o is not Missing}
        encoder = Encoder(self.export, known)
        root = encoder.slot(result)
        changed = self.changes(decoder, encoder) if decoder is not None else []
        return {"op": op, "root": root, "changed": changed, "nodes": encoder.nodes}

    def changes(self, decoder: Decoder, encoder: Encoder) -> list[Any]:
        found = []
        same = {id(o): [place] for place, o in enumerate(decoder.objects) if o is not Missing}
        for place, node in enumerate(decoder.nodes):
            value = decoder.objects[place]
            if node[0] in codec.MUTABLE and value is not Missing:
                probe = Encoder(self.export, same)
                if probe.node(value) != node or probe.nodes:
                    found.append([place, encoder.node(value)])
        return found

    def failure(self, error: BaseException, decoder: Decoder | None) -> dict[str, Any]:
        try:
            return self.reply("raise", error, decoder)
        except CannotCross:
            return self.reply("raise", error)

    def result(self, answer: dict[str, Any], asked: Encoder | None = None) -> Any:
        """Return what an answer brings, or raise what it says. ``asked`` made the request."""
        __tracebackhide__ = True
        op = answer.get("op")
        if op == "cannot":
            raise CannotCross(str(answer.get("kind"))[:80])
        objects = asked.objects if asked is not None else []
        decoder = Decoder(answer.get("nodes", []), self.adopt, objects)
        value = decoder.value(answer.get("root"))
        for place, node in answer.get("changed", []):
            if asked is None or node[0] != asked.nodes[place][0] or node[0] not in codec.MUTABLE:
                raise Malformed
            codec.refill(decoder, objects[place], node)
        if op == "raise":
            if not isinstance(value, BaseException):
                raise Malformed
            raise value
        if op == "stop":
            raise StopIteration(value)
        if op != "return":
            raise Malformed
        return value

    def call(self, ref: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the other side's function ``ref``."""
        __tracebackhide__ = True
        encoder = Encoder(self.export)
        request = {
            "op": "call",
            "ref": ref,
            "args": encoder.slots(args),
            "kwargs": {name: encoder.slot(value) for name, value in kwargs.items()},
        }
        return self.result(self.ask({**request, "nodes": encoder.nodes}), encoder)

    def draw(self, ref: int) -> Iterator[Any]:
        """Draw from the other side's iterator ``ref`` one by one."""
        __tracebackhide__ = True
        while True:
            try:
                value = self.result(self.ask({"op": "next", "ref": ref}))
            except StopIteration as stop:
                return stop.value
            yield value

    # What stays where it is.

    def keep(self, value: Any) -> int:
        """Return the number under which the other side may ask for ``value``."""
        place = self.places.get(id(value))
        if place is None:
            place = self.places[id(value)] = len(self.exports)
            self.exports.append(value)
        return place

    def export(self, value: Any, encoder: Encoder) -> Node | None:
        try:
            ref = self.refs.get(value)
        except TypeError:  # it cannot be weakly referenced, so it is no stub
            ref = None
        if ref is not None:
            return ["yours", ref]
        if isinstance(value, BaseException):
            return errors.node_of(value, encoder, self.trace(value))
        made = self.export_more(value, encoder)
        if made is not None:
            return made
        if isinstance(value, FUNCTIONS) or type(value).__name__ in ("ufunc", "vectorize"):
            return ["function", self.keep(value), *self.description(value, encoder)]
        if hasattr(type(value), "__next__") and hasattr(type(value), "__iter__"):
            return ["iterator", self.keep(value)]
        return None

    def description(self, value: Any, encoder: Encoder) -> list[Any]:
        """Return a function's name, documentation and parameters, as far as they can cross."""
        name = getattr(value, "__name__", "function")
        doc = getattr(value, "__doc__", None)
        parameters: list[Any] | None = None
        with contextlib.suppress(ValueError, TypeError, CannotCross):
            found = []
            for part in inspect.signature(value).parameters.values():
                bare = part.default is part.empty
                default = [] if bare else [encoder.slot(part.default)]
                found.append([part.name, int(part.kind), default])
            parameters = found
        doc = str(doc)[:MAX_DOC] if isinstance(doc, str) else None
        return [str(name)[:80], doc, parameters]

    def adopt(self, node: Node, decoder: Decoder) -> Any:
        kind = node[0]
        if kind == "yours":
            return self.exports[codec.whole(node[1])]
        if kind == "function":
            ref = codec.whole(node[1])
            if ref not in self.stubs:
                self.stubs[ref] = self.stub(ref, node, decoder)
            return self.stubs[ref]
        if kind == "iterator":
            made = self.draw(codec.whole(node[1]))
            self.refs[made] = node[1]
            return made
        if kind == "exception":
            return errors.made_of(node, decoder)
        return self.adopt_more(node, decoder)

    def stub(self, ref: int, node: Node, decoder: Decoder) -> Callable[..., Any]:
        """Make a function that calls the other side's."""

        def remote(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            return self.call(ref, args, kwargs)

        # The stub's own text is not hers: who asks for it must not get it.
        remote.__code__ = remote.__code__.replace(co_filename="<the notebook>")
        name, doc, parameters = node[2:5]
        remote.__name__ = remote.__qualname__ = codec.text(name)
        remote.__doc__ = None if doc is None else codec.text(doc)
        if parameters is not None:
            made = []
            for label, kind, default in parameters:
                value = decoder.value(default[0]) if default else inspect.Parameter.empty
                way = inspect._ParameterKind(codec.whole(kind))
                made.append(inspect.Parameter(codec.text(label), way, default=value))
            remote.__signature__ = inspect.Signature(made)  # type: ignore[attr-defined]
        self.refs[remote] = ref
        return remote

    def trace(self, error: BaseException) -> str:
        """Return where in this side's code it happened, for a person."""
        return ""
