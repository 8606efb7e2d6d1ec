"""Earlier states of what a person saves: a bounded history in her home, and the way back.

Every save in JupyterLab, the automatic ones too, leaves a compressed copy under ``.history``, in a
folder of the file's own path; its name says when and what (``20261123T005012.250000Z-HASH.gz``).
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Kept", "keep", "keep_after_save", "kept_files", "kept_of", "restore", "surplus"]

FOLDER = ".history"
LARGEST_BYTES = 10 * 1024 * 1024
MOST_OF_A_FILE = 150
MOST_BYTES_OF_A_HOME = 300 * 1024 * 1024
LOOK_AT_THE_WHOLE_EVERY = 50
KEPT_DAYS = 120
NAME = re.compile(r"(\d{8}T\d{6}\.\d{6})Z-([0-9a-f]{16})\.gz")

_saves = 0


@dataclass(frozen=True)
class Kept:
    """One earlier state of ``path``, which is relative to the home."""

    path: str
    at: dt.datetime
    digest: str
    size: int
    """Of the compressed copy, in bytes."""
    name: str


def keep_after_save(model: dict[str, Any], os_path: str, contents_manager: Any, **_: Any) -> None:
    """jupyter_server's ``post_save_hook``. A history that fails never fails the save."""
    if model.get("type") not in ("notebook", "file"):
        return
    room = getattr(contents_manager, "room", None)
    try:
        if room is not None and not room.take(Path(os_path).stat().st_size // 4):
            return  # the file itself is saved, and that is what counts
        keep(Path(contents_manager.root_dir), Path(os_path))
    except OSError as error:
        contents_manager.log.warning("no history of %s: %s", os_path, error)


def keep(home: Path, file: Path, now: dt.datetime | None = None) -> bool:
    """Keep the file's state unless it is the newest kept one; whether it was kept."""
    global _saves
    relative = file.resolve().relative_to(home.resolve())
    if any(part.startswith(".") for part in relative.parts):
        return False
    if file.stat().st_size > LARGEST_BYTES:
        return False
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    place = home / FOLDER / relative
    before = kept_of(home, relative.as_posix())
    if before and before[0].digest == digest:
        return False
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = now or dt.datetime.now(dt.UTC)
    name = f"{moment:%Y%m%dT%H%M%S.%f}Z-{digest}.gz"
    _write(place / name, gzip.compress(content, 6))
    for old in surplus(kept_of(home, relative.as_posix()), moment):
        (place / old.name).unlink(missing_ok=True)
    _saves += 1
    if _saves % LOOK_AT_THE_WHOLE_EVERY == 0:
        shrink(home)
    return True


def surplus(kept: Iterable[Kept], now: dt.datetime) -> list[Kept]:
    """Which of a file's states to drop: all of the last half hour stay, then one in ten minutes of
    a day, one an hour of a week, one a day; the newest of all always stays."""
    drop: list[Kept] = []
    seen: set[tuple[Any, ...]] = set()
    for number, one in enumerate(sorted(kept, key=lambda each: each.at, reverse=True)):
        age = now - one.at
        if age <= dt.timedelta(minutes=30):
            slot: tuple[Any, ...] = (one.at,)
        elif age <= dt.timedelta(days=1):
            slot = (one.at.date(), one.at.hour, one.at.minute // 10)
        elif age <= dt.timedelta(days=7):
            slot = (one.at.date(), one.at.hour)
        else:
            slot = (one.at.date(),)
        is_old = age > dt.timedelta(days=KEPT_DAYS)
        if number and (slot in seen or len(seen) >= MOST_OF_A_FILE or is_old):
            drop.append(one)
        seen.add(slot)
    return drop


def shrink(home: Path, most_bytes: int = MOST_BYTES_OF_A_HOME, *, by_blocks: bool = False) -> None:
    """Drop the oldest states of all files until they fit; the newest of each file stays.

    BY_BLOCKS counts what they occupy on the disk, which for small ones is more.
    """

    def weight(one: Kept) -> int:
        return -(-one.size // 4096) * 4096 if by_blocks else one.size

    everything = kept_files(home)
    total = sum(weight(one) for kept in everything.values() for one in kept)
    spare = sorted((one for kept in everything.values() for one in kept[1:]), key=lambda k: k.at)
    for one in spare:
        if total <= most_bytes:
            return
        (home / FOLDER / one.path / one.name).unlink(missing_ok=True)
        total -= weight(one)


def kept_of(home: Path, path: str) -> list[Kept]:
    """The kept states of the file PATH, the newest first."""
    found = []
    place = home / FOLDER / path
    if not place.is_dir():
        return []
    for entry in os.scandir(place):
        match = NAME.fullmatch(entry.name)
        if match and entry.is_file(follow_symlinks=False):
            at = dt.datetime.strptime(match[1], "%Y%m%dT%H%M%S.%f").replace(tzinfo=dt.UTC)
            found.append(Kept(path, at, match[2], entry.stat().st_size, entry.name))
    return sorted(found, key=lambda one: one.at, reverse=True)


def kept_files(home: Path, below: str = "") -> dict[str, list[Kept]]:
    """Every file (below a folder of the home) with its kept states, the newest first."""
    root = home / FOLDER
    found = {}
    for folder, _folders, names in os.walk(root / below):
        if any(NAME.fullmatch(name) for name in names):
            path = Path(folder).relative_to(root).as_posix()
            found[path] = kept_of(home, path)
    return dict(sorted(found.items()))


def restore(home: Path, path: str, name: str) -> Path:
    """Write a kept state back: under its own name when that is free, else beside it with the date.

    Raises FileNotFoundError when there is no such state.
    """
    one = next((each for each in kept_of(home, path) if each.name == name), None)
    if one is None or any(part in ("", ".", "..") for part in path.split("/")):
        raise FileNotFoundError(path)
    content = gzip.decompress((home / FOLDER / path / name).read_bytes())
    target = home / path
    target.parent.mkdir(parents=True, exist_ok=True)
    local = one.at.astimezone()
    number = 1
    while os.path.lexists(target):
        more = f" {number}" if number > 1 else ""
        stem, suffix = os.path.splitext(Path(path).name)
        target = (home / path).with_name(f"{stem} ({local:%Y-%m-%d %H.%M.%S}{more}){suffix}")
        number += 1
    _write(target, content)
    return target


def _write(target: Path, content: bytes) -> None:
    handle, part = tempfile.mkstemp(prefix=".part.", dir=target.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
        os.replace(part, target)
    except BaseException:
        os.unlink(part)
        raise
