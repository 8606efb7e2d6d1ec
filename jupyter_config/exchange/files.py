"""Files of a lab's folder: which may come in, which go out, and how they are written."""

from __future__ import annotations

import datetime as dt
import fnmatch
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = [
    "TooLarge",
    "UnsafePath",
    "gather",
    "local_stamp",
    "restore_missing",
    "safe_path",
    "write_new",
]

#: The exchange's own limits; checked here too, so that a person learns it before the upload.
MOST_FILES = 100
MOST_BYTES = 20 * 1024 * 1024


class UnsafePath(ValueError):
    """A path that would leave its folder, or hide in it."""


class TooLarge(Exception):
    """More than the exchange takes in one submission; the message is fit for the person."""


def safe_path(path: object) -> str:
    """Return ``path`` if it stays below the folder it is joined to. Raises UnsafePath."""
    if not isinstance(path, str) or not path or len(path) > 255:
        raise UnsafePath(f"not a path: {path!r}")
    parts = path.split("/")
    if (
        any(part in ("", ".", "..") or part.startswith(".") for part in parts)
        or "\\" in path
        or any(ord(char) < 32 or ord(char) == 127 for char in path)
    ):
        raise UnsafePath(f"not a path below its folder: {path!r}")
    return path


def gather(folder: Path, ignore: Iterable[str]) -> dict[str, bytes]:
    """Return the files of ``folder`` that a submission holds.

    Hidden files, links and names that match a pattern of ``ignore`` stay behind. Raises TooLarge
    over 100 files or 20 MB.
    """
    patterns = tuple(ignore)
    files: dict[str, bytes] = {}
    total = 0
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if _counts(name, patterns))
        for name in sorted(names):
            path = Path(root, name)
            if not _counts(name, patterns) or path.is_symlink() or not path.is_file():
                continue
            total += path.stat().st_size
            if len(files) >= MOST_FILES:
                raise TooLarge(
                    f"資料夾裡超過 {MOST_FILES} 個檔案，請移走不需要繳交的檔案。"
                    f" · The folder holds more than {MOST_FILES} files: move away what is not"
                    " part of your work."
                )
            if total > MOST_BYTES:
                megabytes = MOST_BYTES // (1024 * 1024)
                raise TooLarge(
                    f"資料夾超過 {megabytes} MB，請移走不需要繳交的檔案。"
                    f" · The folder is larger than {megabytes} MB: move away what is not part of"
                    " your work."
                )
            files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def write_new(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make ``folder`` with all of ``files``, or nothing. Raises FileExistsError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        raise FileExistsError(folder)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, content in files.items():
            target = part / safe_path(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        part.chmod(0o755)
        os.rename(part, folder)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        if isinstance(error, OSError) and folder.exists():
            raise FileExistsError(folder) from error
        raise


def restore_missing(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write those of ``files`` that ``folder`` lacks; return their names. Work stays as it is."""
    restored = []
    for name, content in files.items():
        target = folder / safe_path(name)
        if os.path.lexists(target):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=".restore.", dir=target.parent)
        try:
            with open(handle, "wb") as file:
                file.write(content)
            os.link(part, target)  # unlike a rename, this never replaces what appeared meanwhile
            restored.append(name)
        except FileExistsError:
            continue
        finally:
            os.unlink(part)
    return restored


def local_stamp(iso: str) -> str:
    """A server's time in a folder's name, ``2026-11-23 08.50``, in the local time zone."""
    moment = dt.datetime.fromisoformat(iso.replace("Z", "+00:00"))
    return f"{moment.astimezone():%Y-%m-%d %H.%M}"


def _counts(name: str, patterns: tuple[str, ...]) -> bool:
    return not name.startswith(".") and not any(
        fnmatch.fnmatch(name, pattern) for pattern in patterns
    )
