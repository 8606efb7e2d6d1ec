"""What the reader of folders says, in the words of whoever reads it in the editor."""

import re

from app.catalog.rules.folder_problems import (
    ALLOWED,
    ALLOWED_WORDS,
    NEAR,
    NEAR_WORDS,
    RULES,
)
from app.kernel.i18n import LOCALE_NAMES, LazyText
from app.kernel.i18n import lazy_gettext as _l

_KEYS: dict[str, LazyText] = {
    "title": _l("title"),
    "summary": _l("summary"),
    "description": _l("description"),
    "outcomes": _l("outcomes"),
    "prerequisites": _l("prerequisites"),
    "modules": _l("modules"),
    "items": _l("items of the module"),
    "minutes": _l("minutes"),
    "hours": _l("hours"),
    "credits": _l("credits"),
    "level": _l("level"),
    "alt": _l("text alternative of the picture"),
    "url": _l("address"),
    "source": _l("source"),
    "licence": _l("licence"),
    "slug": _l("address"),
}
_MISSING = _l("The %(key)s is missing.")
_MISSING_IN = _l("The %(key)s is missing in %(language)s.")
_RULES: tuple[tuple[re.Pattern[str], LazyText], ...] = tuple(
    (re.compile(pattern, re.S), words)
    for pattern, words in (
        (r"'(?P<key>[\w-]+)' is (?:missing|empty) in (?P<language>\S+)", _MISSING_IN),
        (r"key '(?P<key>[\w-]+)' is missing", _MISSING),
        (r"'(?P<key>\w+)' must be (?:a text|written per language.*|a list)", _MISSING),
        (
            r"lesson '[^']*' is missing in (?P<language>\S+):.*",
            _l("The text is missing in %(language)s."),
        ),
        (
            r"'(?P<key>\w+)' must be a (?:whole )?number from (?P<low>\S+) to (?P<high>[\d.]+),.*",
            _l("The %(key)s must be a number from %(low)s to %(high)s."),
        ),
        (r"broken math: .*?: (?P<what>.*)", _l("This formula cannot be read: %(what)s")),
        (
            r"picture '(?P<what>[^']*)' needs alternative text.*",
            _l("The picture %(what)s needs a text alternative: ![what it shows](%(what)s)."),
        ),
        (r"there is no picture '(?P<what>[^']*)'.*", _l("There is no picture %(what)s.")),
        (
            r"picture '(?P<what>[^']*)': write.*",
            _l("The picture %(what)s has to be uploaded here first."),
        ),
        (
            r"link to an? \w+ that does not exist: '(?P<what>[^']*)'.*",
            _l("A link leads to %(what)s, which this course does not have."),
        ),
        (
            r"link '(?P<what>[^']*)': write.*",
            _l("The link %(what)s has to begin with https:// or name a part of the course."),
        ),
        (r"no notebook here:.*", _l("The lab has no notebook yet.")),
        (r"no cell is graded:.*", _l("No cell of the notebook is graded.")),
        (
            r"no graded cell '(?P<what>[^']*)'.*",
            _l("There is a hint for %(what)s, but no such test."),
        ),
        (r"cell (?P<number>\d+): (?P<what>.*)", _l("Cell %(number)s: %(what)s")),
        (r"'url' must begin with.*", _l("The address has to begin with https://.")),
        (r"pictures belong into lessons", _l("Pictures belong into lessons.")),
    )
)


def in_words(message: str) -> str:
    """MESSAGE in the reader's language; as it is, in English, when nobody wrote words for it."""
    for tail, said in ((NEAR, NEAR_WORDS), (ALLOWED, ALLOWED_WORDS)):
        found = tail.search(message)
        words = _words_of(message[: found.start()]) if found is not None else None
        if found is not None and words is not None:
            return f"{words} {said % found.groupdict()}"
    return _words_of(message) or message


def is_in_words(message: str) -> bool:
    """Whether ``in_words`` has words for MESSAGE, so that it is in the reader's language."""
    return _words_of(message) is not None or in_words(message) != message


def _words_of(message: str) -> str | None:
    for pattern, words in (*_RULES, *RULES):
        found = pattern.fullmatch(message)
        if found is None:
            continue
        values: dict[str, object] = dict(found.groupdict())
        if "key" in values:
            values["key"] = _KEYS.get(str(values["key"]), str(values["key"]))
        if "language" in values:
            values["language"] = LOCALE_NAMES.get(str(values["language"]), values["language"])
        if "number" in values and "what" in values:
            # What is said about a cell is a sentence of its own.
            values["what"] = in_words(str(values["what"]))
        return words % values if values else str(words)
    return None
