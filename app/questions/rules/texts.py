"""What people type: texts and numbers made comparable, in full width or half, large or small."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import category, normalize

LANGUAGES = ("zh-Hant-TW", "en")
LocalText = Mapping[str, str]

_ALIKE = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-"}
)
_STAR = "\ue002"
_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})(e[+-]?\d{1,3})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_POWER = re.compile(r"[x×*]10(?:\^|\*\*)?([+-]?\d{1,3})$", re.ASCII)


def pick(text: Any, language: str) -> tuple[str, str]:
    """A localized text in LANGUAGE, or else in what there is, and the language it is in."""
    if isinstance(text, Mapping):
        for code in (language, *LANGUAGES):
            found = text.get(code)
            if isinstance(found, str) and found.strip():
                return found, code
    return "", language


def fold(text: str, *, match_case: bool = False, with_end: bool = False) -> str:
    """TEXT as it is compared: one width and kind of quote, single spaces, no full stop.

    WITH_END keeps the full stop.
    """
    plain = normalize("NFKC", text).translate(_ALIKE)
    plain = "".join(" " if category(c) in ("Cc", "Zl", "Zp") else c for c in plain)
    plain = "".join(c for c in plain if category(c) != "Cf")
    plain = " ".join(plain.split())
    if not with_end:
        plain = plain.rstrip(".。!?;,") or plain
    plain = plain if match_case else normalize("NFKC", plain.casefold())
    return plain.strip()


def is_accepted(text: str, forms: Iterable[str], *, match_case: bool = False) -> bool:
    r"""Whether TEXT is one of FORMS. In a form ``*`` stands for anything, ``\*`` for a star."""
    # A form that goes on after a full stop, as ``3.*``, needs the one that was typed.
    given = {fold(text, match_case=match_case, with_end=end) for end in (False, True)}
    return any(_matches(one, form, match_case) for form in forms for one in given)


def _matches(given: str, form: str, match_case: bool) -> bool:
    # Parts are looked for one after another: the time is that of reading, whatever was typed.
    folded = fold(form.replace(r"\*", _STAR), match_case=match_case)
    parts = [part.replace(_STAR, "*") for part in folded.split("*")]
    if len(parts) == 1:
        return given == parts[0]
    first, *middle, last = parts
    if len(given) < len(first) + len(last) or not given.startswith(first):
        return False
    if not given.endswith(last):
        return False
    at, end = len(first), len(given) - len(last)
    for part in middle:
        found = given.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def example_of(form: str, *, match_case: bool = False) -> str:
    """A text that FORM accepts, as people would write it."""
    without = form.replace(r"\*", _STAR).replace("*", "").replace(_STAR, "*").strip()
    if without and is_accepted(without, [form], match_case=match_case):
        return without
    return form.replace(r"\*", _STAR).replace("*", "…").replace(_STAR, "*")


def number_of(text: str, units: Iterable[str] = ()) -> tuple[Decimal | None, str]:
    """The number in TEXT (None when it is none) and the one of UNITS that follows it, or "".

    Understood are 1,234.5 · 1.2e3 · 1.2×10^3 · 3/4 · 12% · full-width digits.
    """
    plain = normalize("NFKC", text).translate(_ALIKE).strip()
    unit = ""
    for name in sorted(units, key=len, reverse=True):
        short = normalize("NFKC", name).strip()
        if short and plain.endswith(short) and plain != short:
            plain, unit = plain[: -len(short)], name
            break
    plain = "".join(plain.split())
    percent = plain.endswith("%")
    value = _decimal(plain.removesuffix("%").lower())
    if value is not None and percent:
        value /= 100
    return value, unit


def _decimal(plain: str) -> Decimal | None:
    top, slash, bottom = plain.partition("/")
    if slash:
        above, below = _decimal(top) if "/" not in bottom else None, _decimal(bottom)
        return above / below if above is not None and below else None
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    power = _POWER.search(plain)
    if power:
        plain = f"{plain[: power.start()]}e{power[1]}"
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def shown_number(value: Decimal) -> str:
    """VALUE without needless zeros, in plain digits unless that would be long."""
    short = value.normalize()
    if short == 0:
        return "0"
    exponent = short.adjusted()
    return f"{short:f}" if -7 <= exponent <= 15 else str(short)
