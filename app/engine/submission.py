"""A submission's files, before anything of them is used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from app.engine.notebooks import Unreadable

__all__ = ["MAX_FILES", "working_files"]

MAX_FILES: Final = 1_000
MAX_PATH_BYTES: Final = 1_000
MAX_NAME_BYTES: Final = 255


def working_files(
    submitted: Mapping[str, bytes], lab_files: Mapping[str, bytes], *, disk_mb: int
) -> dict[str, bytes]:
    """Return the files of the working folder: the student's, then the lab's over them.

    Notebooks are left out, as nothing in the folder may be a test. Raises Unreadable for a name
    that is not a plain relative path, for too many files and for too much in them.
    """
    for path in submitted:
        if not _is_plain(path):
            raise Unreadable("bad-path", path=path[:100])
    if len(submitted) > MAX_FILES:
        raise Unreadable("too-many-files", count=MAX_FILES)
    lab = {path: content for path, content in lab_files.items() if not path.endswith(".ipynb")}
    folders = {str(parent) for path in lab for parent in PurePosixPath(path).parents}
    files: dict[str, bytes] = {}
    for path, content in submitted.items():
        parents = {str(parent) for parent in PurePosixPath(path).parents}
        # The lab's files and folders keep their places.
        if path.endswith(".ipynb") or path in folders or parents & lab.keys():
            continue
        files[path] = content
    for path in list(files):
        if any(str(parent) in files for parent in PurePosixPath(path).parents):
            raise Unreadable("bad-path", path=path[:100])
    files.update(lab)
    if sum(map(len, files.values())) > disk_mb * 2**20:
        raise Unreadable("files-too-large", megabytes=disk_mb)
    return files


def _is_plain(path: str) -> bool:
    try:
        raw = path.encode()
    except UnicodeEncodeError:
        return False
    parts = path.split("/")
    return (
        0 < len(raw) <= MAX_PATH_BYTES
        and path.isprintable()
        and "\\" not in path
        and all(part not in ("", ".", "..") for part in parts)
        and all(len(part.encode()) <= MAX_NAME_BYTES for part in parts)
    )
