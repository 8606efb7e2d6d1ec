"""Addresses and names made from titles and file names."""

import re
import unicodedata
from collections.abc import Container
from pathlib import PurePosixPath

_UNUSABLE = re.compile(r'[\\/:*?"<>|]+')


def slug_from(text: str) -> str:
    """An address from a title or file name; empty when no Latin letter or digit is in it."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")


def free_name(wanted: str, fallback: str, taken: Container[str]) -> str:
    """WANTED, or the next address like it that is not TAKEN; from FALLBACK when it is empty."""
    if wanted and wanted not in taken:
        return wanted
    stem, number = wanted or fallback, 2 if wanted else 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def plain_file_name(path: str) -> str:
    """The last part of PATH as a name that a file can have anywhere: never empty, never hidden."""
    name = "".join(
        c for c in PurePosixPath(path).name if not unicodedata.category(c).startswith("C")
    )
    name = _UNUSABLE.sub("-", name).strip().lstrip(".") or "file"
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 20:
        stem, dot, ending = name, "", ""
    while len(f"{stem}{dot}{ending}".encode()) > 200:
        stem = stem[:-1]
    return f"{stem.strip() or 'file'}{dot}{ending}"


def plain_title(text: str, fallback: str = "") -> str:
    """TEXT as a title: one line of at most 200 characters, nothing invisible."""
    seen = "".join(" " if unicodedata.category(c).startswith(("C", "Z")) else c for c in text)
    words = " ".join(seen.split())
    return (words if len(words) <= 200 else words[:199].rstrip() + "…") or fallback
