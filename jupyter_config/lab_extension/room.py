"""Room in a person's home: JupyterLab saves into a full one only what makes it smaller.

``BANYAN_HOME_MB`` is the home's bound; everything in it counts. When it is short of room the
earlier states that the house keeps go first, the oldest before the newer; the newest of each file
stays. Only then is saving refused; the document stays open in the browser with what was typed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado import web
from traitlets import Instance

from jupyter_config.lab_extension import history
from jupyter_config.measures import usage

__all__ = ["HomeContentsManager", "Room", "notice"]

MEGABYTE = 1024 * 1024
#: From this part of the bound on her page says so.
NEARLY = 0.9
#: Counting takes at most this part of the time.
PART_OF_THE_TIME = 0.05
WORDS = {
    "full": {
        "zh-Hant-TW": "您的個人資料夾已滿（%(used)s / %(most)s MB），暫時無法儲存。"
        "請刪除不需要的檔案；已開啟的筆記本內容仍保留在這個頁面上。",
        "en": "Your home is full (%(used)s of %(most)s MB), so nothing can be saved now. Delete"
        " files that you do not need; what is open stays in this page.",
    },
    "nearly": {
        "zh-Hant-TW": "您的個人資料夾快滿了（%(used)s / %(most)s MB）。請刪除不需要的檔案。",
        "en": "Your home is nearly full (%(used)s of %(most)s MB). Delete files that you do not"
        " need.",
    },
}


class Room:
    """How much of a home is used. ``most_bytes`` 0 means no bound.

    Counted anew as often as that is cheap; in between, what was saved is added.
    """

    def __init__(self, home: Path, most_bytes: int) -> None:
        self.home = home
        self.most_bytes = most_bytes
        self._used = 0
        self._good_until = 0.0

    @classmethod
    def from_environ(cls, home: Path, environ: Mapping[str, str] = os.environ) -> Room:
        said = environ.get("BANYAN_HOME_MB", "")
        return cls(home, int(said) * MEGABYTE if said.isdecimal() else 0)

    def used(self, *, anew: bool = False) -> int:
        """Return the bytes that the home holds. Blocking while it is counted."""
        began = time.monotonic()
        if anew or began >= self._good_until:
            self._used = usage(self.home).disk_bytes
            took = time.monotonic() - began
            self._good_until = began + max(2.0, took / PART_OF_THE_TIME)
        return self._used

    def take(self, more: int) -> bool:
        """Whether ``more`` bytes may be saved; copies are given up for them. Below 0: always."""
        if not self.most_bytes or more <= 0:
            return True
        if self.used() + more > self.most_bytes:
            self.trim(more)
            if self.used(anew=True) + more > self.most_bytes:
                return False
        self._used += more
        return True

    def trim(self, more: int = 0) -> None:
        """Give up kept copies, the oldest first, until ``more`` bytes have room."""
        if not self.most_bytes:
            return
        missing = self.used(anew=True) + more - self.most_bytes
        if missing <= 0:
            return
        held = usage(self.home / history.FOLDER).disk_bytes
        history.shrink(self.home, max(0, held - missing), by_blocks=True)
        self.forget()

    def forget(self) -> None:
        """Count anew at the next look: something was deleted."""
        self._good_until = 0.0


class HomeContentsManager(AsyncLargeFileManager):
    """JupyterLab's way to files, which knows how much a home may hold."""

    room = Instance(Room)

    def _room_default(self) -> Room:
        return Room.from_environ(Path(self.root_dir))

    async def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        if model.get("type") != "directory":
            # Further pieces of an upload come behind what is there.
            replaces = model.get("chunk") in (None, 1)
            size = _size(model.get("content"), model.get("format"))
            self._make_room(size - (self._size_of(path) if replaces else 0))
        saved: dict[str, Any] = await super().save(model, path)
        return saved

    async def _copy_dir(self, from_path: str, *others: Any, **more: Any) -> dict[str, Any]:
        self._make_room(usage(Path(self._get_os_path(from_path.strip("/")))).disk_bytes)
        copied: dict[str, Any] = await super()._copy_dir(from_path, *others, **more)
        return copied

    async def delete_file(self, path: str) -> None:
        await super().delete_file(path)
        self.room.forget()

    def _size_of(self, path: str) -> int:
        try:
            return os.stat(self._get_os_path(path.strip("/"))).st_size
        except OSError:
            return 0

    def _make_room(self, more: int) -> None:
        """Raises HTTPError 507 with words for the person."""
        try:
            if self.room.take(more):
                return
        except OSError as error:
            self.log.warning("the home could not be counted: %s", error)
            return
        said = [notice(self.room, locale, full=True)["text"] for locale in WORDS["full"]]
        raise web.HTTPError(507, " · ".join(said), reason="Insufficient Storage")


def _size(content: Any, form: str | None) -> int:
    """About how many bytes CONTENT will have as a file."""
    if content is None:
        return 0
    if not isinstance(content, str):
        return len(json.dumps(content, ensure_ascii=False).encode())
    return len(content) * 3 // 4 if form == "base64" else len(content.encode())


def notice(room: Room, locale: str, *, full: bool = False) -> dict[str, Any]:
    """What her page says of a home that is short of room; empty when it is not."""
    used = room.used()
    if not room.most_bytes or not (full or used > NEARLY * room.most_bytes):
        return {}
    kind = "full" if full or used >= room.most_bytes else "nearly"
    words = WORDS[kind].get(locale, WORDS[kind]["zh-Hant-TW"])
    said = {"used": f"{used / MEGABYTE:,.0f}", "most": f"{room.most_bytes / MEGABYTE:,.0f}"}
    return {"id": f"home-{kind}", "text": words % said, "save": False}
