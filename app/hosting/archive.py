"""An archive: a tar file whose last member lists the SHA-256 of every file in it."""

import hashlib
import io
import json
import os
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from app.hosting.errors import HostingError

__all__ = ["ArchiveDamaged", "Writer", "extract", "writing"]

MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_IN_MEMORY = 16 << 20


class ArchiveDamaged(HostingError):
    """The archive is not what was written: cut short, changed, or not one of ours."""


class Writer:
    """Adds files to an archive and remembers what it added."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.files: dict[str, dict[str, Any]] = {}

    def add_file(self, path: Path, name: str) -> None:
        """Add the file at ``path`` under ``name``."""
        with path.open("rb") as file:
            self._add(file, name, os.fstat(file.fileno()))

    def add_folder(self, folder: Path, name: str) -> None:
        """Add what is below ``folder``: folders, files and links (as links).

        Its owners may change it meanwhile: what vanishes is left out, and nothing that they turn
        into a link is followed, since every name is opened relative to its open folder.
        """
        for place, folders, files, descriptor in os.fwalk(folder, follow_symlinks=False):
            below = PurePosixPath(name, Path(place).relative_to(folder).as_posix())
            self._add_entry(str(below), os.fstat(descriptor))
            for entry in sorted(folders + files):
                with suppress(FileNotFoundError):
                    self._add_from(descriptor, entry, f"{below}/{entry}")

    def finish(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Write the manifest: ``facts`` and the list of files. Returns it."""
        manifest = {**facts, "files": self.files}
        text = json.dumps(manifest, indent=1, ensure_ascii=True).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode = len(text), 0o600
        self._tar.addfile(member, io.BytesIO(text))
        return manifest

    def _add_from(self, folder: int, entry: str, name: str) -> None:
        status = os.lstat(entry, dir_fd=folder)
        if stat.S_ISLNK(status.st_mode):
            self._add_entry(name, status, link=os.readlink(entry, dir_fd=folder))
        elif stat.S_ISREG(status.st_mode):
            # O_NONBLOCK: it may have become a pipe that nobody writes to.
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
            try:
                descriptor = os.open(entry, flags, dir_fd=folder)
            except OSError:  # it has become a link
                return
            with os.fdopen(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if stat.S_ISREG(status.st_mode):
                    self._add(file, name, status)
        # Folders come by themselves; sockets, pipes and devices are nothing to keep.

    def _add(self, file: BinaryIO, name: str, status: os.stat_result) -> None:
        # Copied first: a file that grows or shrinks meanwhile would break the archive.
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
            digest = hashlib.sha256()
            size = 0
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                copy.write(chunk)
                size += len(chunk)
            copy.seek(0)
            member = _member(name, status)
            member.size = size
            self._tar.addfile(member, copy)
        self.files[name] = {"sha256": digest.hexdigest(), "size": size}

    def _add_entry(self, name: str, status: os.stat_result, link: str | None = None) -> None:
        member = _member(name, status)
        member.type = tarfile.DIRTYPE if link is None else tarfile.SYMTYPE
        member.linkname = link or ""
        self._tar.addfile(member)


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """Write an archive to ``target`` (mode 600); on failure nothing is left there."""
    draft = target.with_name(target.name + ".part")
    descriptor = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as file,
            tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            yield Writer(tar)
            tar.close()
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def extract(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack the archive into ``folder``, verifying every file. Returns the manifest.

    Raises ArchiveDamaged before anything counts as unpacked; the caller then removes ``folder``.
    """
    try:
        with tarfile.open(source, mode="r:") as tar:
            return _extract(tar, source, folder)
    except (tarfile.TarError, EOFError) as error:
        raise ArchiveDamaged(f"{source} is damaged or not a backup: {error}") from error


def _extract(tar: tarfile.TarFile, source: Path, folder: Path) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    late: list[tarfile.TarInfo] = []
    manifest: dict[str, Any] | None = None
    for member in tar:
        path = _inside(folder, member.name, source)
        if member.name == MANIFEST:
            file = tar.extractfile(member)
            assert file is not None
            manifest = json.loads(file.read())
        elif member.isreg():
            found[member.name] = _unpack(tar, member, path)
        elif member.isdir():
            path.mkdir(parents=True, exist_ok=True)
            late.append(member)
        elif member.issym():
            late.append(member)
        else:
            raise ArchiveDamaged(f"{source} has an entry of an unknown kind: {member.name}")
    if manifest is None:
        raise ArchiveDamaged(f"{source} was cut short: its manifest is missing.")
    for name in sorted(manifest["files"].keys() | found.keys()):
        if manifest["files"].get(name) != found.get(name):
            raise ArchiveDamaged(f"{source} is damaged: {name} is not what was backed up.")
    # Last, so that no file is ever written through a link; folders from the inside out, since
    # one may be closed even to its owner.
    for member in reversed(late):
        path = folder / member.name
        if member.issym():
            path.symlink_to(member.linkname)
        _own(path, member)
    return manifest


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member)
    assert content is not None
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file, content:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
        size = file.tell()
    _own(path, member)
    return {"sha256": digest.hexdigest(), "size": size}


def _own(path: Path, member: tarfile.TarInfo) -> None:
    if os.geteuid() == 0:  # homes belong to their people
        os.lchown(path, member.uid, member.gid)
    if not member.issym():
        path.chmod(member.mode & 0o7777)
        os.utime(path, (member.mtime, member.mtime))


def _inside(folder: Path, name: str, source: Path) -> Path:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts:
        raise ArchiveDamaged(f"{source} names a place outside itself: {name}")
    return folder / pure


def _member(name: str, status: os.stat_result) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.mode = stat.S_IMODE(status.st_mode)
    member.uid, member.gid = status.st_uid, status.st_gid
    member.mtime = status.st_mtime
    return member
