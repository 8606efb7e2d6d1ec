"""What a company reads of somebody whose name it is not told; pure.

Blind reading hides names, handles, mail addresses, schools, student numbers, pictures and links.
Words that she wrote herself are shown with those taken out; files are shown only where she says
that they hold no name, and under a name that says nothing.
"""

import re
from collections.abc import Iterable

MASK = "▮▮▮"
SHORTEST = 2
"""Letters: a single one is not taken out of every word that has it."""

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w/])@[a-z][a-z0-9-]{1,28}[a-z0-9]\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<!\d)(?:\+886[- ]?|0)\d(?:[- ]?\d){7,8}(?!\d)")


def blinded(text: str, names: Iterable[str], wholes: Iterable[str] = ()) -> str:
    """TEXT without NAMES of people, WHOLES (schools, teams …), addresses, links, handles and
    telephone numbers.

    Letters are compared without case; longer ones go first, so that no half of one stays. A name
    of several words is also taken out word by word, what is whole only as a whole.
    """
    secrets = {part for part in map(_plain, wholes) if len(part) >= SHORTEST} | _parts(names)
    for pattern in (_ADDRESS, _LINK, _HANDLE, _PHONE):
        text = pattern.sub(MASK, text)
    for secret in sorted(secrets, key=len, reverse=True):
        edge = r"\b" if secret.isascii() else ""
        text = re.sub(f"{edge}{re.escape(secret)}{edge}", MASK, text, flags=re.IGNORECASE)
    return text


def _plain(words: str) -> str:
    return " ".join(words.split())


def _parts(names: Iterable[str]) -> set[str]:
    found = set()
    for whole in map(_plain, names):
        found |= {part for part in (whole, *whole.split(" ")) if len(part) >= SHORTEST}
    return found


def file_name(number: int, position: int, name: str) -> str:
    """What file POSITION (from 1) of applicant NUMBER is called when its own NAME is hidden."""
    stem, dot, ending = name.rpartition(".")
    plain = ending.lower() if dot and stem and re.fullmatch(r"[A-Za-z0-9]{1,5}", ending) else ""
    return f"applicant-{number}-file-{position}" + (f".{plain}" if plain else "")
