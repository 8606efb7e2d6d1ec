"""Notices: the six items of article 8 of the Personal Data Protection Act, in both languages.

Each is a file of ``data/notices/NAME.yaml`` with all of its versions, oldest first. A version that
has been published is never changed; the ledger keeps its number and the digest of its words.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import yaml

from app.kernel import clock
from app.kernel.i18n import LOCALES, LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText

FOLDER = Path(__file__).parent / "data" / "notices"

LASTS_YEARS = 5
"""Of a consent whose notice names no other period."""

NOTICE_ITEMS: Mapping[str, LazyText] = {
    "collector": _l("Who collects your data"),
    "purpose": _l("What for"),
    "categories": _l("Which data"),
    "use": _l("How long, where, by whom and how it is used"),
    "rights": _l("Your rights"),
    "refusal": _l("What happens if you do not give it"),
}
"""Items 1 to 6 of article 8, paragraph 1, in its order."""


@dataclass(frozen=True)
class Notice:
    """One version of what a person is told. ``items`` has the keys of NOTICE_ITEMS."""

    name: str
    version: int
    since: date
    needs_new_consent: bool
    """Whether a consent given to the version before no longer holds."""
    lasts_years: int
    """How long a consent that was given to this version holds, when nobody withdraws it."""
    items: Mapping[str, LocalizedText]

    @property
    def digest(self) -> str:
        """SHA-256 of all words, as the ledger keeps it."""
        words = {key: dict(text) for key, text in self.items.items()}
        return hashlib.sha256(
            json.dumps([self.name, self.version, words], sort_keys=True).encode()
        ).hexdigest()


@cache
def notices(name: str) -> tuple[Notice, ...]:
    """All versions of the notice NAME, oldest first.

    Raises ValueError when an item or a language is missing, or numbers have a gap.
    """
    document = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    made = tuple(_notice(name, entry) for entry in document["versions"])
    if [notice.version for notice in made] != list(range(1, len(made) + 1)):
        raise ValueError(f"The notice {name} needs versions 1, 2, 3, … in their order")
    return made


def _notice(name: str, entry: Mapping[str, object]) -> Notice:
    items = entry["items"]
    if not isinstance(items, Mapping) or set(items) != set(NOTICE_ITEMS):
        raise ValueError(f"The notice {name} needs the items {', '.join(NOTICE_ITEMS)}")
    for key, texts in items.items():
        if set(texts) != set(LOCALES) or not all(text.strip() for text in texts.values()):
            raise ValueError(f"{name}: the item {key} needs words in {' and '.join(LOCALES)}")
    return Notice(
        name=name,
        version=int(str(entry["version"])),
        since=date.fromisoformat(str(entry["since"])),
        needs_new_consent=bool(entry.get("needs_new_consent", False)),
        lasts_years=int(str(entry.get("lasts_years", LASTS_YEARS))),
        items={key: LocalizedText(items[key]) for key in NOTICE_ITEMS},
    )


def ends_at(name: str, version: int, given_at: datetime) -> datetime:
    """When a consent that was given to VERSION of NAME at GIVEN_AT ends by itself: the same day
    and time of the year in Taipei, so many years later (29 February: on the 28th)."""
    years = notices(name)[version - 1].lasts_years
    local = given_at.astimezone(clock.TAIPEI)
    try:
        return local.replace(year=local.year + years)
    except ValueError:
        return local.replace(year=local.year + years, day=28)


def holds_since(name: str) -> int:
    """The oldest version of NAME to which a consent still holds."""
    return max(
        (notice.version for notice in notices(name) if notice.needs_new_consent),
        default=1,
    )
