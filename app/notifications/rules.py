"""What there is to be told about, and how somebody can hear of it."""

import enum
from dataclasses import dataclass

from app.kernel.i18n import LazyText


class Delivery(enum.Enum):
    """When a mail goes out."""

    NOW = "now"
    DIGEST = "digest"
    NEVER = "never"


@dataclass(frozen=True)
class Kind:
    """A kind of news. ``name`` is kept in the database; ``mail`` holds until somebody chooses."""

    name: str
    title: LazyText
    mail: Delivery = Delivery.DIGEST


@dataclass(frozen=True)
class Note:
    """One piece of news in one language. ``text`` is plain and may have several lines."""

    subject: str
    text: str = ""


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Let people choose about KIND. Rooms do this when they are imported."""
    known = KINDS.setdefault(kind.name, kind)
    if known is not kind and known != kind:
        raise ValueError(f"The kind {kind.name} is registered twice")
    return known


def plain_line(text: str) -> str:
    """TEXT on one line: what people write must not become a header of a mail."""
    return " ".join(text.split())[:200]


def digest_text(parts: list[tuple[str, list[tuple[str, str]]]]) -> str:
    """The body of a digest: (title of the kind, [(subject, address)]) in their order."""
    blocks = []
    for title, entries in parts:
        lines = [title, *(f"- {subject}\n  {address}" for subject, address in entries)]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
