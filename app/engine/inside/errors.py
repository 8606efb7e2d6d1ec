"""Runs inside the sandbox: errors keep their type where the other side has it, else the nearest.

This file is handed in as text; the engine never imports it.
"""

import functools
import re
import sys
import types
from typing import Any

import codec
from codec import CannotCross, Decoder, Encoder, Malformed, Node

ERROR_NAME = re.compile(r"[A-Za-z_]\w{0,60}")


def node_of(error: BaseException, encoder: Encoder, trace: str) -> Node:
    """Return the node of an error; ``trace`` says for a person where it happened."""
    kinds = [[kind.__module__, kind.__qualname__] for kind in type(error).__mro__]
    args = list(error.args)
    if isinstance(error, OSError) and error.filename is not None:
        args = [error.errno, error.strerror, error.filename]
    try:
        slots = encoder.slots(args)
    except CannotCross:
        slots = None
    try:
        said = str(error)
    except Exception:
        said = ""
    return ["exception", kinds, slots, said[:10_000], trace]


def made_of(node: Node, decoder: Decoder) -> BaseException:
    """Return the error of a node, of a class that is there. Raises Malformed."""
    _, kinds, slots, said, trace = node
    said, trace = codec.text(said), codec.text(trace)
    base: Any = None
    for module, name in kinds:
        base = error_class(codec.text(module), codec.text(name))
        if base is not None:
            break
    if base is None:
        raise Malformed
    name = codec.text(kinds[0][1]).rpartition(".")[2]
    kind = base
    if base.__name__ != name and ERROR_NAME.fullmatch(name):
        kind = type(name, (base,), {"__module__": "__main__"})
    args = [said] if slots is None else decoder.values(slots)
    try:
        made = kind(*args)
    except Exception:
        made = kind.__new__(kind)
        made.args = tuple(args)
    made.__dict__["__remote_trace__"] = trace
    return made


@functools.lru_cache(maxsize=256)
def error_class(module: str, name: str) -> type[BaseException] | None:
    """Return an exception class of Python's or of a loaded library, never of a notebook."""
    found: Any = sys.modules.get(module) if module != "__main__" else None
    if found is None or (module != "builtins" and not installed(found)):
        return None
    for part in name.split("."):
        found = vars(found).get(part) if isinstance(found, types.ModuleType | type) else None
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def installed(module: Any) -> bool:
    """Say whether a module belongs to Python or its packages."""
    if getattr(module, "__spec__", None) is not None and module.__spec__.origin in (
        "built-in",
        "frozen",
    ):
        return True
    place = getattr(module, "__file__", None)
    return isinstance(place, str) and ("/lib/python3" in place or "-packages/" in place)
