"""Two languages. Messages are written in English; each room brings ``locale/zh_Hant_TW.po``.

Catalogues are read once, at first use, and merged: nothing is compiled, so nothing goes stale.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

DEFAULT_LOCALE = "zh-Hant-TW"
LOCALES = (DEFAULT_LOCALE, "en")
LOCALE_NAMES = {"zh-Hant-TW": "中文", "en": "English"}

_current: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)
APP_FOLDER = Path(__file__).resolve().parent.parent


def current_locale() -> str:
    """The reader's language code."""
    return _current.get()


def set_locale(code: str) -> None:
    """Speak CODE from here on in this context; an unknown code means the default."""
    _current.set(code if code in LOCALES else DEFAULT_LOCALE)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak CODE within the block."""
    token = _current.set(code if code in LOCALES else DEFAULT_LOCALE)
    try:
        yield
    finally:
        _current.reset(token)


def catalog_files() -> list[Path]:
    """Every room's Chinese catalogue."""
    return sorted(APP_FOLDER.glob("*/locale/zh_Hant_TW.po"))


def read_catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hant_TW", abort_invalid=True)


@cache
def _messages() -> dict[str, tuple[str, ...]]:
    merged: dict[str, tuple[str, ...]] = {}
    for path in catalog_files():
        for message in read_catalog(path):
            if not message.id or message.fuzzy:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            text = message.string
            forms = (text,) if isinstance(text, str) else tuple(text or ())
            if forms and all(forms):
                merged.setdefault(key, forms)
    return merged


def gettext(message: str, **values: Any) -> str:
    """MESSAGE in the reader's language, with its ``%(name)s`` filled in."""
    text = message
    if current_locale() != "en":
        text = _messages().get(message, (message,))[0]
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """As gettext, for a count; ``%(num)s`` is filled in. Chinese has one form."""
    values["num"] = num
    if current_locale() != "en":
        forms = _messages().get(singular)
        if forms:
            return forms[0] % values
    return (singular if num == 1 else plural) % values


class LazyText:
    """A message that is put into the reader's language when it is shown."""

    def __init__(self, message: str, values: dict[str, Any]) -> None:
        self._message = message
        self._values = values

    def __str__(self) -> str:
        return gettext(self._message, **self._values)

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))

    def __repr__(self) -> str:
        return f"LazyText({self._message!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(self._message)

    def __len__(self) -> int:
        return len(str(self))

    def __getattr__(self, name: str) -> Any:
        # Forms and templates treat labels as strings (``.lower()``, ``.format()``).
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(str(self), name)

    def __mod__(self, values: Any) -> str:
        return str(self) % values


def lazy_gettext(message: str, **values: Any) -> LazyText:
    return LazyText(message, values)
