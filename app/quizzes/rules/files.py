"""Which files an answer may consist of. Pure."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

MOST_FILES = 10
MOST_MB = 20
DANGEROUS = frozenset(
    {".exe", ".com", ".bat", ".cmd", ".scr", ".msi", ".js", ".jse", ".vbs", ".vbe", ".wsf"}
    | {".ps1", ".jar", ".lnk"}
)
"""Programs that a computer runs when somebody opens a download: no answer needs them."""


@dataclass(frozen=True)
class FileLimits:
    count: int
    bytes_each: int
    endings: tuple[str, ...]
    """Lower case with the dot; empty: any but programs."""

    def allows(self, name: str) -> bool:
        ending = PurePosixPath(name.lower()).suffix
        return ending in self.endings if self.endings else ending not in DANGEROUS


def limits_of(question: Mapping[str, Any]) -> FileLimits:
    """What a drawn file question says, within what the house allows."""
    ask = question["ask"]
    return FileLimits(
        count=min(int(ask.get("most") or 1), MOST_FILES),
        bytes_each=MOST_MB * 1024**2,
        endings=tuple(sorted(str(ending).lower() for ending in ask.get("endings") or ())),
    )


def plain_name(name: str) -> str:
    """NAME without folders and control characters, of at most 120 characters with its ending."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    if not clean:
        return "file"
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > 12:
        return clean[:120]
    return f"{stem[:107]}.{ending}"
