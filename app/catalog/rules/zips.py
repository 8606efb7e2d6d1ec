"""Courses as zip files: written always alike, and read without trust."""

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from unicodedata import category

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

MOST_FILES = 2000
MOST_BYTES = 150_000_000
MOST_OF_ONE = 20_000_000
MOST_RATIO = 200
"""A file that unpacks to more than this many times its packed size is a bomb, not a text."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


class BadZip(ValueError):
    """The file is not one to open; ``words`` say why."""

    def __init__(self, words: LazyText) -> None:
        self.words = words
        super().__init__(str(words))


def zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """FILES below FOLDER, sorted, without times: the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{path}", _EPOCH)
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[path])
    return out.getvalue()


def unzipped(data: bytes, left_out: list[str] | None = None) -> dict[str, bytes]:
    """The files of a zip by path. Raises BadZip; nothing is ever written to a disk.

    With LEFT_OUT, files larger than MOST_OF_ONE are not unpacked but named there: packages of other
    systems carry films.
    """
    if data.startswith(b"\x1f\x8b"):
        raise BadZip(
            _l(
                "This is a tar archive, as a backup of Moodle is. Export the course there as an IMS"
                " Common Cartridge, or send a zip file."
            )
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_names(entries)
            if left_out is not None:
                large = [e for e in entries if e.file_size > MOST_OF_ONE and not _is_bomb(e)]
                left_out += [_path(entry) for entry in large if _is_ours(entry)]
                entries = [entry for entry in entries if entry not in large]
            _check_sizes(entries)
            return {_path(entry): _content(archive, entry) for entry in entries if _is_ours(entry)}
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        zlib.error,
    ) as error:
        raise BadZip(_l("This is not a zip file that can be read.")) from error


def course_folder(files: Mapping[str, bytes]) -> tuple[str, dict[str, bytes]]:
    """The name of the one course in FILES and its files, wherever its folder stands.

    Raises BadZip when there is none, or more than one.
    """
    found = [path for path in files if PurePosixPath(path).name == "course.yaml"]
    if not found:
        raise BadZip(_l("There is no course.yaml in this zip file."))
    if len(found) > 1:
        raise BadZip(_l("There is more than one course in this zip file: send one at a time."))
    folder = PurePosixPath(found[0]).parent
    prefix = "" if folder == PurePosixPath(".") else f"{folder}/"
    inside = {p[len(prefix) :]: data for p, data in files.items() if p.startswith(prefix)}
    return folder.name, inside


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise BadZip(_l("There are more than %(most)s files in it.", most=MOST_FILES))
    names = set()
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise BadZip(_l("It holds a link or a device, which is not taken: %(name)s",
                            name=_shown(entry)))  # fmt: skip
        if entry.flag_bits & 0x1:
            raise BadZip(_l("It is locked with a password."))
        if _is_outside(entry.filename):
            raise BadZip(_l("A file would lie outside its folder: %(name)s", name=_shown(entry)))
        if _path(entry).casefold() in names:
            raise BadZip(_l("A file is in it twice: %(name)s", name=_shown(entry)))
        names.add(_path(entry).casefold())


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    total = 0
    for entry in entries:
        total += entry.file_size
        if entry.file_size > MOST_OF_ONE or total > MOST_BYTES or _is_bomb(entry):
            raise BadZip(_l("Unpacked it would be too large."))


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > 1_000_000 and entry.file_size > MOST_RATIO * entry.compress_size


def _is_outside(name: str) -> bool:
    parts = name.split("/")
    return (
        name.startswith("/")
        or "\\" in name
        or ":" in parts[0]
        or any(part in ("", ".", "..") for part in parts)
        or any(category(c).startswith("C") for c in name)
        or len(name) > 300
    )


def _path(entry: zipfile.ZipInfo) -> str:
    return entry.filename


def _is_ours(entry: zipfile.ZipInfo) -> bool:
    """Leave out what systems add by themselves."""
    return not any(part.startswith((".", "__MACOSX")) for part in entry.filename.split("/"))


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    # The size in the directory may be a lie: never read more than it says.
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise BadZip(_l("This is not a zip file that can be read."))
    return content


def _shown(entry: zipfile.ZipInfo) -> str:
    return "".join(c if not category(c).startswith("C") else "�" for c in entry.filename)[:120]
