"""Runs inside the sandbox: the standard library's values as nodes of :mod:`codec`.

This file is handed in as text; the engine never imports it.
"""

import collections
import datetime
import decimal
import fractions
import functools
import pathlib
import re
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from codec import Decoder, Encoder, Malformed, Node, packed, refill, text, unpacked, whole

PATHS = {kind.__name__: kind for kind in (pathlib.PurePosixPath, pathlib.PosixPath)}
VIEWS = {type({}.keys()): "keys", type({}.values()): "values", type({}.items()): "items"}


def deque_node(encoder: Encoder, value: Any) -> Node:
    if value.maxlen is not None:
        return ["deque-of", value.maxlen, encoder.slots(value)]
    return ["deque", encoder.slots(value)]


def mapping(kind: str) -> Callable[[Encoder, Any], Node]:
    return lambda encoder, value: [
        kind,
        encoder.slots(list(dict.keys(value))),
        encoder.slots(list(dict.values(value))),
    ]


def sequence(kind: str) -> Callable[[Encoder, Any], Node]:
    return lambda encoder, value: [kind, encoder.slots(list(value))]


def ddict_node(encoder: Encoder, value: Any) -> Node:
    return [*mapping("ddict")(encoder, value), encoder.slot(value.default_factory)]


def zone_node(encoder: Encoder, value: Any) -> Node:
    offset = value.utcoffset(None)
    return ["zone", offset.total_seconds(), value.tzname(None)]


def datetime_node(encoder: Encoder, value: Any) -> Node:
    return ["datetime", value.replace(tzinfo=None).isoformat(), value.fold,
            encoder.slot(value.tzinfo)]  # fmt: skip


def time_node(encoder: Encoder, value: Any) -> Node:
    return ["time", value.replace(tzinfo=None).isoformat(), value.fold, encoder.slot(value.tzinfo)]


def decoded_datetime(decoder: Decoder, node: Node) -> Any:
    kind = datetime.datetime if node[0] == "datetime" else datetime.time
    plain = kind.fromisoformat(text(node[1]))
    return plain.replace(fold=whole(node[2]), tzinfo=decoder.value(node[3]))


def decoded_zone(decoder: Decoder, node: Node) -> Any:
    offset = datetime.timedelta(seconds=float(node[1]))
    made = datetime.timezone(offset)
    return made if made.tzname(None) == node[2] else datetime.timezone(offset, text(node[2]))


ENCODERS: dict[type, Callable[[Encoder, Any], Node]] = {
    int: lambda encoder, value: ["int", hex(value)],
    complex: lambda encoder, value: ["complex", value.real, value.imag],
    bytes: lambda encoder, value: ["bytes", packed(value)],
    bytearray: lambda encoder, value: ["bytearray", packed(bytes(value))],
    list: sequence("list"),
    tuple: sequence("tuple"),
    set: sequence("set"),
    frozenset: sequence("frozenset"),
    dict: mapping("dict"),
    collections.OrderedDict: mapping("odict"),
    collections.Counter: mapping("counter"),
    collections.defaultdict: ddict_node,
    collections.deque: deque_node,
    range: lambda encoder, value: ["range", encoder.slots((value.start, value.stop, value.step))],
    slice: lambda encoder, value: ["slice", encoder.slots((value.start, value.stop, value.step))],
    type(...): lambda encoder, value: ["ellipsis"],
    type(NotImplemented): lambda encoder, value: ["not-implemented"],
    datetime.date: lambda encoder, value: ["date", value.isoformat()],
    datetime.datetime: datetime_node,
    datetime.time: time_node,
    datetime.timedelta: lambda encoder, value: [
        "timedelta", value.days, value.seconds, value.microseconds
    ],
    datetime.timezone: zone_node,
    zoneinfo.ZoneInfo: lambda encoder, value: ["place", text(value.key)],
    decimal.Decimal: lambda encoder, value: ["decimal", str(value)],
    fractions.Fraction: lambda encoder, value: [
        "fraction", encoder.slot(value.numerator), encoder.slot(value.denominator)
    ],
    uuid.UUID: lambda encoder, value: ["uuid", str(value)],
    re.Pattern: lambda encoder, value: ["pattern", encoder.slot(value.pattern), value.flags],
    **{kind: lambda encoder, value: ["path", type(value).__name__, str(value)]
       for kind in PATHS.values()},
    **{kind: lambda encoder, value: ["view", VIEWS[type(value)],
                                     *mapping("dict")(encoder, dict(value.mapping))[1:]]
       for kind in VIEWS},
}  # fmt: skip

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,80}", re.A)


@functools.lru_cache(maxsize=256)
def named_tuple(name: str, fields: tuple[str, ...]) -> Any:
    if not all(NAME.fullmatch(part) for part in (name, *fields)):
        raise Malformed
    return collections.namedtuple(name, fields)


def decoded_view(decoder: Decoder, node: Node) -> Any:
    made: dict[Any, Any] = {}
    refill(decoder, made, ["dict", node[2], node[3]])
    return {"keys": made.keys, "values": made.values, "items": made.items}[node[1]]()


BUILDERS: dict[str, Callable[[Decoder, Node], Any]] = {
    "int": lambda decoder, node: int(text(node[1]), 16),
    "complex": lambda decoder, node: complex(float(node[1]), float(node[2])),
    "bytes": lambda decoder, node: unpacked(node[1]),
    "tuple": lambda decoder, node: tuple(decoder.values(node[1])),
    "frozenset": lambda decoder, node: frozenset(decoder.values(node[1])),
    "deque-of": lambda decoder, node: collections.deque(decoder.values(node[2]), whole(node[1])),
    "range": lambda decoder, node: range(*map(whole, decoder.values(node[1]))),
    "slice": lambda decoder, node: slice(*decoder.values(node[1])),
    "ellipsis": lambda decoder, node: ...,
    "not-implemented": lambda decoder, node: NotImplemented,
    "date": lambda decoder, node: datetime.date.fromisoformat(text(node[1])),
    "datetime": decoded_datetime,
    "time": decoded_datetime,
    "timedelta": lambda decoder, node: datetime.timedelta(*map(whole, node[1:4])),
    "zone": decoded_zone,
    "place": lambda decoder, node: zoneinfo.ZoneInfo(text(node[1])),
    "decimal": lambda decoder, node: decimal.Decimal(text(node[1])),
    "fraction": lambda decoder, node: fractions.Fraction(
        whole(decoder.value(node[1])), whole(decoder.value(node[2]))
    ),
    "uuid": lambda decoder, node: uuid.UUID(text(node[1])),
    "pattern": lambda decoder, node: re.compile(decoder.value(node[1]), whole(node[2])),
    "path": lambda decoder, node: PATHS[text(node[1])](text(node[2])),
    "named": lambda decoder, node: named_tuple(text(node[1]), tuple(map(text, node[2])))(
        *decoder.values(node[3])
    ),
    "view": decoded_view,
}
