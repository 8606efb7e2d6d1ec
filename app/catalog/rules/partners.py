"""Companies and associations behind a cluster: what may be said of them. Pure.

Each is ``{"name": {language: text}, "url": "https://…", "organisation": slug}``; ``url`` and
``organisation`` (one that is known here) may be empty.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.catalog.folder_yaml import SLUG
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["MOST_PARTNERS", "partner", "partner_problems"]

MOST_PARTNERS, NAME_LENGTH, URL_LENGTH = 40, 120, 500


def partner(name: Mapping[str, str], url: str = "", organisation: str = "") -> dict[str, Any]:
    """One partner as it is kept."""
    return {
        "name": {code: text.strip() for code, text in name.items() if text.strip()},
        "url": url.strip(),
        "organisation": organisation.strip(),
    }


def partner_problems(partners: Iterable[Mapping[str, Any]]) -> list[LazyText]:
    """What is wrong with PARTNERS; each is counted from 1."""
    found: list[LazyText] = []
    for number, row in enumerate(partners, 1):
        if not row["name"]:
            found.append(_l("Partner %(number)s needs a name.", number=number))
        if any(len(text) > NAME_LENGTH for text in row["name"].values()):
            found.append(
                _l(
                    "The name of partner %(number)s is too long: %(most)s characters at most.",
                    number=number,
                    most=NAME_LENGTH,
                )
            )
        # Anything but http would run as script in the browser of whoever follows it.
        url = row["url"]
        if url and (not url.startswith(("https://", "http://")) or len(url) > URL_LENGTH):
            found.append(
                _l("The address of partner %(number)s must begin with https://.", number=number)
            )
        if row["organisation"] and not SLUG.fullmatch(row["organisation"]):
            found.append(
                _l("The organisation of partner %(number)s is not one here.", number=number)
            )
        if number > MOST_PARTNERS:
            found.append(_l("There are too many partners: %(most)s at most.", most=MOST_PARTNERS))
            break
    return found
