"""People's homes: one private folder each and, under root, one host uid each, for good."""

from __future__ import annotations

import fcntl
import json
import os
import re
from pathlib import Path

__all__ = ["Home", "prepare_home"]

HANDLE = re.compile(r"[a-z][a-z0-9-]{2,29}")
#: Above the uids of ordinary accounts and of systemd's dynamic users, below containers' ranges.
FIRST_UID = 200_000
LAST_UID = 399_999


class Home:
    """A person's folder on the host and the uid that owns it."""

    def __init__(self, path: Path, uid: int) -> None:
        self.path = path
        self.uid = uid


def prepare_home(homes: Path, handle: str) -> Home:
    """Return the person's home, made on first use; under root it belongs to her own uid.

    Raises ValueError for a handle that could be a path, RuntimeError when no uid is left.
    """
    if HANDLE.fullmatch(handle) is None:
        raise ValueError(f"Not a handle: {handle!r}")
    homes.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = homes / handle
    path.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0:
        return Home(path, os.geteuid())
    uid = _uid(homes, handle)
    if path.stat().st_uid != uid:  # new, or restored from a backup
        _give(path, uid)
    return Home(path, uid)


def _uid(homes: Path, handle: str) -> int:
    """Return the person's uid; a uid is never given to a second person."""
    with open(homes / ".uids.json", "a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        uids: dict[str, int] = json.loads(file.read() or "{}")
        if handle not in uids:
            uids[handle] = max(uids.values(), default=FIRST_UID - 1) + 1
            if uids[handle] > LAST_UID:
                raise RuntimeError("No uid is left for another person's home.")
            part = homes / ".uids.part"
            part.write_text(json.dumps(uids, indent=1))
            # In place, so that everybody who waits for the lock waits on the same file.
            file.truncate(0)
            file.write(part.read_text())
            file.flush()
            os.fsync(file.fileno())
            part.unlink()
        return uids[handle]


def _give(path: Path, uid: int) -> None:
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.chown(os.path.join(folder, name), uid, uid, follow_symlinks=False)
    os.chown(path, uid, uid)
    path.chmod(0o700)
