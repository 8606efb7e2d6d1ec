"""Documents, their kinds, and the keys that open them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.kernel.i18n import LazyText
from app.kernel.localized import LocalizedText
from app.search.rules.markup import Text

PUBLIC = "public"
"""The key that everybody holds."""
OFFICERS = "officers"
"""Held by those who may see everybody."""
FORMAT = 1
"""Count on when documents become other lexemes: the next rebuild then writes all of them."""


@dataclass(frozen=True)
class Kind:
    """A kind of document as people choose it; kinds of a smaller ORDER stand first."""

    name: str
    label: LazyText
    order: int = 50


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make KIND known; rooms do so once, beside the documents they write."""
    _KINDS[kind.name] = kind
    return kind


def kinds() -> list[Kind]:
    """Every kind there is, in order."""
    return sorted(_KINDS.values(), key=lambda kind: (kind.order, kind.name))


def label_of(name: str) -> str:
    kind = _KINDS.get(name)
    return str(kind.label) if kind is not None else name


@dataclass(frozen=True)
class Document:
    """Something that can be found, by whoever holds one of the keys in AUDIENCE.

    PATH is where it is, within the site; ``{place}`` in it is filled in with what the searcher's
    key says (her section), because one lesson has an address in each section.
    """

    kind: str
    key: str
    """What names it, at most 160 characters, as ``course:UUID``: put again, it is replaced."""
    title: LocalizedText
    path: str
    audience: frozenset[str]
    texts: Mapping[str, Text] = field(default_factory=dict)
    """Headings and body by language."""
    course: str | None = None
    """The address of the course it belongs to."""
    hidden_words: str = ""
    """Found, but never shown in an excerpt: an address, a student number."""

    @property
    def digest(self) -> str:
        """Changes with everything that is stored."""
        content = [
            *(FORMAT, self.kind, dict(self.title), self.path, sorted(self.audience)),
            {code: [text.headings, text.body] for code, text in self.texts.items()},
            *(self.course, self.hidden_words),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()
