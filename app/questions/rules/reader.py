"""A mapping that is being checked: what is asked of it is reported when it is not so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

from app.kernel.i18n import LOCALE_NAMES, LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.questions.rules.texts import LANGUAGES
from app.questions.rules.words import Problem

LONGEST = 20_000


def as_number(value: Any) -> Decimal | None:
    """A JSON number, exactly as it is written; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return Decimal(str(value))


class Reader:
    """A mapping being checked. It reports what is wrong and goes on."""

    def __init__(
        self, value: Any, path: str, problems: list[Problem], languages: Collection[str] | None
    ) -> None:
        self.value, self.path, self.problems, self.languages = value, path, problems, languages

    def wrong(self, key: str, message: LazyText) -> None:
        path = ".".join(part for part in (self.path, key) if part)
        self.problems.append(Problem(path, message))

    def is_mapping(self) -> bool:
        if isinstance(self.value, Mapping) and all(isinstance(key, str) for key in self.value):
            return True
        self.wrong("", _l("This cannot be read."))
        return False

    def only(self, known: Iterable[str]) -> None:
        for key in self.value:
            if key not in set(known):
                self.wrong(key[:80], _l("Nothing is called %(name)s here.", name=key[:80]))

    def text(self, key: str, *, required: bool = True) -> None:
        """A text in each language (in one at least, unless languages are asked for)."""
        self.local(self.value.get(key), key, required=required)

    def local(self, value: Any, key: str, *, required: bool = True) -> None:
        if value is None or value == {}:
            if required:
                self.wrong(key, _l("The text is missing."))
            return
        if not isinstance(value, Mapping) or not all(isinstance(t, str) for t in value.values()):
            self.wrong(key, _l("This has to be a text in each language."))
            return
        for code in value:
            if code not in LANGUAGES:
                self.wrong(f"{key}.{str(code)[:40]}", _l("This language is not known."))
            elif len(value[code]) > LONGEST or "\0" in value[code]:
                self.wrong(f"{key}.{code}", _l("This text is too long."))
        there = {code for code in value if code in LANGUAGES and value[code].strip()}
        if self.languages is None and not there:
            self.wrong(key, _l("The text is missing."))
        for code in self.languages or ():
            if code not in there:
                name = LOCALE_NAMES.get(code, code)
                self.wrong(
                    f"{key}.{code}", _l("The text is missing in %(language)s.", language=name)
                )

    def whole(self, key: str, low: int, high: int, *, required: bool = True) -> None:
        value = self.value.get(key)
        if value is None and not required:
            return
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.wrong(key, _between(low, high))

    def number(
        self, key: str, low: Decimal, high: Decimal, *, required: bool = True
    ) -> Decimal | None:
        value = self.value.get(key)
        if value is None and not required:
            return None
        found = as_number(value)
        if found is None or not low <= found <= high:
            self.wrong(key, _between(low, high))
            return None
        return found

    def choice(self, key: str, options: Collection[str], *, required: bool = True) -> str | None:
        value = self.value.get(key)
        if value is None and not required:
            return None
        if not isinstance(value, str) or value not in options:
            self.wrong(key, _l("Choose one of the list."))
            return None
        return value

    def flag(self, key: str) -> None:
        if not isinstance(self.value.get(key, False), bool):
            self.wrong(key, _l("This is either true or false."))

    def list(self, key: str, low: int, high: int) -> list[Reader]:
        """The entries of a list, each to be checked by itself."""
        value = self.value.get(key)
        if value is None and low == 0:
            return []
        if not isinstance(value, list | tuple) or not low <= len(value) <= high:
            self.wrong(
                key, _l("There have to be from %(low)s to %(high)s of these.", low=low, high=high)
            )
            return []
        path = ".".join(part for part in (self.path, key) if part)
        return [
            Reader(entry, f"{path}.{index}", self.problems, self.languages)
            for index, entry in enumerate(value)
        ]


def _between(low: object, high: object) -> LazyText:
    return _l("This has to be a number from %(low)s to %(high)s.", low=low, high=high)
