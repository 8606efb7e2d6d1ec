"""Runs inside the sandbox: values as text, for two processes that do not trust each other.

Only data crosses: whoever decodes makes every object itself, of exactly the types listed here, so
no method of the other side ever runs. Functions, iterators and what else must stay where it is
cross as references, which the owner of the codec makes and resolves (``export`` and ``adopt``).

A value is a *slot*: None, a bool, an int, a float or a str as they are in JSON, or ``[n]``, which
names node ``n`` of the same message, or ``[-n - 1]``, node ``n`` of the message that is answered.
A node is ``[kind, …]``. Shared and cyclic structures keep their shape.
This file is handed in as text; the engine never imports it.
"""

import base64
import collections
import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

Slot = Any
Node = list[Any]

MAX_DEPTH = 400
MAX_NODES = 500_000
FRAMES_PER_LEVEL = 8
ANYWAY = contextlib.nullcontext()
BIG_INT_BITS = 2_000
SCALARS = (str, int, float, bool, type(None))
FACTORIES = {kind.__name__: kind for kind in (int, float, str, list, dict, set, tuple, bool)}
#: Kinds of nodes whose content the other side may change in place.
MUTABLE = frozenset(
    {"list", "dict", "set", "odict", "ddict", "counter", "deque", "bytearray", "array"}
    | {"frame", "series"}
)


class CannotCross(Exception):
    """A value that cannot be copied to another process; ``kind`` names its type."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"A value of the type {kind} cannot be copied out of its process.")
        self.kind = kind


class Malformed(Exception):
    """A message that no encoder made."""


@contextlib.contextmanager
def deeper() -> Iterator[None]:
    """Give the outermost value room to nest; whoever calls may be deep already."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + FRAMES_PER_LEVEL * MAX_DEPTH)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def library(name: str) -> Any:
    """Return a library that is loaded, or None: a value of it cannot exist before that."""
    return sys.modules.get(name)


class Encoder:
    """One message's values. ``known`` maps ids of the answered message's objects to their slots.

    ``export`` returns a node for what is no plain value, or None.
    """

    def __init__(
        self,
        export: Callable[[Any, "Encoder"], Node | None],
        known: dict[int, Slot] | None = None,
    ) -> None:
        self.export = export
        self.known = known or {}
        self.nodes: list[Node] = []
        self.objects: list[Any] = []
        self.seen: dict[int, Slot] = {}
        self.depth = 0

    def slot(self, value: Any) -> Slot:
        """Encode ``value``. Raises CannotCross."""
        kind = type(value)
        if kind is str or kind is float or kind is bool or value is None:
            return value
        if kind is int and value.bit_length() <= BIG_INT_BITS:
            return value
        found = self.known.get(id(value)) or self.seen.get(id(value))
        if found is not None:
            return found
        if self.depth >= MAX_DEPTH or len(self.nodes) >= MAX_NODES:
            raise CannotCross(f"{kind.__name__} (nested too deep, or too large)")
        place = len(self.nodes)
        self.nodes.append([])
        self.objects.append(value)  # keeps it alive, so that its id stays its own
        self.seen[id(value)] = slot = [place]
        self.depth += 1
        try:
            with deeper() if self.depth == 1 else ANYWAY:
                self.nodes[place] = self.node(value)
        finally:
            self.depth -= 1
        return slot

    def slots(self, values: Any) -> list[Slot]:
        return [self.slot(value) for value in values]

    def node(self, value: Any) -> Node:
        """Encode the content of ``value`` as a node."""
        kind = type(value)
        encode = ENCODERS.get(kind)
        if encode is not None:
            return encode(self, value)
        for name, encode_of in (
            ("numpy", tables.numpy_node),
            ("pandas", tables.pandas_node),
            ("torch", tables.torch_node),
        ):
            if library(name) is not None:
                made = encode_of(self, value, library(name))
                if made is not None:
                    return made
        if issubclass(kind, tuple) and kind.__bases__ == (tuple,) and hasattr(kind, "_fields"):
            return ["named", kind.__name__, list(kind._fields), self.slots(tuple(value))]
        made = self.export(value, self)
        if made is None:
            raise CannotCross(kind.__name__)
        return made


class Decoder:
    """The other side's message. ``answered`` are the objects of the message that this answers.

    ``adopt`` makes the object of a node that ``export`` made. Everything raises Malformed.
    """

    def __init__(
        self,
        nodes: Any,
        adopt: Callable[[Node, "Decoder"], Any],
        answered: list[Any] | None = None,
    ) -> None:
        if not isinstance(nodes, list) or len(nodes) > MAX_NODES:
            raise Malformed
        self.nodes = nodes
        self.adopt = adopt
        self.answered = answered or []
        self.objects: list[Any] = [Missing] * len(nodes)
        self.depth = 0

    def value(self, slot: Slot) -> Any:
        """Return the value of a slot."""
        if not isinstance(slot, list):
            if type(slot) not in SCALARS:
                raise Malformed
            return slot
        if len(slot) != 1 or type(slot[0]) is not int:
            raise Malformed
        place = slot[0]
        if place < 0:
            if -place - 1 >= len(self.answered) or self.answered[-place - 1] is Missing:
                raise Malformed
            return self.answered[-place - 1]
        if place >= len(self.nodes):
            raise Malformed
        if self.objects[place] is Missing:
            if self.depth > MAX_DEPTH:
                raise Malformed
            self.depth += 1
            try:
                with deeper() if self.depth == 1 else ANYWAY:
                    made = self.build(self.nodes[place], place)
            except Malformed:
                raise
            except Exception as error:  # sizes, shapes, names and dates that do not fit
                raise Malformed from error
            self.objects[place] = made
            self.depth -= 1
        return self.objects[place]

    def values(self, slots: Any) -> list[Any]:
        if not isinstance(slots, list):
            raise Malformed
        return [self.value(slot) for slot in slots]

    def build(self, node: Any, place: int | None = None) -> Any:
        """Make a node's object; with ``place`` a container can hold itself."""
        kind = node[0]
        if kind in EMPTY:
            made = EMPTY[kind]()
            if place is not None:
                self.objects[place] = made
            refill(self, made, node)
            return made
        build = BUILDERS.get(kind)
        return build(self, node) if build is not None else self.adopt(node, self)


class Missing:
    """What stands for an object that is not made yet."""


def text(value: Any) -> str:
    if type(value) is not str:
        raise Malformed
    return value


def whole(value: Any) -> int:
    if type(value) is not int:
        raise Malformed
    return value


def packed(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def unpacked(value: Any) -> bytes:
    return base64.b64decode(text(value), validate=True)


# Containers: made empty, then filled, so that they may hold themselves.

EMPTY: dict[str, Callable[[], Any]] = {
    "list": list,
    "dict": dict,
    "set": set,
    "odict": collections.OrderedDict,
    "ddict": collections.defaultdict,
    "counter": collections.Counter,
    "deque": collections.deque,
    "bytearray": bytearray,
}


def refill(decoder: Decoder, made: Any, node: Node) -> None:
    """Give a container the content of ``node``, in place. Raises Malformed."""
    kind = node[0]
    if kind == "list":
        made[:] = decoder.values(node[1])
    elif kind == "bytearray":
        made[:] = unpacked(node[1])
    elif kind == "set":
        content = decoder.values(node[1])
        made.clear()
        made.update(content)
    elif kind == "deque":
        content = decoder.values(node[1])
        made.clear()
        made.extend(content)
    elif kind == "array":
        new = tables.array_of(decoder, node)
        if new.shape != made.shape or new.dtype != made.dtype:
            raise Malformed
        made[...] = new
    elif kind in ("frame", "series"):
        made._update_inplace(decoder.build(node))
    else:
        keys, values = decoder.values(node[1]), decoder.values(node[2])
        if len(keys) != len(values):
            raise Malformed
        made.clear()
        for key, value in zip(keys, values, strict=True):
            made[key] = value
        if kind == "ddict":
            made.default_factory = decoder.value(node[3])


# These need what is above.
import plain  # noqa: E402
import tables  # noqa: E402

ENCODERS = plain.ENCODERS
BUILDERS = plain.BUILDERS | tables.BUILDERS
