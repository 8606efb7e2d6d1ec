"""JSON as a credential may be written: strict to read, ASCII to write.

A signature covers what the text means, so that a text which two readers would understand
differently (a key given twice, a number too large for one of them, half a character) is refused
before anything is verified.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from app.vc.errors import VcError

__all__ = ["MAX_CHARACTERS", "MAX_DEPTH", "MAX_VALUES", "check", "dumps", "loads", "values"]

MAX_CHARACTERS = 2_000_000
"""Longest text that is read: a record of a hundred credentials fits in well."""
MAX_DEPTH = 24
"""Deepest nesting of objects and lists; our own deepest is a learner record, 11."""
MAX_VALUES = 40_000
"""Most values of a document, each element of a list counted."""
_LARGEST_NUMBER = 2**53 - 1
_SMALLEST_NUMBER = 1e-6
_BRACKET = re.compile(r"[\[\]{}\"]|\\.")
# A canonical form writes these characters in two ways, depending on its age.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def loads(text: str | bytes) -> dict[str, Any]:
    """The JSON object that a text holds. Raises VcError for everything that is not strictly one."""
    if len(text) > MAX_CHARACTERS:
        raise VcError(f"The text is longer than {MAX_CHARACTERS} characters.")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise VcError("The text is not UTF-8.") from error
    _measure(text)
    try:
        document = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer
        )
    except VcError:
        raise
    except (ValueError, RecursionError) as error:
        raise VcError("The text is not JSON.") from error
    if not isinstance(document, dict):
        raise VcError("The JSON is not an object.")
    check(document)
    return document


def dumps(document: Any, *, indent: int | None = None) -> str:
    """JSON in ASCII: Chinese is escaped, so that no later hand changes how it is encoded."""
    separators = (",", ":") if indent is None else None
    return json.dumps(
        document, ensure_ascii=True, allow_nan=False, indent=indent, separators=separators
    )


def check(document: Any) -> None:
    """Raises VcError unless the document is made of JSON values within the limits above."""
    count = 0
    # A stack of our own: a document of Python values may be as deep as it likes, or hold itself.
    stack: list[tuple[Any, int]] = [(document, 1)]
    while stack:
        value, depth = stack.pop()
        count += 1
        if count > MAX_VALUES:
            raise VcError(f"The document holds more than {MAX_VALUES} values.")
        if isinstance(value, dict | list | tuple):
            if depth > MAX_DEPTH:
                raise VcError(f"The document is nested deeper than {MAX_DEPTH}.")
            if isinstance(value, dict):
                for key in value:
                    if not isinstance(key, str) or _CONTROL.search(key):
                        raise VcError("A key is not a plain string.")
                stack.extend((child, depth + 1) for child in value.values())
            else:
                stack.extend((child, depth + 1) for child in value)
        else:
            _scalar(value)


def values(
    document: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every scalar of a checked document with the keys and indices that lead to it."""
    if isinstance(document, dict):
        for key, child in document.items():
            yield from values(child, (*path, key))
    elif isinstance(document, list | tuple):
        for index, child in enumerate(document):
            yield from values(child, (*path, index))
    else:
        yield path, document


def _measure(text: str) -> None:
    """Refuses deep nesting before the parser, which recurses, has seen it."""
    depth, quoted = 0, False
    for match in _BRACKET.finditer(text):
        mark = match.group()
        if mark == '"':
            quoted = not quoted
        elif not quoted and mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise VcError(f"The document is nested deeper than {MAX_DEPTH}.")
        elif not quoted and mark in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise VcError("A key is given twice in the same object.")
    return found


def _constant(name: str) -> NoReturn:
    raise VcError(f"{name} is not JSON.")


def _integer(digits: str) -> int:
    if len(digits) > 17:
        raise VcError("A number is too large to be read alike everywhere.")
    return int(digits)


def _scalar(value: Any) -> None:
    if isinstance(value, str):
        if _CONTROL.search(value):
            raise VcError("A text holds a control character or half a character.")
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        # Outside of these, libraries write the same number in different ways. NaN fits nowhere.
        if value and not _SMALLEST_NUMBER <= abs(value) <= _LARGEST_NUMBER:
            raise VcError("A number is too large or too small to be read alike everywhere.")
    else:
        raise VcError(f"{type(value).__name__} is not a JSON value.")
