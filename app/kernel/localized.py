"""Text that people write, in the languages they write it in."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from app.kernel.i18n import DEFAULT_LOCALE, LOCALES, current_locale


class LocalizedText(Mapping[str, str]):
    """One text in one or more languages; ``str()`` gives the reader's, or else what there is."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        unknown = set(texts) - set(LOCALES)
        if unknown:
            raise ValueError(f"unknown languages: {', '.join(sorted(unknown))}")
        self._texts = {code: texts[code] for code in LOCALES if texts.get(code)}

    def __getitem__(self, code: str) -> str:
        return self._texts[code]

    def __iter__(self) -> Any:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LocalizedText) and self._texts == other._texts

    def __hash__(self) -> int:
        return hash(tuple(self._texts.items()))

    def __repr__(self) -> str:
        return f"LocalizedText({self._texts!r})"

    def language(self, wanted: str | None = None) -> str:
        """The language that ``in_language(wanted)`` would answer in."""
        wanted = wanted or current_locale()
        if wanted in self._texts:
            return wanted
        return next(iter(self._texts), DEFAULT_LOCALE)

    def in_language(self, wanted: str | None = None) -> str:
        """The text in WANTED (default: the reader's language), falling back to what there is."""
        return self._texts.get(self.language(wanted), "")

    def __str__(self) -> str:
        return self.in_language()


class Localized(TypeDecorator[LocalizedText]):
    """Column of a LocalizedText, stored as JSONB ``{"zh-Hant-TW": …, "en": …}``."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        return dict(value if isinstance(value, LocalizedText) else LocalizedText(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> LocalizedText | None:
        return None if value is None else LocalizedText(value)
