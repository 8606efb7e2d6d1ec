"""Runs inside the sandbox: the files that one process wrote, for the other to find.

Each side has folders of its own; what changed since the last message travels with the next one.
This file is handed in as text; the engine never imports it.
"""

import base64
import os
import stat
from typing import Any

MAX_FILES = 400
MAX_FILE_BYTES = 4 * 2**20
MAX_BYTES = 12 * 2**20
#: What an import would run; it never travels.
CODE = (".py", ".pyc", ".pyo", ".pyd", ".so", ".pth", ".egg", ".zip", ".whl", ".ipynb")

Mark = tuple[int, int]


class Files:
    """The files below ``roots``. ``fixed`` paths are never taken from the other side."""

    def __init__(self, roots: list[str], fixed: set[str]) -> None:
        self.roots = roots
        self.fixed = fixed
        self.known: dict[str, Mark] = {}
        self.known = self.scan()

    def scan(self) -> dict[str, Mark]:
        found: dict[str, Mark] = {}
        folders = list(self.roots)
        while folders and len(found) < MAX_FILES:
            try:
                entries = list(os.scandir(folders.pop()))
            except OSError:
                continue
            for entry in entries:
                try:
                    about = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if stat.S_ISDIR(about.st_mode):
                    if not entry.name.startswith((".", "__pycache__")):
                        folders.append(entry.path)
                elif stat.S_ISREG(about.st_mode) and not entry.name.endswith(CODE):
                    found[entry.path] = about.st_mtime_ns, about.st_size
        return found

    def changed(self) -> list[Any]:
        """Return ``[path, content in base64, or None when it is gone]`` of what changed."""
        now = self.scan()
        found: list[Any] = []
        room = MAX_BYTES
        for path, mark in now.items():
            if self.known.get(path) != mark and mark[1] <= min(MAX_FILE_BYTES, room):
                try:
                    with open(path, "rb") as file:
                        content = file.read(MAX_FILE_BYTES)
                except OSError:
                    continue
                room -= len(content)
                found.append([path, base64.b64encode(content).decode()])
        found += [[path, None] for path in self.known if path not in now]
        self.known = now
        return found

    def take(self, changes: Any) -> None:
        """Write the other side's files. What cannot be written is left out."""
        if not isinstance(changes, list):
            return
        for change in changes[:MAX_FILES]:
            try:
                path, content = change
                if not self.welcome(path):
                    continue
                if content is None:
                    os.unlink(path)
                    self.known.pop(path, None)
                    continue
                self.write(path, base64.b64decode(content))
                about = os.stat(path)
                self.known[path] = about.st_mtime_ns, about.st_size
            except (OSError, ValueError, TypeError):
                continue

    def welcome(self, path: Any) -> bool:
        return (
            isinstance(path, str)
            and os.path.normpath(path) == path
            and any(path.startswith(f"{root}/") for root in self.roots)
            and not path.endswith(CODE)
            and path not in self.fixed
        )

    def write(self, path: str, content: bytes) -> None:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
        with os.fdopen(number, "wb") as file:
            file.write(content)
