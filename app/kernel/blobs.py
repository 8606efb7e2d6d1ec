"""Stored files, addressed by what is in them (SHA-256), under ``instance/blobs``."""

import hashlib
import os
from pathlib import Path

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
    if path.exists():
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


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
