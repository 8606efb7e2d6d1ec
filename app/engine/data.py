"""Data sets that many notebooks read: folders of the host, bound once and read-only.

A set is ``NAME/VERSION`` below one folder, and never changes. A notebook finds those that its lab
names at :data:`PLACE`, and no other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from app.engine.results import EngineUnavailable

__all__ = ["PLACE", "check", "folder", "mounts", "offer"]

PLACE: Final = "/data"
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*/[1-9][0-9]*")

_folder: Path | None = None


def offer(root: Path) -> None:
    """Take data sets from ROOT from now on; it is made if it is not there."""
    global _folder
    root.mkdir(parents=True, exist_ok=True)
    _folder = root.resolve()


def folder() -> Path | None:
    """Where the sets are; None while nobody offered any."""
    return _folder


def check(names: Sequence[str]) -> None:
    """Raise EngineUnavailable when a set is not on this machine: another worker may have it."""
    for name in names:
        if _folder is None or not NAME.fullmatch(name) or not (_folder / name).is_dir():
            raise EngineUnavailable(
                f"The data set {name} is not on this machine. Type: banyan data check"
            )


def mounts(names: Sequence[str]) -> list[tuple[Path, str]]:
    """Return what a sandbox has to bind, read-only. Raises EngineUnavailable."""
    check(names)
    assert _folder is not None or not names
    return [(_folder / name, f"{PLACE}/{name}") for name in names if _folder is not None]
