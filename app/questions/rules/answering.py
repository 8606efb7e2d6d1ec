"""What people answer: read from forms, limited, and put into one shape.

Shapes, None where nothing was answered: single an option id · multiple a list of option ids ·
true-false a bool · short-text and essay a text · numeric ``{"value", "unit"}`` · ordering places
(from 1) by option id · matching option ids by left id · fill-in answers by blank · file a list of
``{"name", "blob", "size"}``, which the room that stores files writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from app.questions.rules.texts import number_of
from app.questions.rules.words import BadResponse

LONGEST_LINE, LONGEST_TEXT, LONGEST_NUMBER = 500, 50_000, 60
_BLOB = re.compile(r"[0-9a-f]{64}")


class Form(Protocol):
    """The fields of a posted form, as werkzeug's MultiDict has them."""

    def get(self, key: str, /) -> Any: ...

    def getlist(self, key: str, /) -> list[Any]: ...


def clean(drawn: Mapping[str, Any], response: Any) -> Any:
    """RESPONSE in the one shape of its kind of question. Raises BadResponse for any other shape.

    Doing it again changes nothing.
    """
    if response is None:
        return None
    return _CLEAN[drawn["type"]](drawn["ask"], response)


def is_answered(drawn: Mapping[str, Any], response: Any) -> bool:
    """Whether there is any answer in a cleaned RESPONSE."""
    return clean(drawn, response) is not None


def read_form(drawn: Mapping[str, Any], prefix: str, form: Form) -> Any:
    """The answer in the plain fields that ``_ask.html`` makes; None for files.

    Raises BadResponse.
    """
    kind, ask = drawn["type"], drawn["ask"]
    raw: Any
    if kind == "multiple":
        raw = form.getlist(prefix)
    elif kind == "numeric":
        raw = _number_field(prefix, form)
    elif kind == "ordering":
        raw = {o["id"]: form.get(f"{prefix}.{o['id']}") for o in ask["options"]}
    elif kind == "matching":
        raw = {left["id"]: form.get(f"{prefix}.{left['id']}") for left in ask["lefts"]}
    elif kind == "fill-in":
        raw = {
            name: _number_field(f"{prefix}.{name}", form)
            if blank["kind"] == "numeric"
            else form.get(f"{prefix}.{name}")
            for name, blank in ask["blanks"].items()
        }
    elif kind == "file":
        return None
    else:
        raw = form.get(prefix)
    return clean(drawn, raw)


def _number_field(name: str, form: Form) -> dict[str, Any]:
    return {"value": form.get(name) or "", "unit": form.get(f"{name}.unit") or ""}


def _line(_ask: Any, value: Any, most: int = LONGEST_LINE) -> str | None:
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise BadResponse
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadResponse from None
    return value.replace("\r\n", "\n").strip() or None


def _essay(ask: Any, value: Any) -> str | None:
    return _line(ask, value, LONGEST_TEXT)


def _option(ask: Any, value: Any) -> str | None:
    if value == "" or value is None:
        return None
    if not isinstance(value, str) or value not in {option["id"] for option in ask["options"]}:
        raise BadResponse
    return value


def _options(ask: Any, value: Any) -> list[str] | None:
    if not isinstance(value, list | tuple) or len(value) > 100:
        raise BadResponse
    chosen = {_option(ask, entry) for entry in value}
    return [option["id"] for option in ask["options"] if option["id"] in chosen] or None


def _truth(_ask: Any, value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or value not in ("true", "false", ""):
        raise BadResponse
    return None if value == "" else value == "true"


def _number(ask: Any, value: Any) -> dict[str, str] | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)[: LONGEST_NUMBER + 1]
    if isinstance(value, str):
        value = {"value": value}
    if not isinstance(value, Mapping) or not set(value) <= {"value", "unit"}:
        raise BadResponse
    typed = _line(ask, value.get("value") or "", LONGEST_NUMBER)
    unit = value.get("unit") or ""
    units = ask.get("units", [])
    if not isinstance(unit, str) or (unit and unit not in units):
        raise BadResponse
    if typed is None:
        return None
    written = number_of(typed, units)[1]
    if len(units) == 1:
        unit = units[0]
    return {"value": typed, "unit": written or unit}


def _places(ask: Any, value: Any) -> dict[str, int] | None:
    names = [option["id"] for option in ask["options"]]
    if isinstance(value, list | tuple):
        if len(value) > len(names) or not all(isinstance(entry, str) for entry in value):
            raise BadResponse
        value = {name: place for place, name in enumerate(value, 1)}
    if not isinstance(value, Mapping) or not set(value) <= set(names):
        raise BadResponse
    found = {}
    for name in names:
        place = value.get(name)
        if isinstance(place, str) and re.fullmatch(r"[0-9]{1,3}", place):
            place = int(place)
        if place is None or place == "":
            continue
        if not isinstance(place, int) or isinstance(place, bool) or not 1 <= place <= len(names):
            raise BadResponse
        found[name] = place
    return found or None


def _pairs(ask: Any, value: Any) -> dict[str, str] | None:
    names = [left["id"] for left in ask["lefts"]]
    if not isinstance(value, Mapping) or not set(value) <= set(names):
        raise BadResponse
    found = {name: _option(ask, value.get(name)) for name in names}
    return {name: right for name, right in found.items() if right is not None} or None


def _blanks(ask: Any, value: Any) -> dict[str, Any] | None:
    if not isinstance(value, Mapping) or not set(value) <= set(ask["blanks"]):
        raise BadResponse
    kinds: dict[str, Callable[[Any, Any], Any]] = {
        "short-text": _line, "numeric": _number, "choice": _option,
    }  # fmt: skip
    found = {
        name: None if value.get(name) is None else kinds[blank["kind"]](blank, value[name])
        for name, blank in ask["blanks"].items()
    }
    return {name: answer for name, answer in found.items() if answer is not None} or None


def _files(ask: Any, value: Any) -> list[dict[str, Any]] | None:
    if not isinstance(value, list | tuple) or len(value) > ask.get("most", 1):
        raise BadResponse
    return [_file(ask, entry) for entry in value] or None


def _file(ask: Any, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or set(value) != {"name", "blob", "size"}:
        raise BadResponse
    name, blob, size = value["name"], value["blob"], value["size"]
    endings = ask.get("endings")
    good = (
        isinstance(name, str)
        and 0 < len(name) <= 200
        and isinstance(blob, str)
        and _BLOB.fullmatch(blob)
        and isinstance(size, int)
        and not isinstance(size, bool)
        and size >= 0
    )
    if not good:
        raise BadResponse
    if endings and not name.lower().endswith(tuple(endings)):
        raise BadResponse
    return {"name": name, "blob": blob, "size": size}


_CLEAN: dict[str, Callable[[Any, Any], Any]] = {
    "single": _option,
    "multiple": _options,
    "true-false": _truth,
    "short-text": _line,
    "numeric": _number,
    "ordering": _places,
    "matching": _pairs,
    "fill-in": _blanks,
    "essay": _essay,
    "file": _files,
}
