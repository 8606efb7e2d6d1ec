"""Large files that are kept once, addressed by what is in them, under ``instance/data``.

files/ab/cdef…        each content once, by its SHA-256, for reading only
open/NAME/VERSION/    what people and graders read: hard links, no copies
hidden/NAME/VERSION/  what nobody's notebook ever sees
uploads/              what is only arriving
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

PIECE = 1024 * 1024

_root: Path | None = None


class Damaged(Exception):
    """A content does not have the digest that it should have."""


def configure(root: Path) -> None:
    """Keep large files under ROOT from now on."""
    global _root
    for name in ("files", "open", "hidden", "uploads"):
        (root / name).mkdir(parents=True, exist_ok=True)
    _root = root


def folder(name: str) -> Path:
    """One of the four folders."""
    if _root is None:
        raise RuntimeError("bigfiles.configure(root) comes first")
    return _root / name


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """STREAM to its end, a megabyte at a time."""
    while piece := stream.read(PIECE):
        yield piece


def take(stream: BinaryIO, *, wanted: str | None = None) -> tuple[str, int]:
    """Keep what STREAM holds, durably; its digest (64 hexadecimal digits) and size in bytes.

    Raises Damaged, and keeps nothing, when WANTED is another digest.
    """
    draft = folder("uploads") / f".{os.getpid()}.{os.urandom(8).hex()}"
    found, size = hashlib.sha256(), 0
    try:
        with draft.open("xb") as file:
            for piece in pieces(stream):
                found.update(piece)
                size += len(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        digest = found.hexdigest()
        if wanted is not None and wanted != digest:
            raise Damaged(f"the content has the digest {digest}, not {wanted}")
        place = path_of(digest)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            draft.chmod(0o444)
            draft.replace(place)
            _sync(place.parent)
    finally:
        draft.unlink(missing_ok=True)
    return digest, size


def path_of(digest: str) -> Path:
    """Where the content with DIGEST is, or would be."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("a digest is 64 hexadecimal digits")
    return folder("files") / digest[:2] / digest[2:]


def is_whole(digest: str) -> bool:
    """Whether the content is there and is what it was."""
    try:
        with path_of(digest).open("rb") as file:
            found = hashlib.sha256()
            for piece in pieces(file):
                found.update(piece)
    except FileNotFoundError:
        return False
    return found.hexdigest() == digest


def lay_out(place: str, contents: Mapping[str, str]) -> Path:
    """Let the folder PLACE (``open/NAME/VERSION``) hold CONTENTS: digests by plain relative path.

    It appears whole or not at all; what stood there and was something else goes.
    """
    top, _, rest = place.partition("/")
    target = folder(top) / rest
    if _holds(target, contents):
        return target
    draft = folder("uploads") / f".{os.getpid()}.{os.urandom(8).hex()}"
    try:
        for path, digest in contents.items():
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            os.link(path_of(digest), draft / path)
        for made in (draft, *(path for path in draft.rglob("*") if path.is_dir())):
            made.chmod(0o755)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            shutil.rmtree(target)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _holds(target: Path, contents: Mapping[str, str]) -> bool:
    if not target.is_dir():
        return False
    there = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    return there == set(contents) and all(
        path_of(digest).exists() and os.path.samefile(target / path, path_of(digest))
        for path, digest in contents.items()
    )


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
