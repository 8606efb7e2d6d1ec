"""Questions as fields of a form, and back.

A form sends texts by path, as ``options.0.text.en``: numbers in a path count rows, an empty row is
no row. What cannot be what it should be (a number, say) is kept as it was typed, so that nothing is
lost and the rules of questions can say what is wrong.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.catalog.folder_specs import LANGUAGES
from app.questions import normal

MOST_FIELDS, LONGEST = 2000, 50_000
_PATH = re.compile(r"[a-z_]{1,20}(\.([a-z_]{1,20}|\d{1,3}|en|zh-Hant-TW)){0,5}")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_BLANK = re.compile(r"\[\[([a-z0-9]+(?:-[a-z0-9]+)*)\]\]")
_NUMBERS = {"points", "factor", "absolute", "relative", "min", "max", "step", "words", "most"}
_FLAGS = {"match_case", "shuffle", "correct"}
TEXTS = {"text", "hint", "explanation", "guide", "feedback", "left", "lines"}
ROWS = ("options", "items", "pairs", "distractors", "units", "blanks", "variables")

STARTS: dict[str, dict[str, Any]] = {
    "single": {"options": [{"correct": True}, {}, {}, {}]},
    "multiple": {"options": [{}, {}, {}, {}]},
    "true-false": {"answer": True},
    "fill-in": {"text": {code: "… [[blank]] …" for code in LANGUAGES},
                "blanks": {"blank": {"kind": "short-text"}}},
}  # fmt: skip
"""What a new question of a kind begins with."""


def new_question(kind: str, name: str) -> dict[str, Any]:
    """A question of KIND to be written."""
    return {"id": name, "type": kind, "points": 1, **STARTS.get(kind, {})}


def question_of(fields: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The question that FIELDS say, with the name and the kind that it had BEFORE.

    Raises ValueError when these are no fields of a question.
    """
    if len(fields) > MOST_FIELDS:
        raise ValueError("too many fields")
    tree: dict[str, Any] = {}
    for path, value in fields.items():
        if not isinstance(value, str) or len(value) > LONGEST or not _PATH.fullmatch(path):
            raise ValueError(path[:80])
        _put(tree, path.split("."), value.replace("\r\n", "\n"))
    _require_texts(tree)
    made = _of(tree, str(before.get("type")))
    made |= {"id": before.get("id"), "type": before.get("type")}
    question: dict[str, Any] = normal(made)
    return question


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    for key in path[:-1]:
        inner = tree.setdefault(key, {})
        if not isinstance(inner, dict):
            raise ValueError(".".join(path))
        tree = inner
    if isinstance(tree.get(path[-1]), dict):
        raise ValueError(".".join(path))
    tree[path[-1]] = value


def _require_texts(tree: Mapping[str, Any]) -> None:
    """Raise ValueError where one word stands in place of a text in its languages."""
    for key, value in tree.items():
        if key in TEXTS and not (isinstance(value, dict) and set(value) <= set(LANGUAGES)):
            raise ValueError(key)
        if isinstance(value, dict):
            _require_texts(value)


def _rows(tree: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = tree.get(name)
    if not isinstance(rows, dict):
        return []
    if not all(key.isdigit() and isinstance(row, dict) for key, row in rows.items()):
        raise ValueError(name)
    return [rows[key] | {"_at": key} for key in sorted(rows, key=int)]


def _of(tree: dict[str, Any], kind: str) -> dict[str, Any]:
    made = {k: _typed(k, v) for k, v in tree.items() if k not in ROWS and k not in _SPECIAL}
    for key, convert in _SPECIAL.items():
        if key in tree:
            made[key] = convert(tree[key])
    if kind == "true-false" and made.get("answer") in ("true", "false"):
        made["answer"] = made["answer"] == "true"
    right = made.pop("right", None)
    made["options"] = [
        {k: _typed(k, v) for k, v in row.items() if k != "_at"}
        | ({"correct": True} if right == row["_at"] else {})
        for row in _rows(tree, "options")
        if _has_text(row.get("text")) or _has_text(row.get("feedback"))
    ]
    if any(isinstance(row.get("right"), str) for row in _rows(tree, "pairs")):
        raise ValueError("right")
    for name in ("items", "distractors"):
        made[name] = [_without(row) for row in _rows(tree, name) if _has_text(row)]
    made["pairs"] = [
        _without(row)
        for row in _rows(tree, "pairs")
        if _has_text(row.get("left")) or _has_text(row.get("right"))
    ]
    made["units"] = [
        {k: _typed(k, v) for k, v in _without(row).items()}
        for row in _rows(tree, "units")
        if _said(row, "name", "factor")
    ]
    if kind == "fill-in":
        made["blanks"] = _blanks(tree)
    made["variables"] = {
        row["name"].strip(): _variable(row)
        for row in _rows(tree, "variables")
        if _said(row, "name", "min", "max", "step", "choices")
    }
    return made


def _blanks(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Blanks as their rows say; one that is new in the text begins as a short text."""
    made = {}
    for row in _rows(tree, "blanks"):
        kind, name = row.get("kind", "short-text"), str(row.get("name") or "").strip()
        if not name:
            continue
        blank: dict[str, Any] = {"kind": kind}
        if kind == "numeric":
            blank["answer"] = _answer(row.get("answer", ""))
            blank["tolerance"] = _tolerance(row.get("tolerance"))
        elif kind == "choice":
            blank["options"] = _lines_of_options(row)
        else:
            blank["accepted"] = _lines(row.get("accepted", ""))
            blank["match_case"] = row.get("match_case") == "true"
        made[name] = blank
    text = tree.get("text")
    for words in text.values() if isinstance(text, dict) else ():
        for name in _BLANK.findall(str(words)):
            made.setdefault(name, {"kind": "short-text"})
    there = {n for words in (text or {}).values() for n in _BLANK.findall(str(words))}
    return {name: blank for name, blank in made.items() if name in there}


def _lines_of_options(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Options written one in a line in each language; the right one begins with a star."""
    written = {code: _lines(str((row.get("lines") or {}).get(code) or "")) for code in LANGUAGES}
    options = []
    for number in range(max(len(lines) for lines in written.values())):
        texts = {code: lines[number] for code, lines in written.items() if number < len(lines)}
        right = any(text.startswith("*") for text in texts.values())
        option: dict[str, Any] = {
            "text": {c: t.removeprefix("*").strip() for c, t in texts.items()}
        }
        options.append(option | ({"correct": True} if right else {}))
    return options


def lines_of_options(options: Iterable[Mapping[str, Any]], code: str) -> str:
    """The options of a blank as their lines in one language."""
    lines = []
    for option in options:
        text = option.get("text")
        words = str(text.get(code) or "") if isinstance(text, Mapping) else ""
        lines.append(("* " if option.get("correct") else "") + words)
    return "\n".join(lines)


def _variable(row: Mapping[str, Any]) -> dict[str, Any]:
    choices = re.split(r"[\s,、，;]+", str(row.get("choices") or "").strip())
    if choices != [""]:
        return {"choices": [_number(choice) for choice in choices]}
    return {key: _number(str(row.get(key) or "")) for key in ("min", "max", "step")}


def _tolerance(value: Any) -> Any:
    if not isinstance(value, dict):
        return None
    amount = str(value.get("value") or "").strip()
    if not amount:
        return None
    if value.get("kind") == "relative":
        number = _number(amount.rstrip("%％"))
        return {"relative": number / 100 if isinstance(number, int | float) else number}
    return {"absolute": _number(amount)}


def _answer(value: Any) -> Any:
    return _number(str(value).strip())


def _lines(text: Any) -> list[str]:
    return [line.strip() for line in str(text).split("\n") if line.strip()]


_SPECIAL: dict[str, Callable[[Any], Any]] = {
    "accepted": _lines,
    "answer": _answer,
    "endings": lambda text: [e.lower() for e in re.split(r"[\s,、，;]+", str(text)) if e],
    "tolerance": _tolerance,
}


def _typed(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _typed(k, v) for k, v in value.items()}
    if key in _FLAGS and value in ("true", "false"):
        return value == "true"
    return _number(value) if key in _NUMBERS else value


def _number(text: str) -> int | float | str:
    plain = text.strip().replace("−", "-")
    if not _NUMBER.fullmatch(plain):
        return text.strip()
    return float(plain) if "." in plain else int(plain)


def _has_text(texts: Any) -> bool:
    return isinstance(texts, Mapping) and any(
        str(texts.get(code) or "").strip() for code in LANGUAGES
    )


def _said(row: Mapping[str, Any], *keys: str) -> bool:
    return any(str(row.get(key) or "").strip() for key in keys)


def _without(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "_at"}
