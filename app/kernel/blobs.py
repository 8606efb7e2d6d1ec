"""Stored files, addressed by what is in them (SHA-256), under ``instance/blobs``."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.kernel import clock

_root: Path | None = None


class BlobMissing(Exception):
    """The store has no file of this address."""


class BlobDamaged(Exception):
    """What is stored does not have the hash that it is stored under."""


def configure(root: Path) -> None:
    """Keep blobs under ROOT from now on."""
    global _root
    root.mkdir(parents=True, exist_ok=True)
    _root = root


def put(content: bytes) -> str:
    """Store CONTENT durably and return its address, 64 hexadecimal digits."""
    address = hashlib.sha256(content).hexdigest()
    path = _path(address)
    if _touch(path):
        return address
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{address}.{os.getpid()}.{os.urandom(4).hex()}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync_folder(path.parent)
    return address


def remove(address: str, *, unused_for: timedelta) -> bool:
    """Delete what is stored under ADDRESS unless it was stored (again) within UNUSED_FOR.

    The caller has made sure that nobody refers to it; whoever stores the same content meanwhile and
    has not committed yet is why a time has to pass. Answers whether it is gone.
    """
    path = _path(address)
    aside = path.with_name(f".{address}.{os.getpid()}.leaving")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return True
    # Looked at only now: from here on whoever stores it writes it anew.
    if clock.now() - datetime.fromtimestamp(aside.stat().st_mtime, UTC) < unused_for:
        aside.replace(path)
        return False
    aside.unlink()
    return True


def get(address: str) -> bytes:
    """The content stored under ADDRESS.

    Raises BlobMissing, or BlobDamaged when what is there is not what was stored.
    """
    try:
        content = _path(address).read_bytes()
    except FileNotFoundError:
        raise BlobMissing(address) from None
    if hashlib.sha256(content).hexdigest() != address:
        raise BlobDamaged(address)
    return content


def _path(address: str) -> Path:
    if _root is None:
        raise RuntimeError("blobs.configure(root) comes first")
    if len(address) != 64 or not set(address) <= set("0123456789abcdef"):
        raise ValueError("a blob's address is 64 hexadecimal digits")
    return _root / address[:2] / address[2:]


def _touch(path: Path) -> bool:
    """Say that it was stored just now, so that nobody deletes it; False when it is not there."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
